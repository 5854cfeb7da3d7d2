// The mail server is away for an hour, in each of the ways in which one can be (F11, F12, F14): pages stay quick and say so,
// nothing is sent after its time, and afterwards all goes on by itself.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Client } from '../browser/support/client.mjs';
import { Installation, noClock } from '../browser/support/installation.mjs';
import { codeIn } from '../browser/support/person.mjs';
import { SmtpPeer, source, until } from '../browser/support/processes.mjs';
import { calmWorld, journey, newPassword, oldPassword, resetStep, signsIn } from './journeys.mjs';

const outages = {
  'closes each connection': { greeting: 'close' },
  'is too busy': { greeting: '421' },
  'says nothing': { greeting: 'hang' },
  'takes no mail for now': { mail: '451 4.3.0 not now' },
};
const sound = { greeting: 'normal', mail: null };
const quick = 2000;  // milliseconds: a page that waited for a mail server would take longer by far
const address = (name) => `${name}@example.org`;
const namesOf = (i) => ['a', 'b', 'c', 'd'].map((letter) => `${letter}${i}`);

let peer;
let installation;
const moved = [];  // when the clock was put an hour forward

before(async () => {
  peer = await SmtpPeer.start();
  installation = await Installation.make({ mailPort: peer.port });
  installation.fill(Object.keys(outages).flatMap((_, i) => [...namesOf(i), `late${i}`]).concat('eleventh')
    .concat(Array.from({ length: 10 }, (_, i) => `reject-${i}`)).map((name) => [name, address(name), oldPassword]));
  await installation.serve();
});
after(async () => {
  await installation.stop();
  await peer.stop();
});

const mailsTo = (name) => peer.mails.filter(({ to }) => to[0] === address(name));
const world = (name) => calmWorld(installation, peer, name, { earlier: mailsTo(name).length, patience: 60_000 });

/** Up to where a code was asked for. */
async function ask(name) {
  const client = new Client(installation.url);
  const begin = performance.now();
  while (!client.text.includes('/answer"')) await resetStep(world(name), client);
  assert.ok(performance.now() - begin < quick, `${name} waited`);
  return client;
}

Object.entries(outages).forEach(([what, outage], i) => {
  test(`a mail server that ${what} for an hour`, { skip: noClock, timeout: 180_000 }, async () => {
    const names = namesOf(i);
    peer.set(outage);
    peer.hangUp();
    const clients = await Promise.all(names.map(ask));
    for (const client of clients)
      await until('the delay to show', async () => /is delayed/.test((await client.get(client.path)).text));
    moved.push(Date.now());
    installation.setClock(`+${moved.length}h`);
    peer.set(sound);

    await journey(world(`late${i}`), resetStep, /password was changed/);
    for (const name of names) assert.deepEqual(mailsTo(name), [], `${name} is past waiting for it`);
    // Who was kept waiting begins anew.
    await journey(world(names[0]), resetStep, /password was changed/);
    assert.equal(await signsIn(world(names[0]), newPassword), true);
    assert.equal(mailsTo(names[0]).filter(codeIn).length, 1);
  });
});

test('ten addresses that do not exist do not delay the eleventh', { timeout: 60_000 }, async () => {
  await Promise.all(Array.from({ length: 10 }, (_, i) => ask(`reject-${i}`)));
  const begin = performance.now();
  await journey(world('eleventh'), resetStep, /password was changed/);
  assert.ok(performance.now() - begin < 10_000);
});

test('and what must hold holds', () => {
  const byItsClock = (mail) => ({ ...mail, at: mail.at + moved.filter((at) => at < mail.at).length * 3_600_000 });
  const ledger = installation.file('ledger', peer.mails.map((mail) => JSON.stringify(byItsClock(mail))).join('\n'));
  const checked = spawnSync(join(source, 'tests/faults/invariants.py'), [join(installation.folder, 'latchkey.db'), ledger], { encoding: 'utf8' });
  assert.equal(checked.stdout.trim() + checked.stderr, '');
  assert.ok(installation.auditEntries() > 20);
});
