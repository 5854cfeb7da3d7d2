// One installation whose program meets one fault, and what its operator does then.
import { closeSync, cpSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Installation } from '../browser/support/installation.mjs';
import { removeFolder, temporaryFolder } from '../browser/support/processes.mjs';
import { checkAll, harshWorld } from './journeys.mjs';

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
    this.hit = false;
    const own = { folder: this.folder, config: join(this.folder, 'latchkey.toml'), clock: join(this.folder, 'clock'), clocks: [], servers: [] };
    this.sound = Object.assign(Object.create(Installation.prototype), prepared, own);
    this.faulty = Object.assign(Object.create(Installation.prototype), this.sound,
      { env: { ...prepared.env, LD_PRELOAD: library, LATCHKEY_NTH: this.fault.path } });
    // What a killed process had claimed is sent when its claim is over.
    const { url, name, mails, inMails } = harshWorld(this.sound, peer, 'amy', { mend: () => this.mend() });
    Object.assign(this, { url, name, mails, inMails });
  }

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

  /** What must hold whatever happened. */
  check() { checkAll(this.sound, this.mails()); }

  async end() {
    await this.server?.stop('SIGKILL');
    removeFolder(this.folder);
  }
}
