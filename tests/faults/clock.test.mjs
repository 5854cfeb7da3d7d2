// The clock jumps by an hour or a day, forward and back (F19): nothing that was over comes to life again, nothing lives
// longer than it may, and people go on. A database whose own clock is wrong is not even noticed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from '../browser/support/client.mjs';
import { fakeClock, Installation, noClock } from '../browser/support/installation.mjs';
import { codeIn } from '../browser/support/person.mjs';
import { Postgres, SmtpPeer, until } from '../browser/support/processes.mjs';
import { calmWorld, enrollStep, journey, newPassword, oldPassword, resetStep, signsIn } from './journeys.mjs';

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

for (const [off, pair] of [['+1d', ['amy', 'ben']], ['-1d', ['cleo', 'dora']]])
  test(`a database whose clock is wrong by ${off} is never asked for the time`, { skip: noClock, timeout: 60_000 }, async () => {
    const postgres = Postgres.start({ LD_PRELOAD: fakeClock, FAKETIME: off, FAKETIME_DONT_FAKE_MONOTONIC: '1' });
    const ahead = Number(postgres.sql('SELECT extract(epoch FROM now())')) - Date.now() / 1000;
    assert.ok(Math.abs(ahead) > 86_000);
    const elsewhere = await Installation.make({ mailPort: peer.port, realClock: true, database: postgres.database('skewed') });
    const [amy, ben] = pair.map((name) => ({ ...calmWorld(elsewhere, peer, name), mend: () => assert.fail('she was refused') }));
    elsewhere.fill([amy, ben].map(({ name }) => [name, `${name}@example.org`, oldPassword]));
    await elsewhere.serve();
    await journey(amy, enrollStep, /was added/);
    await journey(ben, resetStep, /password was changed/);
    assert.equal(await signsIn(ben, newPassword), true);
    const newest = Number(postgres.sqlIn('skewed', 'SELECT MAX(at) FROM activity'));
    assert.ok(Math.abs(newest - Date.now()) < 60_000, 'the record has the true time');
    await elsewhere.stop();
    postgres.stop();
  });
