// Strangers learn nothing: whoever they name, they see the same pages and cause the same messages (S01, S03, R9), while
// all is well, while the mail server refuses, and while the database is slow.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Client } from '../browser/support/client.mjs';
import { definitions, Installation } from '../browser/support/installation.mjs';
import { Child, SmtpPeer, until } from '../browser/support/processes.mjs';
import { headersOf, masked, withoutDelivery } from './masks.mjs';
import { openRoutes, routeOf } from './routes.mjs';

const password = 'an old password of hers';
/** Whom somebody names, in the nth condition: each has another life in each. */
const identities = (n) => ({
  unknown: `nobody${n}`,
  'somebody who is known': `known${n}`,
  'somebody else who is known': `other${n}`,
  'somebody known, by the address': `post${n}@example.org`,
  'an unknown address': `nobody${n}@example.org`,
  disabled: `disabled${n}`,
  'not enrolled': `unenrolled${n}`,
  'without an address': `addressless${n}`,
  ambiguous: `twin${n}@example.org`,
  'refused by the mail server': `reject-${n}`,
});
const conditions = ['all is well', 'the mail server refuses', 'the database is slow'];

/** Takes the lock of everybody who writes for a part of each second. */
const hog = `
import sqlite3, sys, time
database = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
print('ready', flush=True)
while True:
    database.execute('BEGIN IMMEDIATE')
    time.sleep(0.2)
    database.execute('ROLLBACK')
    time.sleep(0.2)
`;
let peer;
let installation;
let database;

before(async () => {
  peer = await SmtpPeer.start();
  installation = await Installation.make({ mailPort: peer.port });
  database = join(installation.folder, 'latchkey.db');
  const people = Array.from({ length: 30 }, (_, i) => [`person${i}`, `person${i}@example.org`, '']);
  const apps = [['user_name', 'verification', 'key']];
  for (const n of conditions.keys()) {
    const enrolled = ['known', 'other', 'post', 'disabled', 'reject-'].map((name) => name + n);
    for (const name of [...enrolled, `unenrolled${n}`]) people.push([name, `${name}@example.org`, password]);
    people.push([`addressless${n}`, '', password], ...['a', 'b'].map((which) => [`twin${n}${which}`, `twin${n}@example.org`, password]));
    apps.push(...enrolled.map((name) => [name, 'app', 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP']));
  }
  installation.fill(people, definitions((all) => {
    all.verifications.push({ name: 'app', type: 'authenticator', title: { en: 'App' }, settings: { use_imported: true } });
    all.processes.push({ ...all.processes[0], name: 'by-app', slug: 'by-app', verifications: [{ verification: 'app' }] });
  }));
  installation.command('import', 'enrollments', installation.file('apps.csv', apps.map((row) => row.join(',') + '\n').join('')));
  for (const n of conditions.keys()) installation.command('user', 'disable', `disabled${n}`);
  await installation.serve();
});
after(async () => {
  await installation.stop();
  await peer.stop();
});

/** Somebody without any proof, who keeps every answer that they get, as the mask leaves it. */
class Stranger extends Client {
  constructor(name) {
    super(installation.url);
    this.name = name;
    this.seen = [];
    this.requests = [];
    this.mask = (text) => text;
  }

  sees(method, { status, headers, text, path }) {
    if (!this.mask) return;
    this.seen.push([routeOf(method, path), status, headersOf(headers), this.mask(masked(text, this.name))]);
  }

  /** Acts behind another mask; null: without keeping anything. */
  async behind(mask, act) {
    this.mask = mask;
    await act();
    this.mask = (text) => text;
  }

  async begin(slug) {
    await this.get(`/p/${slug}`);
    this.token = this.form(`/p/${slug}`).fields.csrf;
    const page = await this.send(this.form(`/p/${slug}`), { identifier: this.name });
    this.here = this.path;
    this.requests.push(this.path.split('/')[2]);
    return page;
  }

  /** A form that this page may not even show. */
  try(what, fields = {}) { return this.submit(`${this.here}/${what}`, { csrf: this.token, ...fields }); }
}

/** All that can be done by whoever names somebody, in an order in which everything is met. */
async function life(name, { settled, typed = 'not the password' }) {
  const stranger = new Stranger(name);
  const code = { verification: 'email-code', code: '000000' };
  const tryAll = async () => {
    for (const what of ['extend', 'another-way', 'act']) await stranger.try(what, what === 'act' ? { password: 'violet kettle seven oceans' } : {});
    await stranger.try('choose', { verification: 'email-code', destination: 'elsewhere' });
    await stranger.try('answer', { ...code, expected: '9' });
    await stranger.get(stranger.here);
  };

  await stranger.get('/');
  await stranger.begin('reset');
  await stranger.get(`/message?reference=${/[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(stranger.text)[0]}`);
  await stranger.get(stranger.here);
  await tryAll();
  await stranger.behind(withoutDelivery, () => stranger.send(stranger.form('/choose')));
  await stranger.behind(null, () => until('delivery', async () => settled((await stranger.get(stranger.here)).text)));
  await tryAll();
  await stranger.send(stranger.form('/choose'));
  for (const wrong of ['', 'letters', '000000', '000000']) await stranger.send(stranger.form('/answer'), { code: wrong });
  await tryAll();
  await stranger.send(stranger.form('/choose'));
  await stranger.send(stranger.form('/answer'), { code: '000000' });  // the last one
  await tryAll();
  await stranger.send(stranger.form('/restart'));  // blocked from here on
  stranger.here = stranger.path;
  await tryAll();
  await stranger.try('cancel');
  await tryAll();

  await stranger.begin('by-app');
  await stranger.send(stranger.form('/choose'));
  for (let i = 0; i < 3; ++i) await stranger.send(stranger.form('/answer'), { code: '000000' });
  await stranger.send(stranger.form('/restart'));
  for (let i = 0; i < 12 && (await stranger.begin('reset')).status !== 429; ++i);

  for (let i = 0; i < 6; ++i) {
    await stranger.get('/sign-in');
    await stranger.send(stranger.form('/sign-in'), { user_name: name, password: i < 5 ? typed : password });
  }
  await stranger.submit('/sign-out', { csrf: stranger.token });
  await stranger.get('/n/abcdefghijklmnopqrstuvwxyz');
  await stranger.submit('/not-me', { csrf: stranger.token });
  return stranger;
}

/** The messages that each of somebody's requests led to. */
function messagesOf(requests) {
  const rows = installation.rows('SELECT request, lane, channel, wording FROM message');
  assert.ok(rows.every(([request]) => request), 'no message stands outside a request');
  return requests.map((id) => rows.filter(([request]) => request === id).map(([, ...what]) => what));
}

const at = {
  'all is well': () => ({ settled: (page) => !/data-again/.test(page), end: () => {} }),
  'the mail server refuses': () => {
    peer.set({ mail: '421 4.3.2 closing' });
    return { settled: (page) => /is delayed/.test(page), end: () => peer.set({ mail: null }) };
  },
  'the database is slow': () => {
    const hogging = new Child('/usr/bin/python3', ['-c', hog, database]);
    return { settled: (page) => !/data-again/.test(page), end: () => hogging.stop() };
  },
};

for (const [n, condition] of conditions.entries())
  test(`While ${condition}, nobody can tell anybody from somebody who is known`, async () => {
    const { settled, end } = at[condition]();
    const live = ([who, name]) => life(name, { settled, typed: who === 'disabled' ? password : undefined });
    const [first, ...others] = Object.entries(identities(n));
    // Nobody real comes first: once deliveries have failed, everybody is spared the try.
    const [unknown, known, ...lives] = await live(first)
      .then(async (life) => [life, ...await Promise.all(others.map(live))]).finally(end);

    assert.deepEqual(new Set(known.seen.map(([route]) => route)), new Set(openRoutes), 'every route that is open to anyone');
    for (const { name, seen, requests } of [unknown, ...lives]) {
      for (let step = 0; step < known.seen.length; ++step)
        assert.deepEqual(seen[step], known.seen[step], `${name}, step ${step}: ${known.seen[step][0]}`);
      assert.equal(seen.length, known.seen.length);
      assert.deepEqual(messagesOf(requests), messagesOf(known.requests), `messages: ${name}`);
    }
  });

test('Only those who are there got mail', () => {
  const reached = peer.mails.map(({ to }) => to[0]).filter((address) => /0@/.test(address));
  assert.deepEqual(new Set(reached), new Set(['known0', 'other0', 'post0', 'unenrolled0'].map((name) => `${name}@example.org`)));
});

test('The same unknown name sees the same address again, after a restart too', async () => {
  const addressFor = async (name) => {
    const stranger = new Stranger(name);
    return /Email a code to (\S+)</.exec((await stranger.begin('reset')).text)[1];
  };
  const names = ['ghost.one', 'ghost.two', 'x9', '  GHOST.one '];
  const before = await Promise.all(names.map(addressFor));
  assert.equal(before[0], before[3], 'spellings of one name are one name (S04)');
  await installation.servers.pop().stop();
  await installation.serve();
  assert.deepEqual(await Promise.all(names.map(addressFor)), before);
});
