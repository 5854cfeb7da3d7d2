// A mail server that takes every mail and hangs up before it says so (F13): nobody can know that it was taken, so it is
// sent again for as long as it is of use, each time the same mail with the same code.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from '../browser/support/client.mjs';
import { Installation, noClock } from '../browser/support/installation.mjs';
import { codeIn } from '../browser/support/person.mjs';
import { SmtpPeer, until } from '../browser/support/processes.mjs';
import { calmWorld, checkAll, newPassword, oldPassword, resetStep, signsIn } from './journeys.mjs';

const names = ['drop-amy', 'drop-ben'];  // see tests/support/smtp_peer.py
const requestLasts = 20 * 60;  // seconds
const attempts = 24;      // in the twenty minutes of a request, by the pauses of web/outbound/retry.cpp

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

const world = (name) => calmWorld(installation, peer, name);
const mailsTo = (name, subject) => peer.mails.filter(({ to, headers }) => to[0].startsWith(name) && subject.test(headers.subject));
const codesOf = (name) => mailsTo(name, /^Your code/);

/** So many seconds later. */
function later(seconds) {
  installation.ahead = (installation.ahead ?? 0) + seconds;
  installation.setClock(`+${installation.ahead}s`);
}

const same = (mails) => {
  assert.equal(new Set(mails.map(({ headers }) => headers['message-id'])).size, 1, 'one Message-ID');
  assert.equal(new Set(mails.map(codeIn)).size, 1, 'one code');
};

test('a mail that may have been taken is sent again, the same', { skip: noClock }, async () => {
  const clients = await Promise.all(names.map(async (name) => {
    const client = new Client(installation.url);
    while (!client.text.includes('/answer"')) await resetStep(world(name), client);
    return client;
  }));
  for (const name of names)
    await until('a copy', () => {
      if (codesOf(name).length < 3) later(5);
      return codesOf(name).length >= 3;
    });

  // Whichever copy she reads.
  const [amy] = clients;
  while (await resetStep(world('drop-amy'), amy) !== false) assert.ok(amy.path.startsWith('/r/') || amy.path.startsWith('/p/'), amy.path);
  assert.equal(await signsIn(world('drop-amy'), newPassword), true);

  // Nobody reads this one: there are further copies until the request is over, and then none.
  for (const share of [0.5, 0.6, 0.7, 0.8]) {
    const before = codesOf('drop-ben').length;
    later(Math.max(1, share * requestLasts - installation.ahead));
    // The pause begins when the server has noticed, which may be after the clock was set.
    await until('another copy', () => {
      later(1);
      return codesOf('drop-ben').length > before;
    });
  }
  later(requestLasts);
  for (const name of names) same(codesOf(name));
  assert.ok(codesOf('drop-ben').length <= attempts, 'it never ends');
  same(mailsTo('drop-amy', /password was changed/));
  checkAll(installation, peer.mails);
});
