// What the tools that everybody has find in every form: nothing (S38, S67). By option, for it takes five minutes and
// the packages ffuf, wapiti and sqlmap:
//   LATCHKEY_SCANNERS=1 node --test tests/attacks/scanners.test.mjs
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { Installation } from '../browser/support/installation.mjs';
import { Peer, removeFolder, SmtpPeer, temporaryFolder } from '../browser/support/processes.mjs';
import { calmWorld, newPassword, oldPassword, signsIn } from '../faults/journeys.mjs';
import { everyForm, everyType } from './places.mjs';
import { formRoutes } from './routes.mjs';

const skip = !process.env.LATCHKEY_SCANNERS && 'LATCHKEY_SCANNERS is not set';
const people = Array.from({ length: 160 }, (_, i) => `user${i}`);
const names = people.values();
const ownersOf = new Set();  // whose own form for a new password was attacked
let peer;
let control;
let installation;
let folder;

const payloads = [
  '<script>alert(1)</script>', '"><script>alert(1)</script>', '\'"><img src=x onerror=alert(1)>', '" autofocus onfocus="alert(1)',
  '</title><svg onload=alert(1)>', 'javascript:alert(1)//<b>', '{{7*7}}<b>', '${7*7}<b>', '<%= 7*7 %>', '{{{csrf}}}<b>', '#{7*7}<b>',
  '\'', '"', '\'\'', '\' OR \'1\'=\'1', '" OR ""="', '1;DROP TABLE account--', '\') OR (\'1\'=\'1', '1 UNION SELECT NULL--', '\\\'',
  '../../../../etc/passwd', '..\\..\\windows\\win.ini', '/etc/passwd', 'file:///etc/passwd', '....//....//etc/passwd',
  'x\r\nX-Injected: 1', 'x\nX-Injected: 1', 'x\r\n\r\n<b>', '\0', 'a\0b', '\u202Eabc', '%00', '%0d%0aX-Injected:1', '%s%s%s%n', '%252e',
  ';id', '|id', '`id`', '$(id)', '*)(uid=*', '*', '(&(a=b))', '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
  '-1', '0', '99999999999999999999', '1e309', 'NaN', '٣', 'null', 'true', '[]', '{}', 'x'.repeat(300), 'x'.repeat(17000), '😀'.repeat(100),
  '//evil.example/', 'https://evil.example/', '/\\evil.example', 'ı', 'ﬀ', '\ufeff', ' ', '',
];
const dangerous = payloads.filter((payload) => payload.length > 5 && /[<"]/.test(payload));

/** All that a tool says. Nothing waits for it without looking: connections that the server closes meanwhile are seen to be. */
async function run(command, args, seconds) {
  const running = promisify(execFile)(command, args, { timeout: seconds * 1000, maxBuffer: 1e9, cwd: folder });
  running.child.stdin.end();
  const { stdout, stderr, code } = await running.catch((failed) => failed);
  assert.notEqual(code, 'ENOENT', `${command} is missing`);
  return stdout + stderr;
}

const encoded = (fields, name) => Object.entries({ ...fields, ...(name && { [name]: '\u0000' }) })
  .map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&').replace('%00', 'FUZZ');
const cookieOf = (client) => [...client.cookies].map((pair) => pair.join('=')).join('; ');

/** What ffuf finds wrong with the answers to all payloads in one place of a request, named FUZZ there. */
async function faultsOf(url, args, list = join(folder, 'payloads')) {
  const answers = join(folder, 'answers');
  await run('ffuf', ['-w', list, '-u', url, '-mc', 'all', '-s', '-t', '8', '-maxtime', '120', '-of', 'json', '-o', join(folder, 'ffuf.json'), '-od', answers, ...args], 130);
  const { results } = JSON.parse(readFileSync(join(folder, 'ffuf.json'), 'utf8'));
  assert.ok(results.length > 0, `${url}: ffuf got no answer`);
  const faults = [];
  for (const { status, input, resultfile } of results) {
    const answer = readFileSync(join(answers, resultfile), 'utf8').split(/---- ↑ Request ---- Response ↓ ----\s*/)[1];
    if (status >= 500) faults.push(`${status} for ${input.FUZZ}`);
    const [head] = answer.split(/\r?\n\r?\n/);
    if (/^X-Injected/mi.test(head)) faults.push(`a header by ${input.FUZZ}`);
    if (/^Location: (https?:)?[/\\]{2}evil/mi.test(head)) faults.push(`elsewhere by ${input.FUZZ}`);
    for (const payload of dangerous) if (answer.includes(payload)) faults.push(`not escaped: ${payload}`);
  }
  removeFolder(answers);
  return { faults: [...new Set(faults)], results };
}

/** Every field of a form with every payload. */
async function fuzz({ url, form, cookie }) {
  const found = [];
  for (const name of Object.keys({ ...form.fields, ...form.buttons })) {
    const data = encoded(form.fields, name);
    const args = form.method === 'GET' ? [] : ['-X', 'POST', '-d', data, '-H', 'Content-Type: application/x-www-form-urlencoded'];
    const { faults, results } = await faultsOf(url + form.action + (form.method === 'GET' ? `?${data}` : ''), [...args, '-H', `Cookie: ${cookie}`]);
    assert.ok(results.length > 0.9 * payloads.length, `${form.action} ${name}: ${results.length} answers`);
    found.push(...faults.map((fault) => `${form.route} ${name}: ${fault}`));
  }
  return found;
}

/** What sqlmap can do with a form, twice: it compares pages by their likeness, and what it finds once only was chance. */
async function inject({ url, form, cookie }) {
  const data = encoded(form.fields);
  const where = form.method === 'GET' ? ['-u', `${url}${form.action}?${data}`] : ['-u', url + form.action, '--data', data];
  let found = [];
  for (let again = 0; again < 2 && (again === 0 || found.length > 0); ++again) {
    const text = await run('sqlmap', [...where, '--cookie', cookie, '-p', Object.keys(form.fields).join(','), '--batch', '--ignore-stdin', '--flush-session',
      '--disable-coloring', '--text-only', '--technique', 'BEU', '--level', '1', '--risk', '1', '--ignore-code', '*', '--output-dir', join(folder, 'sqlmap')], 600);
    found = text.match(/^Parameter: .*/gm) ?? [];
    if (found.length === 0) assert.match(text, /do not appear to be injectable/, `${form.action}: sqlmap did not get that far: ${text.slice(-1500)}`);
  }
  return found.map((parameter) => `${form.route}: ${parameter}`);
}

/** What wapiti finds from a page on. It submits whatever form is in its scope. */
async function crawl(url, scope, cookie) {
  const report = join(folder, 'wapiti.json');
  rmSync(report, { force: true });
  const text = await run('wapiti', ['-u', url, '--scope', scope, '-m', 'backup,cookieflags,crlf,csp,exec,file,htaccess,http_headers,methods,permanentxss,redirect,sql,xss',
    '-d', '5', '--max-scan-time', '60', '--max-attack-time', '60', '-H', `Cookie: ${cookie}`, '--flush-session', '--no-bugreport',
    '--endpoint', 'http://127.0.0.1:1/', '--store-session', join(folder, 'wapiti'), '-f', 'json', '-o', report, '-v', '1'], 1200);
  assert.ok(existsSync(report), text.slice(-2000));
  assert.match(text, /^\[\+\] (GET|POST) /m, `wapiti attacked nothing: ${text.slice(-2000)}`);
  const { vulnerabilities, anomalies } = JSON.parse(readFileSync(report, 'utf8'));
  return Object.entries({ ...vulnerabilities, ...anomalies }).flatMap(([kind, all]) => all.map(({ info, path }) => `${kind} at ${path}: ${info}`));
}

describe('The scanners', { skip, timeout: 3_600_000 }, () => {
  before(async () => {
    folder = temporaryFolder();
    writeFileSync(join(folder, 'payloads'), payloads.map((payload) => encodeURIComponent(payload) + '\n').join(''));
    peer = await SmtpPeer.start();
    control = await Peer.start('injectable.py');
    installation = await Installation.make({ mailPort: peer.port, realClock: true, env: { LATCHKEY_LOGGING_LEVEL: 'error' } });
    installation.fill(people.map((name) => [name, `${name}@example.org`, oldPassword]), everyType);
    await installation.serve();
  });
  after(async () => {
    await installation.stop();
    await peer.stop();
    await control.stop();
    removeFolder(folder);
  });

  const weak = () => ({ url: `http://127.0.0.1:${control.port}`, form: { method: 'POST', action: '/find', route: 'POST /find', fields: { q: 'amy' }, buttons: {} }, cookie: 'a=b' });

  test('find what is wrong where something is', async () => {
    const faults = await fuzz(weak());
    for (const one of [/: 500 for/, /: not escaped/, /: a header by/, /: elsewhere by/]) assert.match(faults.join('\n'), one);
    assert.match((await inject(weak())).join(), /Parameter: q/);
    assert.match((await crawl(`${weak().url}/`, 'folder', 'a=b')).join(), /Cross Site Scripting/);
  });

  for (const [tool, attack] of Object.entries({ ffuf: fuzz, sqlmap: inject }))
    test(`${tool} finds nothing in any field of any form`, async () => {
      const attacked = new Set();
      const found = [];
      for await (const { place, form, client, name } of everyForm(installation, peer, names)) {
        if (form.action.endsWith('/act')) ownersOf.add(name);
        attacked.add(form.route);
        found.push(...(await attack({ url: installation.url, form, cookie: cookieOf(client) })).map((fault) => `${place}: ${fault}`));
      }
      assert.deepEqual([...attacked].sort(), formRoutes);
      assert.deepEqual(found, []);
    });

  test('ffuf finds no page that is not ours, and nothing by an address or a header', async () => {
    const ours = /^\/(p\/reset|sign-in|message|)$/;
    const guesses = ['.git/HEAD', '.env', 'admin', 'backup', 'config', 'latchkey.toml', 'latchkey.key', 'latchkey.db', 'server-status', 'metrics', 'health',
      'demo/mailbox', 'api', 'api/v1', 'debug', 'console', 'static/', 'static/..%2flatchkey.key', '..%2f..%2fetc%2fpasswd', 'robots.txt.bak', 'sign-in', 'message', 'p/reset', ''];
    writeFileSync(join(folder, 'paths'), guesses.join('\n') + '\n');
    const { faults, results } = await faultsOf(`${installation.url}/FUZZ`, [], join(folder, 'paths'));
    assert.deepEqual(faults, []);
    assert.deepEqual(results.filter(({ status, input }) => status !== 404 && !ours.test(`/${input.FUZZ}`)).map(({ status, input }) => `${status} ${input.FUZZ}`), []);
    for (const place of ['/FUZZ', '/p/FUZZ', '/r/FUZZ', '/n/FUZZ', '/static/FUZZ', '/account/enroll/FUZZ', '/?FUZZ=1', '/?language=FUZZ', '/sign-in?then=FUZZ', '/message?reference=FUZZ'])
      assert.deepEqual((await faultsOf(installation.url + place, [])).faults, [], place);
    for (const header of ['Cookie: session', 'Cookie: notice', 'Accept-Language', 'User-Agent', 'Referer', 'Origin', 'X-Forwarded-For', 'X-Forwarded-Host', 'Forwarded', 'Content-Type'])
      assert.deepEqual((await faultsOf(`${installation.url}/p/reset`, ['-H', header.startsWith('Cookie') ? `${header}=FUZZ` : `${header}: FUZZ`])).faults, [], header);
  });

  test('wapiti finds nothing from the front page on, nor on any page whose form is its own', async () => {
    // Of an installation on this machine, without TLS; frame-ancestors does what X-Frame-Options did, and filters against
    // cross-site scripting are no more.
    const expected = /Secure flag is not set|Strict-Transport-Security is not set|X-Frame-Options is not set|X-XSS-Protection is not set/;
    const found = await crawl(`${installation.url}/`, 'folder', 'a=b');
    for await (const { form, client } of everyForm(installation, peer, names))
      if (form.action === client.path) found.push(...await crawl(installation.url + form.action, 'page', cookieOf(client)));
    assert.deepEqual(found.filter((one) => !expected.test(one)), []);
  });

  test('have changed nothing: the record is whole, and everybody has the password that they had', async () => {
    assert.ok(installation.auditEntries() > 0);
    for (const name of people.filter((one) => !ownersOf.has(one))) {
      const world = calmWorld(installation, peer, name);
      // Wrong passwords block a person for a while; and some came to their form by a reset of their own.
      if (await signsIn(world, oldPassword) || await signsIn(world, newPassword)) continue;
      installation.command('user', 'unlock', name);
      assert.equal(await signsIn(world, oldPassword), true, name);
    }
  });
});
