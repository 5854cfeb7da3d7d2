// One installation in which everything is done that brings a secret into the program, and much goes wrong. Whoever runs it
// learns which secrets there were.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow } from '../browser/support/canaries.mjs';
import { Client } from '../browser/support/client.mjs';
import { definitions, Installation } from '../browser/support/installation.mjs';
import { codeIn } from '../browser/support/person.mjs';
import { removeFolder, SmsPeer, SmtpPeer, temporaryFolder, until } from '../browser/support/processes.mjs';
import { appCode } from '../browser/support/types.mjs';

const passwords = {
  old: 'an old password of hers & "mine"', wrong: 'what she thought it was', short: 'Summer ü 2026!', fresh: 'violet kettle <seven> oceans',
};
const pins = { own: '693147', wrong: '862407', common: '888352', long: '8624071', imported: '719352' };
const answers = { right: 'Grandmother\'s Canary', wrong: 'Uncle Budgerigar', imported: 'imported parrot' };
const wrong = { mailed: '918273', fromApp: '827364', sheet: 'abcd-efgh-jkmn-pqrs' };
const importedKey = 'KRUGS4ZANFZSAYJAMNQW4YLSPE2TINZS';
const peers = { mail: 'smtp%2Fcanary+9=', sms: 'sms-token-canary-7d1', database: 'postgres-canary-55e', rest: 'rest-of-canary-31b' };

const types = ['email_code', 'authenticator', 'security_questions', 'recovery_codes', 'soft_pin', 'sms_code'];
const all = definitions((one) => {
  Object.assign(one.settings, { 'enrollment.trusted_after': '0s', 'limits.answers_per_day': 100 });
  const settings = { security_questions: { enrolled: 1, asked: 1, use_imported: true }, authenticator: { use_imported: true }, soft_pin: { use_imported: true } };
  one.verifications = types.map((type) => ({ name: type, type, title: { en: type }, settings: settings[type] ?? {} }));
  // Another one for changes on the account page: of each a code can be had twice a minute only.
  one.verifications.push({ name: 'proof', type: 'email_code', title: { en: 'proof' } });
  one.processes.push({ ...one.processes[0], name: 'simple', slug: 'simple', verifications: [{ verification: 'email_code' }] });
  one.processes[0].verifications = types.map((verification) => ({ verification }));
});

/** What base32 stands for. */
const bytesOf = (key) => {
  const bits = [...key].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
};

/** A browser that gives away every token that it has seen, and all that is shown. */
class Watched extends Client {
  constructor(run) {
    super(run.installation.url);
    this.run = run;
  }

  keep(cookies) {
    super.keep(cookies);
    for (const value of this.cookies.values()) if (value.length > 20) this.run.secrets.add(value);
  }

  sees(method, { headers, text, path }) {
    for (const [, token] of text.matchAll(/name="csrf" value="([^"]+)"/g)) this.run.secrets.add(token);
    this.run.pages.push(path, headers.get('location') ?? '', text);
  }
}

export class FullRun {
  secrets = new Set();  // whatever must stand nowhere
  typed = new Set([...Object.values(passwords), ...Object.values(pins), ...Object.values(answers)]);  // nor on a page
  pages = [];
  said = {};  // by command: what it printed

  /** All of it; `postgres` where the database is to be one of its. */
  static async through(postgres) {
    const run = await FullRun.begin(postgres);
    run.importPeople();
    await run.installation.serve();
    await run.enroll();
    await run.reset();
    await run.followNotice();
    await run.peersTurnBad();
    await run.dieAndGoOn();
    await run.loseDatabase();
    run.command();
    run.slip();
    return run;
  }

  static async begin(postgres) {
    const run = new FullRun();
    for (const secret of [...run.typed, ...Object.values(wrong), ...Object.values(peers), importedKey, bytesOf(importedKey)]) run.secrets.add(secret);
    run.tls = temporaryFolder();
    const [key, certificate] = ['key.pem', 'certificate.pem'].map((file) => join(run.tls, file));
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
      '-subj', '/CN=peer', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', certificate], { stdio: 'ignore' });
    [run.peer, run.gateway] = await Promise.all([SmtpPeer.start('starttls', certificate, key), SmsPeer.start()]);
    run.peer.set({ password: peers.mail });
    const account = { url: `http://127.0.0.1:${run.gateway.port}/`, token: peers.sms, from: 'Example' };
    run.postgres = postgres;
    const database = postgres?.database('run');
    run.installation = await Installation.make({ mailPort: run.peer.port, database, realClock: true, env: {
      ...run.gateway.env, LATCHKEY_SMS_ACCOUNTS: JSON.stringify({ generic: account }), LATCHKEY_LOGGING_LEVEL: 'debug',
      LATCHKEY_MAIL_TLS: 'starttls', LATCHKEY_MAIL_CA_FILE: certificate, LATCHKEY_MAIL_USER: 'app', LATCHKEY_MAIL_PASSWORD: peers.mail,
    } });
    if (postgres) run.installation.env.LATCHKEY_DATABASE_URL = database.replace('latchkey@', `latchkey:${peers.database}@`);
    return run;
  }

  async end() {
    await this.installation?.stop();
    await this.peer?.stop();
    await this.gateway?.stop();
    removeFolder(this.tls);
  }

  /** Runs a command, however it ends, and keeps what it said; `change` is what the environment is beside. */
  does(args, change = {}) {
    const { env } = this.installation;
    this.installation.env = { ...env, ...change };
    const { status, stdout, stderr } = this.installation.attempt(...args);
    this.installation.env = env;
    this.said[`${args.filter((arg) => typeof arg === 'string').join(' ')} (${Object.keys(this.said).length})`] = stdout + stderr;
    return { status, said: stdout + stderr };
  }

  importPeople() {
    const people = ['amy', 'ben', 'echo-1', 'quote-1'].map((name, i) => ({
      user_name: name, email: `${name}@example.org`, phone: `+1202555010${i}`, password: `"${passwords.old.replaceAll('"', '""')}"`,
    }));
    this.installation.fill(people, all);
    const imports = [
      ['users', ['user_name', 'password'], ['carl', `"${passwords.short}"`]],
      ['enrollments', ['user_name', 'verification', 'key'], ['ben', 'authenticator', importedKey]],
      ['enrollments', ['user_name', 'verification', 'pin'], ['ben', 'soft_pin', pins.imported], ['amy', 'soft_pin', pins.common]],
      ['enrollments', ['user_name', 'verification', 'question1', 'answer1'], ['ben', 'security_questions', 'first-teacher', answers.imported]],
    ];
    for (const [what, ...lines] of imports) {
      const file = this.installation.file('import.csv', lines.map((line) => line.join(',') + '\n').join(''));
      this.does(['import', what, '--keep-going', file]);
      rmSync(file);
    }
    this.does(['user', 'set-password', 'ben', '--password-file', '-', { input: passwords.short + '\n' }]);
    rmSync(join(this.installation.folder, 'users.csv'));
  }

  /** The newest code by mail or SMS to somebody, of those after the first `earlier`. */
  async newestCode(where, earlier) {
    const codes = () => [
      ...this.peer.mails.filter(({ to }) => to[0] === where).map(codeIn),
      ...this.gateway.messages.filter(({ to }) => to === where).map(({ text }) => /\d{6}/.exec(text)?.[0]),
    ].filter(Boolean);
    return (await until(`a code to ${where}`, () => codes().length > earlier && codes())).at(-1);
  }

  async signIn(name) {
    const client = new Watched(this);
    await client.get('/sign-in');
    for (const password of [passwords.wrong, passwords.old]) await client.send(client.form('/sign-in'), { user_name: name, password });
    assert.equal(client.path, '/account');
    return client;
  }

  /** Everything is set up, with mistakes on the way. */
  async enroll() {
    const client = await this.signIn('amy');
    const keptLines = () => /<pre class="verbatim"[^>]*>([^<]*)/.exec(client.text)[1].trim().split('\n');
    const fields = {
      soft_pin: () => [{ pin: pins.common, again: pins.common }, { pin: pins.own, again: pins.own }],
      security_questions: () => [{ question: /<option value="([^"]+)"/.exec(client.text)[1], answer: answers.right }],
      authenticator: () => {
        const [key] = keptLines();
        for (const form of [key, key.replace(/ /g, ''), bytesOf(key.replace(/ /g, ''))]) this.secrets.add(form);
        this.key = key;
        return [{ code: wrong.fromApp, name: '' }, { code: this.appCode(-30), name: '' }];
      },
      recovery_codes: () => {
        this.sheet = keptLines();
        for (const code of this.sheet) this.secrets.add(code);
        return [{}, { saved: 'true' }];
      },
    };
    for (const [type, answersOf] of Object.entries(fields)) {
      await client.get('/account');
      await client.send(client.form(`/account/begin/${type}`));
      if (/\/account\/open\/proof"/.test(client.text)) await this.proveByMail(client);
      for (const answer of answersOf()) await client.send(client.form(`/account/enroll/${type}`), answer);
      assert.match(client.text, /It is set up/, type);
    }
  }

  async proveByMail(client) {
    await client.send(client.form('/account/open/proof'));
    const code = await this.newestCode('amy@example.org', 0);
    for (const one of [wrong.mailed, code]) await client.send(client.form('/account/try/proof'), { code: one });
  }

  appCode(ahead) {
    const code = appCode(this.key, ahead);
    this.secrets.add(code);
    return code;
  }

  /** Proves everything, each wrong at first, and chooses another password. */
  async reset() {
    const client = new Watched(this);
    const earlier = this.peer.mails.filter(({ to }) => to[0] === 'amy@example.org').filter(codeIn).length;
    await client.get('/p/reset');
    await client.send(client.form('/p/reset'), { identifier: 'amy' });
    const proofs = {
      email_code: async () => [{ code: wrong.mailed }, { code: await this.newestCode('amy@example.org', earlier) }],
      authenticator: () => [{ code: wrong.fromApp }, { code: this.appCode(0) }],
      security_questions: () => [{ answer1: answers.wrong }, { answer1: answers.right }],
      recovery_codes: () => [{ code: wrong.sheet }, { code: this.sheet[3] }],
      soft_pin: () => [{ pin: pins.long }, { pin: pins.wrong }, { pin: pins.own }],
      sms_code: async () => [{ code: wrong.mailed }, { code: await this.newestCode('+12025550100', 0) }],
    };
    for (const [verification, tries] of Object.entries(proofs)) {
      if (!/\/act"/.test(client.text)) await client.post(`${client.path}/choose`, { verification, destination: '' });
      for (const answer of await tries()) await client.send(client.form('/answer'), answer);
    }
    for (const password of [passwords.short, passwords.fresh]) await client.send(client.form('/act'), { password });
    assert.match(client.text, /Your password is changed/);
  }

  /** What the notice in the mail leads to. */
  async followNotice() {
    const link = await until('the notice', () => this.peer.mails.flatMap(({ parts }) => /\/n\/(\w+)/.exec(parts[0].text)?.[1] ?? []).at(-1));
    const client = new Watched(this);
    await client.get(`/n/${link}`);
    await client.send(client.form('/not-me'));
    assert.match(client.text, /stopped/i);
  }

  /** Somebody asks for a code, until the page says what has become of it. */
  async ask(name, verification, told, slug = 'reset') {
    const client = new Watched(this);
    await client.get(`/p/${slug}`);
    await client.send(client.form(`/p/${slug}`), { identifier: name });
    await client.post(`${client.path}/choose`, { verification, destination: '' });
    await until(`${told} for ${name}`, async () => told.test((await client.get(client.path)).text));
    return client;
  }

  /** Peers refuse what they were given and quote it: credentials, codes, a link. */
  async peersTurnBad() {
    this.gateway.set({ status: 400, body: '{"status": "refused", "error": "{asked}"}' });
    await this.ask('ben', 'sms_code', /could not be sent|left us/);
    await this.ask('echo-1', 'email_code', /left us/);
    const client = await this.ask('quote-1', 'email_code', /left us/, 'simple');
    await client.send(client.form('/answer'), { code: await this.newestCode('quote-1@example.org', 0) });
    await client.send(client.form('/act'), { password: passwords.fresh });
    await until('the notice', () => this.peer.mails.some(({ to, parts }) => to[0] === 'quote-1@example.org' && /\/n\//.test(parts[0].text)));
  }

  /** With a message that waits the server is killed, and goes on later; what lay there then is kept for a look. */
  async dieAndGoOn() {
    this.peer.set({ mail: '421 4.3.2 closing' });
    await this.ask('ben', 'email_code', /is delayed/);
    const { folder, servers } = this.installation;
    await servers.at(-1).stop('SIGABRT');
    for (const name of readdirSync(folder))
      if (/^latchkey\.db/.test(name)) cpSync(join(folder, name), join(folder, `killed-${name}`));
    this.peer.set({ mail: null });
    await this.installation.serve(undefined, this.installation.port);
    await this.newestCode('ben@example.org', 0);
  }

  /** The database ends while somebody signs in. */
  async loseDatabase() {
    const client = new Watched(this);
    await client.get('/sign-in');
    this.postgres?.halt();
    await client.send(client.form('/sign-in'), { user_name: 'ben', password: passwords.old });
    this.postgres?.resume();
  }

  keepRootKeys() {
    for (const key of this.installation.read('latchkey.key').toString().trim().split('\n').map((line) => line.split(' ')[1])) {
      this.secrets.add(key);
      this.secrets.add(Buffer.from(key, 'base64url'));
    }
  }

  /** Everything that prints or writes a copy. */
  command() {
    this.keepRootKeys();
    const list = ['backup latest.db', 'export users', 'export users --json', 'export enrollments', 'export enrollments --json', 'audit verify',
      'config export', 'doctor', 'doctor --json', 'user show amy', 'user show ben --json', 'campaign list', '--help', 'user --help', 'key rotate',
      'audit export', 'audit export --csv'];
    for (const args of list.map((line) => line.split(' '))) {
      const { status, said } = this.does(args.map((arg) => arg === 'latest.db' ? join(this.installation.folder, arg) : arg));
      assert.ok(status === 0 || args[0] === 'doctor', `${args.join(' ')}: ${said}`);
    }
    this.keepRootKeys();
  }

  /** An operator's slips, each with a secret in it. */
  slip() {
    const { database, rest, mail, sms } = peers;
    const url = (more) => ({ LATCHKEY_DATABASE_URL: `postgresql://latchkey:${database}${more}` });
    const slips = [
      url('@/nowhere?host=/nowhere'), url('%zz@/nowhere'), url('@127.0.0.1:port/nowhere'), url('@/nowhere?sslmode=none'),
      url(`@${rest}@/nowhere`), url(`/${rest}@/nowhere`), url(`?${rest}@/nowhere`), url(`@/nowhere?password=${rest}%zz`),
      { LATCHKEY_DATABASE_URL: `postgres//latchkey:${database}@/nowhere` },
      { LATCHKEY_SMS_ACCOUNTS: `{"generic": {"token": "${sms}"` }, { LATCHKEY_SMS_ACCOUNTS: JSON.stringify({ generic: { tokken: sms } }) },
      { LATCHKEY_SMS_ACCOUNTS: JSON.stringify({ generic: sms }) }, { LATCHKEY_SMS_ACCOUNTS: sms },
      { LATCHKEY_MAIL_PASSWORD: `${mail}x` }, { LATCHKEY_MAIL_PASSWORD: `${mail}\r\nRSET` }, { LATCHKEY_MAIL_TLS: 'none' },
      { LATCHKEY_ENROLLMENT_CHECK_URL: 'https://example.org/', LATCHKEY_ENROLLMENT_CHECK_SECRET: `whsec_${sms}` },
    ];
    for (const slip of slips) for (const command of ['doctor', 'migrate']) this.does([command], slip);
    const file = this.installation.file('damaged.key', this.installation.read('latchkey.key').toString().replace('\n', 'x\n'));
    chmodSync(file, 0o600);
    this.does(['doctor'], { LATCHKEY_KEYS_FILE: 'damaged.key' });
    rmSync(file);
    const { config } = this.installation;
    for (const line of [`password = ${mail}`, `password = "${mail}`, `pasword = "${mail}"`]) {
      this.installation.config = this.installation.file('slip.toml', `[mail]\n${line}\n`);
      this.does(['doctor']);
      rmSync(this.installation.config);
    }
    this.installation.config = config;
  }

  /** What the kernel knows of the server: "cmdline", "limits". */
  known(what) { return readFileSync(`/proc/${this.installation.servers.at(-1).process.pid}/${what}`, 'utf8'); }

  /** Every file that was written, but the key file; all that was said; and how the server was called. */
  get written() {
    const { folder, servers } = this.installation;
    const files = [folder, this.postgres?.folder].filter(Boolean).flatMap((one) => [...filesBelow(one)]);
    const logs = servers.map(({ errors, lines }, i) => [`log ${i}`, errors + lines.join('\n')]);
    const texts = { ...this.said, ...Object.fromEntries(logs), called: this.known('cmdline') };
    return [files.filter((path) => !path.endsWith('latchkey.key')), texts];
  }

  /** All that was secret by now. */
  get canaries() {
    const sent = [...this.peer.mails.map(({ parts }) => parts[0].text), ...this.gateway.messages.map(({ text }) => text)];
    return [...this.secrets, ...sent.flatMap((text) => [/\b\d{6}\b/.exec(text)?.[0], /\/n\/(\w+)/.exec(text)?.[1]]).filter(Boolean)];
  }
}
