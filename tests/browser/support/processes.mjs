// Starting and stopping what the tests talk to: every process in a folder of its own, stopped by its id.
import { spawn, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';

export const source = new URL('../../..', import.meta.url).pathname;
/** The program under test. */
export const program = process.env.LATCHKEY_PROGRAM ?? join(source, '.build/dev/web/latchkey');

export function temporaryFolder() {
  return mkdtempSync(join(tmpdir(), 'lk-'));
}

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

export async function until(what, holds, milliseconds = 15000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const value = await holds();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

// Whatever a file's hooks did not stop, because one of them failed, would keep node from ending.
const running = new Set();
after(() => Promise.all([...running].map((one) => one.stop())));

/** What libfaketime leaves of a process that was killed would be taken for that of the next one with its id, or end it. */
function forgetClock(pid) {
  for (const name of ['faketime_shm_', 'sem.faketime_sem_']) rmSync(`/dev/shm/${name}${pid}`, { force: true });
}

/** A process that is stopped by its id; `lines` holds what it wrote to standard output. */
export class Child {
  constructor(command, args, options = {}) {
    this.lines = [];
    this.errors = '';
    this.process = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options });
    createInterface({ input: this.process.stdout }).on('line', (line) => this.lines.push(line));
    this.process.stderr.on('data', (bytes) => { this.errors += bytes; });
    running.add(this);
    this.ended = new Promise((done) => this.process.on('exit', (code) => {
      this.code = code;
      forgetClock(this.process.pid);
      running.delete(this);
      done(code);
    }));
  }

  /** How many sockets it has open: other descriptors come and go with the database's files. */
  get sockets() {
    const folder = `/proc/${this.process.pid}/fd`;
    const isSocket = (name) => { try { return readlinkSync(join(folder, name)).startsWith('socket:'); } catch { return false; } };
    return readdirSync(folder).filter(isSocket).length;
  }

  async stop(signal = 'SIGTERM') {
    if (this.process.exitCode === null) this.process.kill(signal);
    this.process.kill('SIGCONT');  // a test that failed may have left it frozen
    return this.ended;
  }
}

/** A server of tests/support that we talk to; it tells what happens and is steered in JSON, a line each. */
export class Peer {
  static async start(script, ...args) {
    const peer = new this();
    peer.child = new Child('/usr/bin/python3', [join(source, 'tests/support', script), ...args]);
    await until(script, () => peer.child.lines.length > 0);
    peer.port = JSON.parse(peer.child.lines[0]).port;
    return peer;
  }

  told(what) {
    return this.child.lines.map((line) => JSON.parse(line)).filter(({ event }) => event === what);
  }

  /** Steers it: see the script's own words. */
  set(members) {
    this.child.process.stdin.write(JSON.stringify({ set: members }) + '\n');
  }

  async stop() {
    this.child.process.stdin.end();
    return this.child.ended;
  }
}

/** A mail server; `mails` holds what it took, the newest last. */
export class SmtpPeer extends Peer {
  /** `files` for TLS: a certificate and its key. */
  static start(mode = 'plain', ...files) { return super.start('smtp_peer.py', mode, ...files); }

  get mails() { return this.told('mail'); }

  /** Closes the connections that it has, without a word. */
  hangUp() { this.child.process.stdin.write('{"hang_up": ""}\n'); }

  /** The first mail to `address` with such a subject after the first `count` of all mails there. */
  async mailTo(address, count = 0, subject = /(?:)/) {
    const all = () => this.mails.filter((mail) => mail.to[0] === address).slice(count)
      .filter((mail) => subject.test(mail.headers.subject));
    return until(`mail to ${address}`, () => all()[0]);
  }
}

/** An SMS gateway as templates/sms_gateways/generic.json asks it; `messages` holds what it was asked to send. */
export class SmsPeer extends Peer {
  static start() { return super.start('http_peer.py'); }

  get messages() { return this.told('request').map(({ body }) => JSON.parse(body)); }

  /** What an installation needs to know to send by it. */
  get env() {
    const account = { url: `http://127.0.0.1:${this.port}/`, token: 'token', from: 'Example' };
    return { LATCHKEY_SMS_GATEWAYS: 'generic', LATCHKEY_SMS_ACCOUNTS: JSON.stringify({ generic: account }) };
  }

  /** The code in the first message to `number` that came after the first `earlier` to anybody. */
  async codeTo(number, earlier = 0) {
    const { text } = await until(`an SMS to ${number}`, () => this.messages.slice(earlier).find(({ to }) => to === number));
    return /\d{6}/.exec(text)[0];
  }
}

/** A PostgreSQL server on a Unix socket in a folder of its own. */
export class Postgres {
  static #inFolder() {
    const server = new Postgres();
    server.folder = temporaryFolder();
    server.data = join(server.folder, 'data');
    server.bin = execFileSync('bash', ['-c', 'ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1']).toString().trim();
    server.as = process.getuid() === 0 ? ['runuser', '-u', 'postgres', '--'] : [];
    if (process.getuid() === 0) execFileSync('chown', ['postgres:', server.folder]);
    execFileSync('chmod', ['711', server.folder]);
    server.url = `postgresql://latchkey@/postgres?host=${server.folder}`;
    running.add(server);
    return server;
  }

  /** `env` is what it finds in its environment besides. */
  static start(env = {}) {
    const server = Postgres.#inFolder();
    server.env = env;
    server.run('initdb', '-D', server.data, '-U', 'latchkey', '--auth=trust', '--no-sync', '--encoding=UTF8', '--locale=C.UTF-8');
    server.resume();
    return server;
  }

  /** A standby of `primary`. */
  static following(primary) {
    const server = Postgres.#inFolder();
    server.follow(primary);
    return server;
  }

  /** Becomes a standby of `primary`, whatever it was; from then on nobody is told of a commit that it does not have. */
  follow(primary) {
    rmSync(this.data, { recursive: true, force: true });
    this.run('pg_basebackup', '-h', primary.folder, '-U', 'latchkey', '-D', this.data, '-R', '-c', 'fast', '--no-sync');
    this.resume();
    this.#waitForStandbys('');
    primary.#waitForStandbys('*');
  }

  #waitForStandbys(names) {
    this.sql(`ALTER SYSTEM SET synchronous_standby_names = '${names}'`, 'SELECT pg_reload_conf()');
  }

  promote() { this.run('pg_ctl', '-D', this.data, '-w', 'promote'); }

  /** What `statements` tell in `database`, a row a line. */
  sql(...statements) { return this.sqlIn('postgres', ...statements); }
  sqlIn(database, ...statements) {
    const url = this.url.replace('/postgres?', `/${database}?`);
    return execFileSync(join(this.bin, 'psql'), [url, '-qtA', ...statements.flatMap((sql) => ['-c', sql])], { encoding: 'utf8' }).trim();
  }

  run(name, ...args) {
    const command = [...this.as, join(this.bin, name), ...args];
    execFileSync(command[0], command.slice(1), { stdio: 'ignore', cwd: '/', env: { ...process.env, ...this.env } });
  }

  /** The address of a new database. */
  database(name) {
    this.sql(`CREATE DATABASE ${name} TEMPLATE template0`);  // in template1 the server's own cleaning may be at work
    return this.url.replace('/postgres?', `/${name}?`);
  }

  resume() {
    this.run('pg_ctl', '-D', this.data, '-l', join(this.folder, 'log'), '-w', '-t', '30',
      '-o', `-c listen_addresses= -c unix_socket_directories=${this.folder} -c fsync=off -c max_connections=60`, 'start');
  }

  /** At once, as if it had crashed. */
  halt() {
    this.run('pg_ctl', '-D', this.data, '-m', 'immediate', '-w', 'stop');
  }

  /** The same without waiting until it is `down`. */
  crash() { process.kill(Number(readFileSync(join(this.data, 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGQUIT'); }

  get down() { return !existsSync(join(this.data, 'postmaster.pid')); }

  stop() {
    if (!running.delete(this)) return;
    if (!this.down) this.halt();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function removeFolder(folder) {
  rmSync(folder, { recursive: true, force: true });
}

export function makeFolder(folder) {
  mkdirSync(folder, { recursive: true });
}
