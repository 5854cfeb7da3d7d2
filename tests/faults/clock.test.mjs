// The clock jumps by an hour or a day, forward and back (F19): nothing that was over comes to life again, nothing lives
// longer than it may, and people go on.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from '../browser/support/client.mjs';
import { Installation, noClock } from '../browser/support/installation.mjs';
import { codeIn } from '../browser/support/person.mjs';
import { SmtpPeer, until } from '../browser/support/processes.mjs';
import { calmWorld, journey, oldPassword, resetStep } from './journeys.mjs';

const names = Array.from({ length: 12 }, (_, i) => `person${i}`);
let peer;
let installation;

before(async () => {
  peer = await SmtpPeer.start();
  installation = await Installation.make({ mailPort: peer.port });
  installation.fill(names.map((name) => [name, `${name}@example.org`, oldPassword]));
  await installation.serve();
});
after(async () => {
  await installation.stop();
  await peer.stop();
});

const fresh = () => names.pop();
const world = (name) => calmWorld(installation, peer, name);

async function signedIn() {
  const client = new Client(installation.url);
  await client.get('/sign-in');
  await client.send(client.form('/sign-in'), { user_name: fresh(), password: oldPassword });
  assert.equal(client.path, '/account');
  return client;
}
const isIn = async (client) => (await client.get('/account')).path === '/account';

/** Somebody who asked for a code, and the code. */
async function asked() {
  const client = new Client(installation.url);
  const name = fresh();
  while (!client.text.includes('/answer"')) await resetStep(world(name), client);
  return { client, code: await world(name).inMails(codeIn) };
}

for (const jump of ['+1h', '+24h'])
  test(`what was over after ${jump} stays over when the clock is set back`, { skip: noClock }, async () => {
    const session = await signedIn();
    const { client } = await asked();
    const { path } = client;
    installation.setClock(jump);
    assert.equal(await isIn(session), false);
    await client.get(path);
    installation.setClock('+0');
    assert.equal(await isIn(session), false, 'the session');
    await client.get(path);
    assert.doesNotMatch(client.text, /name="code"/, 'the request');
  });

test('a code that was refused as too old is refused when the clock is set back', { skip: noClock }, async () => {
  const { client, code } = await asked();
  await until('delivery', async () => !/data-again/.test((await client.get(client.path)).text));
  installation.setClock('+11m');
  const late = client.form('/answer');
  await client.send(late, { code });
  assert.match(client.text, /name="code"/, 'refused');
  installation.setClock('+0');
  await client.send(client.form('/answer'), { code });
  assert.doesNotMatch(client.text, /action="[^"]*\/act"/);
});

test('a clock that is set back by a day gives nobody a day more', { skip: noClock }, async () => {
  const session = await signedIn();
  const { client, code } = await asked();
  const form = client.form('/answer');
  installation.setClock('-24h');
  assert.equal(await isIn(session), false, 'the session');
  await client.send(form, { code });
  assert.doesNotMatch(client.text, /action="[^"]*\/act"/, 'the request');
  installation.setClock('+0');
  assert.equal(await isIn(session), false, 'nor later');
});

test('after every jump people reset their passwords, with one mail of each kind', { skip: noClock }, async () => {
  for (const jump of ['+24h', '-24h', '+0']) {
    installation.setClock(jump);
    const name = fresh();
    await journey(world(name), resetStep, /password was changed/);
    const subjects = peer.mails.filter(({ to }) => to[0] === `${name}@example.org`).map(({ headers }) => headers.subject);
    assert.equal(new Set(subjects).size, subjects.length, subjects.join(', '));
  }
  assert.ok(installation.auditEntries() > 0);
});
