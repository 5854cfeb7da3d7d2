// One installation whose program meets one fault, and what its operator does then.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, cpSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Installation } from '../browser/support/installation.mjs';
import { removeFolder, source, temporaryFolder, until } from '../browser/support/processes.mjs';

/** The library of nth.c; without it there are no faults. */
export const library = process.env.LATCHKEY_NTH_LIBRARY;
export const kinds = { kill: 1, failWrite: 2, failSync: 3, diskFull: 4, readOnly: 5 };

/** The file by which nth.c is steered: kind, which operation, how many there were, whether it happened. */
export class Fault {
  constructor(path) {
    this.path = path;
    writeFileSync(path, Buffer.alloc(16));
  }

  arm(kind, nth) {
    const bytes = Buffer.alloc(16);
    bytes.writeInt32LE(kind, 0);
    bytes.writeInt32LE(nth, 4);
    const file = openSync(this.path, 'r+');  // the same file: the program has it mapped
    writeSync(file, bytes, 0, 16, 0);
    closeSync(file);
  }

  disarm() { this.arm(0, 0); }
  get fired() { return readFileSync(this.path).readInt32LE(12) === 1; }
}

/** A copy of a prepared installation. `peer` takes its mails. */
export class Trial {
  constructor(prepared, peer) {
    this.folder = temporaryFolder();
    cpSync(prepared.folder, this.folder, { recursive: true });
    this.fault = new Fault(join(this.folder, 'fault'));
    this.peer = peer;
    this.earlier = peer.mails.length;
    this.ahead = 0;  // of the true time, in seconds
    this.hit = false;
    const own = { folder: this.folder, config: join(this.folder, 'latchkey.toml'), clock: join(this.folder, 'clock'), servers: [] };
    this.sound = Object.assign(Object.create(Installation.prototype), prepared, own);
    this.faulty = Object.assign(Object.create(Installation.prototype), this.sound,
      { env: { ...prepared.env, LD_PRELOAD: library, LATCHKEY_NTH: this.fault.path } });
  }

  get url() { return this.sound.url; }
  get name() { return 'amy'; }
  get mails() { return this.peer.mails.slice(this.earlier); }

  async serve() {
    this.faulty.servers = [];  // on the same port again
    this.server = await this.faulty.serve();
  }

  /** After a failure: the disk has room again, a process that ended is started again. */
  async mend() {
    if (this.fault.fired) {
      this.hit = true;
      this.fault.disarm();
    }
    await Promise.race([this.server.ended, new Promise((done) => setTimeout(done, 50))]);
    if (this.server.code !== undefined) await this.serve();
  }

  /** From here on nothing fails. */
  async settle() {
    await this.mend();
    this.fault.disarm();
  }

  /** What `find` finds in the mails; what a killed process had claimed is sent when its claim is over. */
  async inMails(find) {
    for (let tries = 0; tries < 4; ++tries) {
      const found = await until('the mail', () => this.mails.map(find).filter(Boolean).at(-1), 1000).catch(() => undefined);
      if (found) return found;
      await this.mend();
      this.ahead += 35;
      this.sound.setClock(`+${this.ahead}s`);
    }
    return undefined;
  }

  /** What must hold whatever happened. */
  check() {
    const ledger = join(this.folder, 'ledger');
    writeFileSync(ledger, this.mails.map((mail) => JSON.stringify({ ...mail, at: mail.at + this.ahead * 1000 })).join('\n'));
    const checked = spawnSync(join(source, 'tests/faults/invariants.py'), [join(this.folder, 'latchkey.db'), ledger], { encoding: 'utf8' });
    assert.equal(checked.stdout.trim() + checked.stderr, '');
    assert.equal(JSON.parse(this.sound.command('audit', 'verify', '--json')).intact, true, 'I6');
  }

  async end() {
    await this.server?.stop('SIGKILL');
    removeFolder(this.folder);
  }
}
