// One installation of Latchkey as an operator would set it up: init, config apply, import users, serve.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child, freePort, program, removeFolder, temporaryFolder, until } from './processes.mjs';

export const fakeClock = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';

/** For the option `skip` of a test that sets the clock: a sanitizer must be the first to be loaded. */
export const noClock = ['__asan_init', '__tsan_init'].some((name) => readFileSync(program).includes(name)) &&
  'the clock of a program with a sanitizer cannot be set';

/** Definitions with one public process by email code; `change` may alter them. */
export function definitions(change = () => {}) {
  const all = {
    settings: { 'service_desk.contact': 'extension 4357' },
    verifications: [{ name: 'email-code', type: 'email_code', title: { en: 'Code by email', es: 'Código por correo' } }],
    processes: [{
      name: 'reset', slug: 'reset', title: { en: 'Reset my password', es: 'Restablecer mi contraseña' },
      identify_by: ['user_name', 'email'], verifications: [{ verification: 'email-code' }],
    }],
  };
  change(all);
  return all;
}

export class Installation {
  /** `options`: database, mailPort, port, publicUrl, env; `realClock` where setClock, which is slow, is not needed. */
  static async make(options = {}) {
    const it = new Installation();
    it.folder = temporaryFolder();
    it.config = join(it.folder, 'latchkey.toml');
    it.port = options.port ?? await freePort();
    it.clock = join(it.folder, 'clock');
    writeFileSync(it.clock, '+0');
    it.env = {
      ...process.env,
      LATCHKEY_HASHING_MEMORY_MIB: '19',
      LATCHKEY_SERVER_OPERATIONS_LISTEN: '',
      LATCHKEY_MAIL_PORT: String(options.mailPort ?? 1),
      LATCHKEY_MAIL_TLS: 'none',
      ...options.env,
    };
    it.fakeClock = !options.realClock && !noClock && existsSync(fakeClock);
    it.servers = [];
    it.clocks = [];  // since when they were how far ahead
    it.command('init', '--public-url', options.publicUrl ?? `http://127.0.0.1:${it.port}/`,
      '--listen', `127.0.0.1:${it.port}`, '--database', options.database ?? 'sqlite:latchkey.db',
      '--organisation', 'Example Ltd', '--mail-host', '127.0.0.1', '--mail-from', 'Example <reset@example.org>');
    return it;
  }

  /** Runs a command of the program; throws unless it ends with `status`. Returns its output. */
  command(...args) {
    const { status, stdout, stderr } = this.attempt(...args);
    if (status !== 0) throw new Error(`latchkey ${args.join(' ')} ended with ${status}: ${stderr}`);
    return stdout;
  }

  attempt(...args) {
    const input = typeof args.at(-1) === 'object' ? args.pop().input : '';
    const patience = args[0] === 'serve' ? { timeout: 30_000, killSignal: 'SIGKILL' } : {};  // it should have refused
    const run = spawnSync(program, ['--config', this.config, ...args], { env: this.env, input, encoding: 'utf8', ...patience });
    return { status: run.status, stdout: run.stdout, stderr: run.stderr };
  }

  /** How many entries the activity record has, whose chain is whole. */
  auditEntries() {
    const { intact, entries } = JSON.parse(this.command('audit', 'verify', '--json'));
    if (!intact) throw new Error('the activity record is broken');
    return entries;
  }

  /** The entries of the activity record from a number on. That somebody read them is the last one. */
  activities(after = 0) {
    return this.command('audit', 'export', '--after', String(after)).trimEnd().split('\n').map((line) => JSON.parse(line).entry);
  }

  /** What a SELECT finds in the SQLite database, a list of values for each row. */
  rows(sql) {
    const script = 'import json, sqlite3, sys; print(json.dumps(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchall()))';
    return JSON.parse(execFileSync('/usr/bin/python3', ['-c', script, join(this.folder, 'latchkey.db'), sql], { encoding: 'utf8' }));
  }

  file(name, content) {
    const path = join(this.folder, name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
    return path;
  }

  /** The process applied and these people imported: [user_name, email, password], or objects that name their columns. */
  fill(people, all = definitions()) {
    this.command('config', 'apply', this.file('definitions.json', all));
    const columns = Array.isArray(people[0]) ? ['user_name', 'email', 'password'] : Object.keys(people[0]);
    const csv = [columns, ...people.map(Object.values)].map((row) => row.join(',') + '\n').join('');
    this.command('import', 'users', this.file('users.csv', csv));
  }

  /** Starts a server process; the second and later ones listen on a port of their own. `ask` asks it for a page. */
  async serve(ask = (url) => fetch(url, { headers: { Host: `127.0.0.1:${this.port}` } }), wanted = undefined) {
    const port = wanted ?? (this.servers.length === 0 ? this.port : await freePort());
    const env = { ...this.env, LATCHKEY_SERVER_LISTEN: `127.0.0.1:${port}`, LATCHKEY_LOGGING_FORMAT: 'text' };
    if (this.fakeClock)
      Object.assign(env, { LD_PRELOAD: [this.env.LD_PRELOAD, fakeClock].filter(Boolean).join(':'), FAKETIME_TIMESTAMP_FILE: this.clock, FAKETIME_NO_CACHE: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1' });
    const server = new Child(program, ['--config', this.config, 'serve'], { env });
    server.url = `http://127.0.0.1:${port}`;
    server.port = port;
    this.servers.push(server);
    await until(`the server on ${port}: ${server.errors}`, async () => {
      if (server.code !== undefined) throw new Error(`the server ended with ${server.code}: ${server.errors}`);
      return ask(server.url + '/').then(() => true, () => false);
    });
    return server;
  }

  /** Another process, which people reach by an address of its own. */
  async serveElsewhere(wanted = undefined) {
    const { env } = this;
    const port = wanted ?? await freePort();
    this.env = { ...env, LATCHKEY_SERVER_PUBLIC_URL: `http://127.0.0.1:${port}/` };
    try {
      return await this.serve(fetch, port);
    } finally {
      this.env = env;
    }
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Sets the servers' clock forward or back: "+11m", "-1h", "+0". */
  setClock(offset) {
    if (noClock) throw new Error(noClock);
    if (!existsSync(fakeClock)) throw new Error('the package libfaketime is missing');
    // At once: a server that reads half of it would see another time for a moment.
    renameSync(this.file('clock.new', offset), this.clock);
    const [, count, unit] = /^([+-]\d+)([smhd]?)$/.exec(offset);
    this.clocks.push({ from: Date.now(), ahead: Number(count) * { '': 1, s: 1, m: 60, h: 3600, d: 86400 }[unit] * 1000 });
  }

  /** What the servers' clock showed at a time, both in milliseconds. */
  byItsClock(at) {
    return at + (this.clocks.findLast(({ from }) => from <= at)?.ahead ?? 0);
  }

  read(name) {
    return readFileSync(join(this.folder, name));
  }

  async stop() {
    for (const server of this.servers) {
      await server.stop();
      // What a person only sees as "Something here is not working".
      for (const line of server.errors.split('\n')) if (/ error (outage|fault) /.test(line)) console.error(line);
    }
    removeFolder(this.folder);
  }
}
