// The root key is rotated while people reset their passwords and sign in, and whoever rotates is killed every two
// seconds: in the end nothing is under a former key, nobody was refused, and everybody's password works (S61, S62).
//   LATCHKEY_ROTATIONS=N  as many, one after the other
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Installation } from '../browser/support/installation.mjs';
import { Child, Postgres, program, SmtpPeer } from '../browser/support/processes.mjs';
import { calmWorld, journey, newPassword, oldPassword, resetStep, signsIn } from './journeys.mjs';

const sealed = [['message', 'body'], ['reset_request', 'body'], ['enrollment', 'data'],
  ['former_enrollment', 'data'], ['enrollment_draft', 'body'], ['credential', 'hash']];
const killedAfter = 2000;  // milliseconds
const rotations = Number(process.env.LATCHKEY_ROTATIONS ?? 2);

let peer;
let postgres;

before(async () => {
  peer = await SmtpPeer.start();
  postgres = Postgres.start();
});
after(async () => {
  postgres.stop();
  await peer.stop();
});

for (const [kind, processes] of [['SQLite', 1], ['PostgreSQL', 2]])
  test(`rotations that are killed every two seconds end, while everybody goes on (${kind}, ${processes} server processes)`, async (t) => {
    const database = kind === 'SQLite' ? undefined : postgres.database('rotation');
    const installation = await Installation.make({ mailPort: peer.port, realClock: true, database });
    const people = Array.from({ length: 200 }, (_, i) => `${kind.toLowerCase()}${i}`);
    const ask = (sql) => Number(database ? postgres.sqlIn('rotation', sql) : installation.rows(sql)[0][0]);
    try {
      installation.fill(people.map((name) => [name, `${name}@example.org`, oldPassword]));
      const urls = [(await installation.serve()).url];
      while (urls.length < processes) urls.push((await installation.serveElsewhere()).url);

      let ended = false;
      const fresh = [...people];
      const done = [];
      const world = (name, url) => ({ ...calmWorld(installation, peer, name), url, mend: () => assert.fail('somebody was refused') });
      const someone = async (url) => {
        while (!ended) {
          const name = fresh.shift();
          await journey(world(name, url), resetStep, /password was changed/);
          done.push(name);
        }
      };
      const load = Promise.all([0, 1, 2].map((i) => someone(urls[i % urls.length])));
      load.catch(() => {});  // until somebody waits for it

      let rotation;
      let kills = 0;
      const killer = setInterval(() => { ++kills; rotation.process.kill('SIGKILL'); }, killedAfter);
      try {
        for (let left = rotations; left > 0;) {
          rotation = new Child(program, ['--config', installation.config, 'key', 'rotate'], { env: installation.env });
          if (await rotation.ended === 0) --left;
          assert.ok(kills < 5 * rotations, 'it never ends');
        }
      } finally {
        clearInterval(killer);
        ended = true;
      }
      t.diagnostic(`${kills} kills, ${done.length} resets meanwhile; ${rotation.lines[0]}`);
      assert.ok(kills >= rotations);
      await load;
      assert.ok(done.length > rotations, 'people reset their passwords meanwhile');

      const file = join(installation.folder, 'latchkey.key');
      const newest = readFileSync(file, 'utf8').trim().split('\n').at(-1).split(' ')[0];
      assert.equal(statSync(file).mode & 0o777, 0o600);
      for (const [table, column] of sealed)
        assert.equal(ask(`SELECT COUNT(*) FROM ${table} WHERE ${column} NOT LIKE '${newest}.%'`), 0, `${table} under a former key`);
      for (const url of urls) {
        for (const name of done.slice(-40)) assert.equal(await signsIn(world(name, url), newPassword), true, `${name} with the new password`);
        for (const name of fresh.slice(-20)) assert.equal(await signsIn(world(name, url), oldPassword), true, `${name} with the old one`);
      }
      assert.ok(installation.auditEntries() > 0);
    } finally {
      await installation.stop();
    }
  });
