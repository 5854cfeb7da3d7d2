// The root key is rotated while people sign in and reset, and whoever rotates is killed again and again: in the end
// nothing is under the former key, nobody was refused, and everybody's password works (S61).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client } from '../browser/support/client.mjs';
import { Installation } from '../browser/support/installation.mjs';
import { Child, program, SmtpPeer } from '../browser/support/processes.mjs';
import { journey, newPassword, oldPassword, resetStep } from './journeys.mjs';

const sealed = [['message', 'body'], ['reset_request', 'body'], ['enrollment', 'data'],
  ['former_enrollment', 'data'], ['enrollment_draft', 'body'], ['credential', 'hash']];

test('a rotation that is killed again and again ends, while everybody goes on', async () => {
  const peer = await SmtpPeer.start();
  const installation = await Installation.make({ mailPort: peer.port, realClock: true });
  const people = Array.from({ length: 400 }, (_, i) => [`user${i}`, `user${i}@example.org`, oldPassword]);
  installation.fill(people);
  await installation.serve();

  let ended = false;
  let next = 0;
  const done = [];
  const works = async (name, password) => {
    const client = new Client(installation.url);
    await client.get('/sign-in');
    return /Your account/.test((await client.send(client.form('/sign-in'), { user_name: name, password })).text);
  };
  const someone = async () => {
    while (!ended) {
      const name = people[next++][0];
      const earlier = peer.mails.length;
      const own = () => peer.mails.slice(earlier).filter((mail) => mail.to[0].startsWith(`${name}@`));
      const world = {
        url: installation.url, name, mend: () => assert.fail('somebody was refused'),
        async inMails(find) {
          for (let i = 0; i < 400; ++i) {
            const found = own().map(find).filter(Boolean).at(-1);
            if (found) return found;
            await new Promise((soon) => setTimeout(soon, 25));
          }
          return undefined;
        },
      };
      await journey(world, resetStep, /password was changed/);
      done.push(name);
    }
  };
  const load = Promise.all([someone(), someone(), someone()]);

  const rotate = () => new Child(program, ['--config', installation.config, 'key', 'rotate'], { env: installation.env });
  const before = done.length;
  let kills = 0;
  for (const after of [20, 300, 2000, 3100, 3150, 3250]) {
    const rotation = rotate();
    await new Promise((soon) => setTimeout(soon, after));
    if (rotation.code === undefined) ++kills;
    await rotation.stop('SIGKILL');
  }
  assert.ok(kills >= 4, `${kills} were killed under way`);
  const told = installation.command('key', 'rotate');
  const keys = readFileSync(join(installation.folder, 'latchkey.key'), 'utf8').trim().split('\n');
  const newest = keys.at(-1).split(' ')[0];
  assert.match(told, new RegExp(`root key ${newest}`));
  assert.equal(statSync(join(installation.folder, 'latchkey.key')).mode & 0o777, 0o600);
  ended = true;
  await load;
  assert.ok(done.length > before, 'people reset their passwords meanwhile');

  for (const [table, column] of sealed) {
    const old = execFileSync('python3', ['-c', 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()[0])',
      join(installation.folder, 'latchkey.db'), `SELECT COUNT(*) FROM ${table} WHERE ${column} NOT LIKE '${newest}.%'`],
    { encoding: 'utf8' });
    assert.equal(old.trim(), '0', `${table} under a former key`);
  }
  for (const name of done) assert.equal(await works(name, newPassword), true, `${name} with the new password`);
  for (const [name] of people.slice(-20)) assert.equal(await works(name, oldPassword), true, `${name} with the old one`);
  assert.equal(JSON.parse(installation.command('audit', 'verify', '--json')).intact, true);
  await installation.stop();
  await peer.stop();
});
