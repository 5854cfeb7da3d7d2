// A backup taken while people reset their passwords, restored elsewhere with the key: what was begun before is void
// (S72), what was done stays done, and a journey goes through.
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Client } from '../browser/support/client.mjs';
import { Installation } from '../browser/support/installation.mjs';
import { codeIn } from '../browser/support/person.mjs';
import { Child, Postgres, program, SmtpPeer } from '../browser/support/processes.mjs';
import { calmWorld, journey, newPassword, oldPassword, resetStep, signsIn } from './journeys.mjs';

const early = Array.from({ length: 6 }, (_, i) => `early${i}`);
const late = Array.from({ length: 6 }, (_, i) => `late${i}`);
const others = ['amy', 'ben', 'cleo'];

let peer;
let postgres;
let first;
let backup;
const waiting = {};  // who was in the middle of something when the backup was taken

const person = (installation, name) => calmWorld(installation, peer, name);
const resets = (installation, name) => journey(person(installation, name), resetStep, /password was changed/);

before(async () => {
  peer = await SmtpPeer.start();
  postgres = Postgres.start();
  first = await Installation.make({ mailPort: peer.port, realClock: true });
  first.fill([...early, ...late, ...others].map((name) => [name, `${name}@example.org`, oldPassword]));
  await first.serve();

  const amy = new Client(first.url);
  await amy.get('/sign-in');
  await amy.send(amy.form('/sign-in'), { user_name: 'amy', password: oldPassword });
  assert.equal(amy.path, '/account');
  const ben = new Client(first.url);
  while (!ben.text.includes('/act"')) await resetStep(person(first, 'ben'), ben);
  Object.assign(waiting, { amy: amy.cookies, ben: ben.cookies, form: ben.form('/act') });

  await Promise.all(early.map((name) => resets(first, name)));
  const load = Promise.all(late.map((name) => resets(first, name)));
  backup = join(first.folder, 'running.backup');
  // Beside this process, which plays the people.
  const command = new Child(program, ['--config', first.config, 'backup', backup], { env: first.env });
  assert.equal(await command.ended, 0, command.errors);
  await load;
});
after(async () => {
  await first.stop();
  postgres.stop();
  await peer.stop();
});

for (const kind of ['SQLite', 'PostgreSQL'])
  test(`goes on in ${kind}`, async () => {
    const database = kind === 'SQLite' ? undefined : postgres.database('elsewhere');
    const second = await Installation.make({ mailPort: peer.port, realClock: true, database });
    copyFileSync(join(first.folder, 'latchkey.key'), join(second.folder, 'latchkey.key'));
    second.command('restore', backup);
    await second.serve();

    // With their cookies from before: they are worth nothing.
    const [amy, ben] = [waiting.amy, waiting.ben].map((cookies) => Object.assign(new Client(second.url), { cookies: new Map(cookies) }));
    assert.match((await amy.get('/account')).path, /sign-in/);
    assert.doesNotMatch((await ben.send(waiting.form, { password: newPassword })).text, /Your password is changed/);
    assert.equal(await signsIn(person(second, 'ben'), oldPassword), true);

    for (const name of early) assert.equal(await signsIn(person(second, name), newPassword), true, name);
    for (const name of late) {
      const changed = await signsIn(person(second, name), newPassword);
      assert.notEqual(await signsIn(person(second, name), oldPassword), changed, `${name} has exactly one password`);
    }
    await resets(second, kind === 'SQLite' ? 'amy' : 'cleo');
    assert.ok(second.auditEntries() > 0);
    await second.stop();
  });
