// Whatever a form is sent, the answer is a clear page and never a 5xx (S05, S66, R12.4).
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { Client } from './support/client.mjs';
import { Installation } from './support/installation.mjs';
import { codeIn } from './support/person.mjs';
import { SmtpPeer } from './support/processes.mjs';

let peer;
let installation;

before(async () => {
  peer = await SmtpPeer.start();
  installation = await Installation.make({ mailPort: peer.port });
  installation.fill(Array.from({ length: 40 }, (_, i) => [`user${i}`, `user${i}@example.org`, i === 0 ? 'an old password of mine' : '']));
  await installation.serve();
});
after(async () => {
  await installation.stop();
  await peer.stop();
});

/** Sends a raw body as a form, with the client's cookies. */
function raw(client, path, body, type = 'application/x-www-form-urlencoded') {
  return client.request(path, { method: 'POST', body, headers: { 'Content-Type': type } });
}

const encode = (fields) => new URLSearchParams(fields).toString();

/** Every way in which one field can be wrong. */
function spoiled(fields, name) {
  const without = Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));
  const with_ = (value) => `${encode(without)}&${name}=${value}`;
  return {
    missing: encode(without),
    empty: with_(''),
    repeated: `${encode(fields)}&${name}=again`,
    'as an array': `${encode(without)}&${name}%5B%5D=x`,
    'with a control character': with_('a%01b'),
    'with a zero byte': with_('a%00b'),
    'with a line end': with_('a%0D%0ABcc%3A%20x%40example.org'),
    'not UTF-8': with_('%FF%FE'),
    'half a character': with_('%C3'),
    'a bad escape': with_('%zz'),
    'a surrogate': with_('%ED%A0%80'),
    'very long': with_('x'.repeat(20000)),
    'longer than any form': with_('x'.repeat(70000)),
    'a million characters': with_('x'.repeat(1000000)),
    'markup': with_(encodeURIComponent('"><script>alert(1)</script>')),
    'with another field beside it': `${encode(fields)}&surprise=1`,
    'right to left': with_(encodeURIComponent('\u202Eabc')),
  };
}

async function clearlyRefusedOrTaken(page, what) {
  assert.ok(page.status < 500, `${what}: ${page.status}`);
  assert.ok(page.status === 200 || (page.status >= 400 && page.status < 500), `${what}: ${page.status}`);
  if (page.status === 413 && !page.text.includes('<h1>')) return;  // refused by the gate before any page
  assert.match(page.text, /<h1>[^<]+<\/h1>/, `${what} shows a page`);
  assert.doesNotMatch(page.text, /<script>alert/, what);
  assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'/, what);
}

let next = 1;
/** A client on the page whose form ends so, ready to be sent. */
const stages = {
  '/p/reset': async (client) => { await client.get('/p/reset'); return ['identifier']; },
  '/choose': async (client) => {
    await stages['/p/reset'](client);
    await client.send(client.form('/p/reset'), { identifier: `user${next++}` });
    return ['verification', 'destination'];
  },
  '/answer': async (client) => {
    await stages['/choose'](client);
    await client.send(client.form('/choose'));
    return ['code', 'verification', 'expected'];
  },
  '/sign-in': async (client) => { await client.get('/sign-in'); return ['user_name', 'password']; },
};

for (const [end, reach] of Object.entries(stages)) {
  test(`The form ${end} takes whatever it is sent`, async () => {
    const client = new Client(installation.url);
    for (const name of await reach(client)) {
      const form = client.form(end);
      for (const [what, body] of Object.entries(spoiled({ ...form.fields, [name]: 'x' }, name)))
        await clearlyRefusedOrTaken(await raw(client, form.action, body), `${end} ${name} ${what}`);
      await reach(client);
    }
    const form = client.form(end);
    for (const type of ['application/json', 'multipart/form-data; boundary=x', 'text/plain', 'application/x-www-form-urlencoded; charset=utf-16'])
      assert.equal((await raw(client, form.action, '{}', type)).status, 415, type);
  });
}

test('The new password takes whatever it is sent, and what was proved stays', async () => {
  const client = new Client(installation.url);
  await stages['/answer'](client);
  const code = codeIn(await peer.mailTo(`user${next - 1}@example.org`));
  await client.send(client.form('/answer'), { code });
  const form = client.form('/act');
  for (const [what, body] of Object.entries(spoiled({ ...form.fields, password: 'x' }, 'password'))) {
    if (what === 'markup') continue;  // as good a password as any
    await clearlyRefusedOrTaken(await raw(client, form.action, body), what);
    await client.get(form.action.replace('/act', ''));
    assert.match(client.text, /Choose a new password/, what);
  }
  const page = await client.send(client.form('/act'), { password: '\u{1F511} sleutel über заря 鍵' });
  assert.match(page.text, /Your password is changed/);
});

test('A foreign or missing form token changes nothing', async () => {
  const client = new Client(installation.url);
  const other = new Client(installation.url);
  await client.get('/p/reset');
  await other.get('/p/reset');
  const fields = { ...client.form('/p/reset').fields, identifier: 'user30' };
  const refused = async (changed, headers = {}) => {
    const page = await client.request('/p/reset', { method: 'POST', body: new URLSearchParams(changed), headers });
    assert.equal(page.status, 403);
    assert.doesNotMatch(page.path, /^\/r\//);
  };
  await refused({ ...fields, csrf: '' });
  await refused({ ...fields, csrf: other.form('/p/reset').fields.csrf });
  await refused({ ...fields, csrf: fields.csrf.replace(/.$/, (c) => (c === 'x' ? 'y' : 'x')) });
  await refused(fields, { 'Sec-Fetch-Site': 'cross-site' });
  await refused(fields, { 'Sec-Fetch-Site': 'same-site' });
  await refused(fields, { Origin: 'null' });
  await refused(fields, { Origin: 'https://evil.example' });
  assert.equal(peer.mails.filter((mail) => mail.to[0] === 'user30@example.org').length, 0);
});

const fieldsOf = {
  choose: { verification: 'email-code', destination: 'profile' },
  answer: { verification: 'email-code', expected: '0', code: '123456' },
  act: { password: 'violet kettle seven oceans' },
};

test('A request belongs to the browser that began it', async () => {
  const client = new Client(installation.url);
  await stages['/answer'](client);
  const other = new Client(installation.url);
  assert.equal((await other.get(client.path)).status, 404);
  await other.get('/p/reset');
  const { csrf } = other.form('/p/reset').fields;
  for (const end of ['choose', 'answer', 'another-way', 'extend', 'cancel', 'act', 'restart'])
    assert.equal((await other.submit(`${client.path}/${end}`, { csrf, ...fieldsOf[end] })).status, 404, end);
  assert.equal((await client.get(client.path)).status, 200);
});

test('Unknown pages, methods and targets get a page, and a foreign host nothing', async () => {
  const client = new Client(installation.url);
  for (const path of ['/nowhere', '/p/unknown', '/r/unknown', '/n/short', '/n/../../etc/passwd', '/static/nothing.css', '/p/%00', '/p/%ff', '/account/enroll/x'])
    assert.ok([200, 404, 400].includes((await client.get(path)).status), path);
  assert.equal((await client.request('/p/reset', { method: 'PUT' })).status, 405);
  assert.equal((await client.request('/sign-out', {})).status, 405);
  // By hand, for no client sends such a thing.
  const statusOf = (head) => new Promise((done) => {
    const socket = connect(installation.port, '127.0.0.1', () => socket.write(head));
    let answer = '';
    socket.on('data', (bytes) => { answer += bytes; });
    socket.on('close', () => done(answer.slice(9, 12)));
  });
  assert.equal(await statusOf('GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n'), '421');
  assert.equal(await statusOf(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${installation.port}\r\nX-Forwarded-Host: evil.example\r\nConnection: close\r\n\r\n`), '200');
});

test('No page, header or mail ever names a forged host', async () => {
  const client = new Client(installation.url, { 'X-Forwarded-Host': 'evil.example', Forwarded: 'host=evil.example;proto=https', 'X-Forwarded-Proto': 'https' });
  await stages['/answer'](client);
  const name = `user${next - 1}@example.org`;
  await client.send(client.form('/answer'), { code: codeIn(await peer.mailTo(name)) });
  const page = await client.send(client.form('/act'), { password: 'violet kettle seven oceans' });
  assert.match(page.text, /Your password is changed/);
  const notice = await peer.mailTo(name, 1);
  assert.doesNotMatch(notice.data + page.text, /evil\.example/);
});
