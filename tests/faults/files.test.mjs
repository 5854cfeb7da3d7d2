// What may happen to the files of an installation (F26, F27): a key file that is gone or is another, a database that is
// damaged. The program then says what is wrong and touches nothing; with the files put back all is as before.
//   LATCHKEY_FLIPS=N  as many flipped bytes (40)
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { Installation } from '../browser/support/installation.mjs';
import { removeFolder, SmtpPeer } from '../browser/support/processes.mjs';
import { calmWorld, journey, newPassword, oldPassword, resetStep, signsIn } from './journeys.mjs';

const people = Array.from({ length: 60 }, (_, i) => `user${i}`);
const pageSize = 4096;

let peer;
let prepared;
let backup;

before(async () => {
  peer = await SmtpPeer.start();
  prepared = await Installation.make({ mailPort: peer.port, realClock: true });
  prepared.fill(people.map((name) => [name, `${name}@example.org`, name === 'user0' ? oldPassword : '']));
  backup = join(prepared.folder, 'night.backup');
  prepared.command('backup', backup);
});
after(async () => {
  removeFolder(prepared.folder);
  await peer.stop();
});

/** Another installation with the same files. */
function copied() {
  const copy = Object.assign(Object.create(Installation.prototype), prepared, { servers: [] });
  copy.folder = `${prepared.folder}-copy`;
  rmSync(copy.folder, { recursive: true, force: true });
  cpSync(prepared.folder, copy.folder, { recursive: true });
  copy.config = join(copy.folder, 'latchkey.toml');
  return copy;
}

describe('With a key file that', () => {
  let copy;
  let key;
  let sound;

  before(() => {
    copy = copied();
    key = join(copy.folder, 'latchkey.key');
    copy.former = readFileSync(key);
    copy.command('key', 'rotate');
    sound = readFileSync(key);
    copy.command('backup', join(copy.folder, 'later.backup'));
  });
  beforeEach(() => {
    rmSync(key, { recursive: true, force: true });
    write(sound);
  });
  after(() => removeFolder(copy.folder));

  const write = (bytes) => writeFileSync(key, bytes, { mode: 0o600 });
  const asRoot = process.getuid() === 0;
  const another = () => sound.toString().replace(/(?<= ).*/g, () => randomBytes(32).toString('base64url'));
  const spoiled = {
    'is missing': [() => {}, /key file.* (cannot be opened|is missing).*put the key file/],
    'belongs to another installation': [() => write(another()), /root key k1 of the key file is not the one of this database/],
    'is from before a rotation': [() => write(copy.former), /sealed with the root key k2, which is not in the key file/],
    'has lost its former keys': [() => write(sound.subarray(sound.indexOf('\n') + 1)), /sealed with the root key k1, which is not in the key file/],
    'is empty': [() => write(''), /key file .*latchkey\.key is empty/],
    'is cut off': [() => write(sound.subarray(0, sound.length - 9)), /key file .* is damaged/],
    'is something else': [() => write('hello\n'), /key file .* is damaged/],
    'everybody can read': [() => { write(sound); chmodSync(key, 0o644); }, /can be read by others.*chmod 600/],
    'a group can write': [() => { write(sound); chmodSync(key, 0o620); }, /can be read by others.*chmod 600/],
    'is a folder': [() => mkdirSync(key, { mode: 0o700 }), /not a regular file/],
    'is a pipe': [() => execFileSync('mkfifo', ['-m', '600', key]), /not a regular file/],
    ...asRoot
      ? { 'is another user\'s': [() => { write(sound); chownSync(key, 65534, 65534); }, /belongs to another user.*chown/] }
      : { 'cannot be read': [() => { write(sound); chmodSync(key, 0); }, /cannot be opened/] },
  };

  /** Everything that works with data; `migrate` alone needs no key. */
  const commands = (folder) => [
    ['serve'], ['init'], ['doctor'], ['backup', join(folder, 'new.backup')], ['restore', join(folder, 'later.backup')], ['key', 'rotate'],
    ['audit', 'verify'], ['audit', 'export'], ['export', 'users'], ['export', 'enrollments'],
    ['import', 'users', join(folder, 'users.csv')], ['import', 'enrollments', join(folder, 'users.csv')],
    ['config', 'apply', join(folder, 'definitions.json')], ['config', 'export'], ['config', 'diff', join(folder, 'definitions.json')],
    ['user', 'add', 'eve'], ['user', 'show', 'user0'], ['user', 'set-password', 'user0', '--password-file', '-'],
    ['user', 'unlock', 'user0'], ['user', 'disable', 'user0'], ['user', 'enable', 'user0'], ['user', 'erase', 'user0', '--yes'],
    ['campaign', 'list'],
  ];

  for (const [what, [spoil, said]] of Object.entries(spoiled))
    test(`${what}, every command refuses, and makes no other`, () => {
      const entries = copy.auditEntries();
      const files = readdirSync(copy.folder).sort();
      rmSync(key);
      spoil();
      const there = existsSync(key);
      for (const command of commands(copy.folder)) {
        const run = copy.attempt(...command);
        assert.equal(run.status, 1, `${command.join(' ')}: ${run.stdout}${run.stderr}`);
        assert.match(run.stdout + run.stderr, said, command.join(' '));
      }
      assert.equal(existsSync(key), there, 'no new key');
      rmSync(key, { recursive: true, force: true });
      write(sound);
      assert.deepEqual(readdirSync(copy.folder).sort(), files);
      assert.equal(copy.auditEntries(), entries, 'nothing happened');
    });
});

describe('With a database file', () => {
  let copy;
  let file;
  before(() => {
    copy = copied();
    file = join(copy.folder, 'latchkey.db');
  });
  after(() => removeFolder(copy.folder));

  const whole = () => {
    for (const end of ['-wal', '-shm']) rmSync(file + end, { force: true });
    copyFileSync(join(prepared.folder, 'latchkey.db'), file);
    return readFileSync(file);
  };

  const damaged = /malformed|not a database|damaged/;
  const spoiled = {
    'of which half is missing': [(bytes) => bytes.subarray(0, (bytes.length / pageSize >> 1) * pageSize), damaged],
    'whose first page is overwritten': [(bytes) => bytes.fill('x', 0, pageSize), damaged],
    'that is a text': [() => Buffer.from('hello\n'.repeat(5000)), damaged],
    'of no bytes': [() => Buffer.alloc(0), /database is empty: run `latchkey init`.*`latchkey restore`/],
  };
  for (const [what, [spoil, said]] of Object.entries(spoiled))
    test(`${what} the server does not start, and says so`, () => {
      writeFileSync(file, spoil(whole()));
      for (const command of [['serve'], ['doctor'], ['backup', join(copy.folder, 'new.backup')], ['audit', 'verify']]) {
        const run = copy.attempt(...command);
        assert.equal(run.status, 1, `${command.join(' ')}: ${run.stdout}${run.stderr}`);
        assert.match(run.stdout + run.stderr, said);
      }
    });

  test('in which any one page is overwritten, the server does not start, and no backup is made of it', (t) => {
    const pages = whole().length / pageSize;
    for (let page = 1; page < pages; page += Math.ceil(pages / 12)) {
      const bytes = whole();
      writeFileSync(file, bytes.fill('x', page * pageSize, (page + 1) * pageSize));
      for (const command of [['serve'], ['doctor'], ['backup', join(copy.folder, 'new.backup')]]) {
        const run = copy.attempt(...command);
        assert.equal(run.status, 1, `page ${page}: ${command.join(' ')}: ${run.stdout}${run.stderr}`);
        assert.match(run.stdout + run.stderr, damaged);
      }
    }
    t.diagnostic(`${pages} pages`);
  });

  /** What becomes of user0, who never gets in by another password, where a bit at this place is another. */
  async function withFlipped(place) {
    const bytes = whole();
    bytes[place] ^= 1 << Math.floor(Math.random() * 8);
    writeFileSync(file, bytes);
    const where = `byte ${place % pageSize} of page ${Math.floor(place / pageSize)}`;
    const server = await copy.serve().catch((error) => assert.match(error.message, damaged, where));
    copy.servers.length = 0;
    if (!server) return 'refused at the start';
    const world = calmWorld(copy, peer, 'user0');
    const enters = (password) => signsIn(world, password).catch(() => false);  // an error page has no form
    assert.equal(await enters('not her password'), false, where);
    const outcome = await enters(oldPassword) ? 'served' : 'refused her';
    assert.equal(await server.stop(), 0, `${where}: ${server.errors}`);
    return outcome;
  }

  test('in which any one byte is flipped, the server says so or goes on', async (t) => {
    const size = whole().length;
    const outcomes = {};
    const count = Number(process.env.LATCHKEY_FLIPS ?? 40);
    for (let i = 0; i < count; ++i) {
      const outcome = await withFlipped(Math.floor((i + Math.random()) * size / count));
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
    t.diagnostic(JSON.stringify(outcomes));
  });

  test('in which a byte of her password is flipped, the server lets her in by none', async () => {
    const bytes = whole();
    const [[hash]] = prepared.rows("SELECT hash FROM credential JOIN account ON id = account WHERE user_name = 'user0'");
    const begin = bytes.indexOf(hash);
    assert.ok(begin > 0);
    for (let i = 0; i < 10; ++i)
      assert.equal(await withFlipped(begin + Math.floor((i + Math.random()) * hash.length / 10)), 'refused her');
  });

  test('that was damaged, a backup is put in its place', async () => {
    writeFileSync(file, whole().fill('x', pageSize));
    renameSync(file, `${file}.damaged`);
    copy.command('restore', backup);
    await copy.serve();
    assert.equal(await signsIn(calmWorld(copy, peer, 'user0'), oldPassword), true);
    await journey(calmWorld(copy, peer, 'user1'), resetStep, /password was changed/);
    for (const server of copy.servers.splice(0)) await server.stop();
    assert.ok(copy.auditEntries() > 0);
  });

  test('whose write-ahead log was cut or garbled, what is left is whole, and a remembered head tells what is not', async () => {
    const name = 'user2';
    whole();
    const server = await copy.serve();
    await journey(calmWorld(copy, peer, name), resetStep, /password was changed/);
    const { entries, head } = JSON.parse(copy.command('audit', 'verify', '--json'));
    await server.stop('SIGKILL');
    copy.servers.length = 0;
    const log = readFileSync(`${file}-wal`);
    const database = readFileSync(file);
    assert.ok(log.length > 10 * pageSize);

    const half = log.length >> 1;
    const garbled = Buffer.from(log).fill('x', half, half + 100);
    const states = [[log, true], [log.subarray(0, half), false], [garbled, false], [log.subarray(0, 0), false]];
    for (const [bytes, complete] of states) {
      writeFileSync(file, database);
      rmSync(`${file}-shm`, { force: true });
      writeFileSync(`${file}-wal`, bytes);
      assert.equal(copy.attempt('audit', 'verify').status, 0);
      const run = copy.attempt('audit', 'verify', '--head', `${entries}:${head}`);
      assert.equal(run.status, complete ? 0 : 1);
      if (!complete) assert.match(run.stderr, /breaks at entry \d+: missing/);
      const again = await copy.serve();
      assert.equal(await signsIn(calmWorld(copy, peer, name), newPassword), complete);
      await again.stop();
      copy.servers.length = 0;
    }
  });
});
