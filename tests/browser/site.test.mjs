// The site as a browser, a proxy and an operator's monitor meet it: prefix, TLS, hosts, headers, and ends of all kinds (S34, S36, R5).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { request } from 'node:https';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Client } from './support/client.mjs';
import { Installation, noClock } from './support/installation.mjs';
import { closeBrowser, codeIn, openBrowser, Person } from './support/person.mjs';
import { freePort, removeFolder, SmtpPeer, temporaryFolder, until } from './support/processes.mjs';

const password = 'an old password of hers';
const people = Array.from({ length: 10 }, (_, i) => [`user${i}`, `user${i}@example.org`, password]);
let next = 0;
const newcomer = () => `user${next++}`;

before(openBrowser);
after(closeBrowser);

/** What every answer made for one person carries. */
function hardened(headers) {
  assert.equal(headers.get('cache-control'), 'no-store');
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
  assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin');
  assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin');
  assert.match(headers.get('referrer-policy'), /^(same-origin|no-referrer)$/);
  assert.equal(headers.get('server'), null, 'says not what it is');
}

function page(response) {
  hardened(response.headers);
  assert.equal(response.headers.get('content-type'), 'text/html; charset=utf-8');
  const policy = response.headers.get('content-security-policy').split('; ');
  for (const rule of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"])
    assert.ok(policy.includes(rule), rule);
  assert.doesNotMatch(policy.join(), /unsafe|\*|https?:/);
  assert.doesNotMatch(response.text, /<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=/, 'nothing inline');
}

/** Where a page leads: links, forms, style sheets, scripts, pictures. */
const targets = (text) => [...text.matchAll(/\s(?:href|action|src)="([^"]*)"/g)].map(([, url]) => url).filter((url) => !url.startsWith('#'));

/** Walks the reset of this name up to the form where the code is typed. */
async function askForCode(client, name, root = '') {
  await client.get(`${root}/p/reset`);
  await client.send(client.form('/p/reset'), { identifier: name });
  return client.send(client.form('/choose'));
}

describe('The site', () => {
  let peer;
  let installation;
  let operations;

  before(async () => {
    peer = await SmtpPeer.start();
    const port = await freePort();
    operations = `http://127.0.0.1:${port}`;
    installation = await Installation.make({ realClock: true, mailPort: peer.port, env: { LATCHKEY_SERVER_OPERATIONS_LISTEN: `127.0.0.1:${port}` } });
    installation.fill(people);
    await installation.serve();
  });
  after(async () => {
    await installation.stop();
    await peer.stop();
  });

  const raw = (text) => new Promise((done) => {
    const socket = connect(installation.port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (bytes) => { answer += bytes; });
    socket.on('close', () => done(answer));
  });
  const host = () => `127.0.0.1:${installation.port}`;

  test('hardens every page: first ones, those of a request, of an account, refusals and redirects', async () => {
    const name = newcomer();
    const client = new Client(installation.url);
    for (const path of ['/', '/p/reset', '/sign-in', '/nowhere', '/p/nowhere', '/r/nothing', '/n/nothing', '/not-me'])
      page(await client.get(path));
    page(await askForCode(client, name));
    page(await client.send(client.form('/answer'), { code: '000000' }));
    page(await client.send(client.form('/answer'), { code: codeIn(await peer.mailTo(`${name}@example.org`)) }));
    page(await client.send(client.form('/act'), { password: 'violet kettle seven oceans' }));
    page(await client.get('/sign-in'));
    page(await client.send(client.form('/sign-in'), { user_name: name, password: 'wrong' }));
    page(await client.send(client.form('/sign-in'), { user_name: name, password: 'violet kettle seven oceans' }));
    page(await client.get('/account/confirm'));
    const redirect = await fetch(`${installation.url}/account`, { redirect: 'manual' });
    assert.equal(redirect.status, 303);
    hardened(redirect.headers);
  });

  test('answers HEAD like GET, without the body', async () => {
    for (const path of ['/', '/sign-in', '/nowhere']) {
      const [head, get] = await Promise.all(['HEAD', 'GET'].map((method) => fetch(installation.url + path, { method })));
      assert.equal(head.status, get.status);
      assert.equal(head.headers.get('content-type'), get.headers.get('content-type'));
      assert.equal(await head.text(), '');
    }
    const answer = await raw(`HEAD / HTTP/1.1\r\nHost: ${host()}\r\nConnection: close\r\n\r\n`);
    assert.match(answer, /^HTTP\/1\.1 200 [^]*\r\n\r\n$/, 'ends with the head');
  });

  test('has a page for what is not there and for what cannot be done there', async () => {
    const client = new Client(installation.url);
    const missing = await client.get('/nowhere');
    assert.equal(missing.status, 404);
    assert.match(missing.text, /<h1>[^<]+<\/h1>[^]*href="\/"/, 'and a way out');
    for (const [method, path, allowed] of [['POST', '/', /GET/], ['GET', '/sign-out', /POST/], ['DELETE', '/sign-in', /GET.*POST|POST.*GET/]]) {
      const refused = await client.request(path, { method, body: method === 'POST' ? new URLSearchParams({}) : undefined });
      assert.equal(refused.status, 405, path);
      assert.match(refused.headers.get('allow'), allowed);
      page(refused);
    }
  });

  test('refuses every host but its own', async () => {
    const statusFor = async (...lines) => (await raw(['GET / HTTP/1.1', ...lines, 'Connection: close', '', ''].join('\r\n'))).slice(9, 12);
    assert.equal(await statusFor(`Host: ${host()}`), '200');
    for (const name of ['evil.example', '127.0.0.1', `127.0.0.1:${installation.port + 1}`, `${host()}.evil.example`, `evil.example@${host()}`, '*'])
      assert.notEqual(await statusFor(`Host: ${name}`), '200', name);
    assert.equal(await statusFor(`Host: evil.example`), '421');
    assert.equal(await statusFor(), '400');
    assert.equal(await statusFor(`Host: ${host()}`, 'Host: evil.example'), '400');
  });

  test('lets static files be kept for good, under a name for each content', async () => {
    const files = targets((await new Client(installation.url).get('/')).text).filter((url) => url.includes('/static/'));
    assert.ok(files.length >= 3, files.join());
    for (const file of files) {
      assert.match(file, /\/static\/[a-z_]+\.[0-9a-f]{12}\.[a-z]+$/);
      const response = await fetch(installation.url + file);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('cache-control'), 'public, max-age=31536000, immutable');
      assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
      assert.equal(response.headers.get('set-cookie'), null);
      const again = await fetch(installation.url + file, { headers: { 'If-None-Match': response.headers.get('etag') } });
      assert.equal(again.status, 304);
      assert.equal((await fetch(installation.url + file, { method: 'POST' })).status, 405);
      assert.equal((await fetch(installation.url + file.replace(/[0-9a-f]{12}/, '000000000000'))).status, 404);
    }
    for (const path of ['/static/', '/static/../latchkey.toml', '/static/%2e%2e/%2e%2e/etc/passwd', '/static//etc/passwd'])
      assert.match((await raw(`GET ${path} HTTP/1.1\r\nHost: ${host()}\r\nConnection: close\r\n\r\n`)).slice(9, 12), /^40[04]$/, path);
  });

  test('tells a monitor that it lives and is ready, on a listener of its own', async () => {
    for (const [path, status] of [['/healthz', 'ok'], ['/readyz', 'ready']]) {
      const response = await fetch(operations + path);
      assert.equal(response.status, 200);
      assert.deepEqual(await response.json(), { status });
      assert.equal((await fetch(operations + path, { method: 'HEAD' })).status, 200);
      assert.equal((await fetch(operations + path, { method: 'POST' })).status, 405);
      assert.equal((await fetch(installation.url + path)).status, 404, 'not where people are');
    }
    assert.equal((await fetch(operations + '/sign-in')).status, 404, 'no pages there');
  });

  describe('when its end comes', () => {
    test('answers what it took before SIGTERM, takes nothing more, and ends with 0', async () => {
      const server = installation.servers.at(-1);
      const client = new Client(installation.url);
      await client.get('/sign-in');
      // A sign-in takes a while: a slow digest is being made.
      const answers = Array.from({ length: 6 }, () => client.submit('/sign-in', { csrf: client.form('/sign-in').fields.csrf, user_name: 'nobody', password: 'wrong' }).then((r) => r.status, (e) => e.cause?.code));
      await new Promise((done) => setTimeout(done, 30));
      const began = Date.now();
      assert.equal(await server.stop(), 0);
      assert.ok(Date.now() - began < 10000);
      for (const answer of await Promise.all(answers)) assert.ok([401, 429, 'ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET'].includes(answer), String(answer));
      assert.match(server.errors + server.lines.join('\n'), /server\.stopped/);
      await assert.rejects(fetch(installation.url));
      installation.servers.pop();
      await installation.serve();
    });

    test('killed in the middle of a reset, it lets the person go on where they were', async () => {
      const name = newcomer();
      const person = await Person.arrive(installation.url);
      const killAndRestart = async () => {
        await installation.servers.pop().stop('SIGKILL');
        await installation.serve();
      };
      await person.identify(name);
      await person.isAt('Prove that it is you');
      await killAndRestart();
      await person.askForCode();
      await person.isAt('Enter the code');
      const code = codeIn(await peer.mailTo(`${name}@example.org`));
      await person.enterCode('000000');
      await person.sees('2 tries left');
      await killAndRestart();
      await person.page.reload();
      await person.sees('2 tries left');
      await person.enterCode(code);
      await person.isAt('Choose a new password');
      await killAndRestart();
      await person.choosePassword('violet kettle seven oceans');
      await person.isAt('Your password is changed');
      await killAndRestart();
      await person.signIn(name, 'violet kettle seven oceans');
      await person.isAt('Your account');
      person.faults = person.faults.filter((fault) => !/ERR_(CONNECTION|EMPTY)/.test(fault));  // it was looking while the server was down
      await person.leave();
    });
  });

  test('says what to do while the mail server refuses for now, and the code comes once it takes mail again', async () => {
    const name = newcomer();
    peer.set({ mail: '421 4.3.2 closing' });
    const person = await Person.arrive(installation.url);
    await person.identify(name);
    await person.askForCode();
    await person.isAt('Enter the code');
    await until('the delay to show', async () => /The message is delayed\. We keep trying; you need not do anything\./.test(await person.page.locator('main').innerText()), 30000);
    await person.checkPage();
    peer.set({ mail: null });
    const code = codeIn(await until('the code', () => peer.mails.find((mail) => mail.to[0] === `${name}@example.org`), 90000));
    await person.enterCode(code);
    await person.isAt('Choose a new password');
    await person.leave();
  });
});

test('Killed while it sends a mail, it sends it once the dead process has lost its claim, and once only', { skip: noClock }, async () => {
  const peer = await SmtpPeer.start();
  const installation = await Installation.make({ mailPort: peer.port });
  installation.fill(people.slice(0, 1));
  await installation.serve();
  peer.set({ greeting: 'hang' });
  const client = new Client(installation.url);
  await askForCode(client, 'user0');
  await until('the connection', () => peer.child.lines.some((line) => JSON.parse(line).event === 'connect'));
  await installation.servers.pop().stop('SIGKILL');
  peer.set({ greeting: 'normal' });
  installation.setClock('+2m');
  await installation.serve();
  const code = codeIn(await peer.mailTo('user0@example.org'));
  await client.get(client.path);
  assert.match((await client.send(client.form('/answer'), { code })).text, /Choose a new password/);
  assert.equal(peer.mails.length, 1);
  await installation.stop();
  await peer.stop();
});

test('A mail server that is not there at all delays the code, and costs nobody an attempt', async () => {
  const port = await freePort();
  const installation = await Installation.make({ realClock: true, mailPort: port });
  installation.fill(people.slice(0, 1));
  await installation.serve();
  const client = new Client(installation.url);
  const page = await askForCode(client, 'user0');
  assert.equal(page.status, 200);
  const delayed = await until('the delay to show', async () => {
    const now = await client.get(client.path);
    return /The message is delayed/.test(now.text) && now;
  }, 30000);
  assert.match(delayed.text, /3 tries left/);
  assert.match(delayed.text, /extension 4357/, 'the service desk is named');
  await installation.stop();
});

test('Below a path of a proxy every link, form and redirect stays there', async () => {
  const peer = await SmtpPeer.start();
  const port = await freePort();
  const installation = await Installation.make({ realClock: true, mailPort: peer.port, port, publicUrl: `http://127.0.0.1:${port}/a/b/` });
  installation.fill(people.slice(0, 2));
  await installation.serve();
  try {
    const client = new Client(installation.url);
    const under = async (response) => {
      const answer = await response;
      assert.match(answer.path, /^\/a\/b\//);
      assert.ok(answer.status < 500);
      for (const target of targets(answer.text)) assert.match(target, /^\/a\/b\//, answer.path);
      return answer;
    };
    for (const path of ['', 'p/reset', 'sign-in', 'nowhere', 'r/nothing', 'not-me']) await under(client.get(`/a/b/${path}`));
    for (const file of targets((await client.get('/a/b/')).text).filter((url) => url.includes('/static/')))
      assert.equal((await client.get(file)).status, 200, file);
    await under(askForCode(client, 'user0', '/a/b'));
    await under(client.send(client.form('/answer'), { code: codeIn(await peer.mailTo('user0@example.org')) }));
    await under(client.send(client.form('/act'), { password: 'violet kettle seven oceans' }));
    const notice = await peer.mailTo('user0@example.org', 1);
    const [link] = /http:\S+\/n\/\S+/.exec(notice.parts[0].text);
    assert.match(link, new RegExp(`^http://127.0.0.1:${port}/a/b/n/[a-z0-9]{26}$`));
    await under(client.get(new URL(link).pathname));
    await under(client.send(client.form('/not-me')));
    await under(client.get('/a/b/sign-in?lang=es'));
    await under(client.send(client.form('/sign-in'), { user_name: 'user0', password: 'violet kettle seven oceans' }));
    assert.equal(client.path, '/a/b/account');
    await under(client.send(client.form('/begin/email-code')));
    await under(client.send(client.form('/sign-out')));
    assert.equal(client.path, '/a/b/');

    const person = await Person.arrive(`${installation.url}/a/b`);
    await person.identify('user1');
    await person.askForCode();
    await person.enterCode(codeIn(await peer.mailTo('user1@example.org')));
    await person.isAt('Choose a new password');
    await person.leave();
  } finally {
    await installation.stop();
    await peer.stop();
  }
});

describe('With a certificate', () => {
  let installation;
  let folder;
  let port;

  const makeCertificate = (name) => execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
    '-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost', '-keyout', join(folder, 'key.pem'), '-out', join(folder, 'certificate.pem')], { stdio: 'ignore' });

  /** One request over TLS: status, headers, body and the name on the certificate. */
  const get = (path, options = {}) => new Promise((done, failed) => {
    const sent = request({ host: '127.0.0.1', port, path, servername: 'localhost', rejectUnauthorized: false, agent: false, headers: { Host: `localhost:${port}` }, ...options }, (response) => {
      const name = response.socket.getPeerCertificate().subject.CN;
      let text = '';
      response.on('data', (bytes) => { text += bytes; });
      response.on('end', () => done({ status: response.statusCode, headers: response.headers, text, name, protocol: response.socket?.getProtocol?.() }));
    });
    sent.on('error', failed);
    sent.end();
  });

  before(async () => {
    folder = temporaryFolder();
    makeCertificate('first');
    port = await freePort();
    installation = await Installation.make({
      realClock: true,
      port,
      publicUrl: `https://localhost:${port}/`,
      env: { LATCHKEY_SERVER_TLS_CERTIFICATE: join(folder, 'certificate.pem'), LATCHKEY_SERVER_TLS_KEY: join(folder, 'key.pem') },
    });
    installation.fill(people.slice(0, 1));
    await installation.serve(() => get('/'));
  });
  after(async () => {
    await installation.stop();
    removeFolder(folder);
  });

  test('it speaks TLS, with cookies and headers that hold a browser to it', async () => {
    const page = await get('/sign-in');
    assert.deepEqual([page.status, page.name], [200, 'first']);
    assert.match(page.headers['strict-transport-security'], /^max-age=\d{8,}/);
    assert.match(page.headers['set-cookie'][0], /^__Host-latchkey=[^;]+; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
  });

  test('it refuses old versions of TLS and plain HTTP', async () => {
    await assert.rejects(get('/', { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' }));
    assert.equal((await get('/', { maxVersion: 'TLSv1.2' })).status, 200);
    await assert.rejects(fetch(`http://127.0.0.1:${port}/`));
  });

  test('it takes a new certificate at SIGHUP, and keeps the old one if the new one is broken', async () => {
    const server = installation.servers.at(-1);
    const said = (event) => until(event, () => (server.errors + server.lines.join('\n')).includes(event));
    makeCertificate('second');
    server.process.kill('SIGHUP');
    await said('server.reloaded');
    assert.equal((await get('/')).name, 'second');
    writeFileSync(join(folder, 'certificate.pem'), 'nonsense');
    server.process.kill('SIGHUP');
    await said('server.not_reloaded');
    assert.equal((await get('/')).name, 'second');
  });

  test('one file of the two is a mistake, said at the start', () => {
    installation.env.LATCHKEY_SERVER_TLS_KEY = '';
    const { status, stderr } = installation.attempt('serve');
    assert.equal(status, 1);
    assert.match(stderr, /tls_certificate and server\.tls_key belong together/);
  });
});
