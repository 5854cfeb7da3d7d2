// Strangers learn nothing: someone unknown, disabled or not enrolled walks the same pages (S01, S03, R9).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Installation } from './support/installation.mjs';
import { Client } from './support/client.mjs';
import { SmtpPeer, until } from './support/processes.mjs';

let peer;
let installation;

before(async () => {
  peer = await SmtpPeer.start();
  installation = await Installation.make({ mailPort: peer.port });
  installation.fill([
    ['known', 'known@example.org', ''],
    ['disabled', 'disabled@example.org', ''],
    ['unenrolled', '', ''],
    ['twin1', 'twin@example.org', ''],
    ['twin2', 'twin@example.org', ''],
    ['refusing', 'reject-1@example.org', ''],
    ...Array.from({ length: 30 }, (_, i) => [`person${i}`, `person${i}@example.org`, '']),
  ]);
  installation.command('user', 'disable', 'disabled');
  await installation.serve();
});
after(async () => {
  await installation.stop();
  await peer.stop();
});

/** A page without what belongs to this one visit: tokens, ids, times, the name itself. */
function masked(text, name) {
  return text
    .replaceAll(name, 'NAME')
    .replace(/\b[a-z]••••@[a-z]••••\.(org|com)/g, 'ADDRESS')
    // Decoys have initials of their own, and some a second address, as people do.
    .replace(/<li>\n<form[^]*?<\/form>\n<\/li>\n/, '')
    .replace(/(<li>\n<form[^]*?<\/form>\n<\/li>\n)*<\/ul>/, '</ul>')
    .replace(/<form method="post" action="[^"]*\/another-way">[^]*?<\/form>\n/, '')
    .replace(/<li>Use another way.*<\/li>\n/, '')
    .replace(/(<li>\n<div class="row blocked">.*\n<\/li>\n)+/, '$1')
    .replace(/Choose how\.|This is how:/, 'HOW')
    .replace(/\n{2,}/g, '\n')
    .replace(/[a-z0-9]{26}/g, 'ID')
    .replace(/[a-z0-9]{16}\.[a-z0-9]{24}/g, 'TOKEN')
    .replace(/[0-9A-Z]{4}-[0-9A-Z]{4}/g, 'REFERENCE')
    .replace(/value="(profile|ID)"/g, 'value="DEVICE"')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'INSTANT')
    .replace(/<time[^>]*>[^<]*<\/time>/g, 'TIME')
    .replace(/data-(ends|now)="[^"]*"/g, 'INSTANT');
}

function headersOf(response) {
  return [...response.headers].map(([name, value]) => {
    if (['date', 'content-length'].includes(name)) return [name, ''];
    return [name, value.replace(/[a-z0-9]{26,}/g, 'ID')];
  });
}

/** Everything that a browser sees on the way, wrong codes included. */
async function walk(name) {
  const client = new Client(installation.url);
  const seen = [];
  const keep = (page, mask = (text) => text) => seen.push([page.status, headersOf(page), mask(masked(page.text, name))]);
  keep(await client.get('/p/reset'));
  keep(await client.send(client.form('/p/reset'), { identifier: name }));
  // Whether the message has left by now is chance, and decides what is said of it and of its code's time.
  keep(await client.send(client.form('/choose')), (text) => text
    .replace(/(<div id="delivery"[^>]*>)[^]*?<\/div>/, '$1</div>')
    .replace(/<p class="clock"[^]*?<\/p>/, ''));
  // From when the message has left the page says so.
  await until('delivery', async () => !/data-again/.test((await client.get(client.path)).text));
  keep(await client.get(client.path));
  for (let i = 0; i < 3; ++i) keep(await client.send(client.form('/answer'), { code: '000000' }));
  keep(await client.send(client.form('/restart')));
  keep(await client.post(`${client.path}/choose`, { verification: 'email-code', destination: 'profile' }));
  keep(await client.post(`${client.path}/act`, { password: 'violet kettle seven oceans' }));
  return seen;
}

/** The known user's walk and another one's are equal, page by page. */
async function sameAs(known, name) {
  const other = await walk(name);
  assert.equal(other.length, known.length);
  for (let i = 0; i < known.length; ++i) assert.deepEqual(other[i], known[i], `step ${i} of ${name}`);
}

test('Nobody can tell an unknown, disabled, not enrolled, ambiguous or refused name from a known one', async () => {
  const known = await walk('known');
  assert.match(known[2][2], /We sent it to ADDRESS/);
  for (const name of ['nobody', 'disabled', 'unenrolled', 'refusing', 'nobody@example.org', 'twin@example.org', 'person5@example.org'])
    await sameAs(known, name);
  const reached = new Set(peer.mails.map((mail) => mail.to[0]));
  assert.deepEqual(reached, new Set(['known@example.org', 'person5@example.org']), 'only real people got mail');
});

test('The same unknown name sees the same address again, after a restart too', async () => {
  const addressFor = async (name) => {
    const client = new Client(installation.url);
    await client.get('/p/reset');
    const page = await client.send(client.form('/p/reset'), { identifier: name });
    return /Email a code to (\S+)</.exec(page.text)[1];
  };
  const names = ['ghost.one', 'ghost.two', 'x9', '  GHOST.one '];
  const before = await Promise.all(names.map(addressFor));
  assert.equal(before[0], before[3], 'spellings of one name are one name (S04)');
  await installation.servers.pop().stop();
  await installation.serve();
  assert.deepEqual(await Promise.all(names.map(addressFor)), before);
});

test('A dead mail server looks the same for everybody, and stops nobody from asking', async () => {
  peer.set({ mail: '421 4.3.2 closing' });
  const stateFor = async (name) => {
    const client = new Client(installation.url);
    await client.get('/p/reset');
    await client.send(client.form('/p/reset'), { identifier: name });
    await client.send(client.form('/choose'));
    return until('the delay to show', async () => /is delayed/.test((await client.get(client.path)).text));
  };
  await Promise.all(['person0', 'nobody.else'].map(stateFor));
  peer.set({ mail: null });
});

test('Limits on starting requests count for unknown names too', async () => {
  const startUntilRefused = async (name) => {
    for (let i = 1; i <= 12; ++i) {
      const client = new Client(installation.url);
      await client.get('/p/reset');
      const page = await client.send(client.form('/p/reset'), { identifier: name });
      if (page.status === 429) return [i, masked(page.text, name)];
    }
    return [];
  };
  const [count, page] = await startUntilRefused('person1');
  assert.equal(count, 11);
  assert.deepEqual(await startUntilRefused('person1@nowhere.example'), [11, page]);
});
