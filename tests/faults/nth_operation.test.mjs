// The Nth write, sync or word to a peer fails, for every N, until all runs through untouched (F1, F3, F4). After each
// fault a person or an operator goes on as they do; then the invariants are checked from outside.
//   LATCHKEY_EVERY=N  looks at every Nth point only (1: all of them)
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { definitions, Installation } from '../browser/support/installation.mjs';
import { removeFolder, SmtpPeer } from '../browser/support/processes.mjs';
import { enrollStep, journey, newPassword, oldPassword, resetStep, signsIn } from './journeys.mjs';
import { kinds, library, Trial } from './trial.mjs';

const every = Number(process.env.LATCHKEY_EVERY ?? 1);
let peer;
let prepared;

before(async () => {
  peer = await SmtpPeer.start();
  prepared = await Installation.make({ mailPort: peer.port });
  prepared.fill([['amy', 'amy@example.org', oldPassword]]);
});
after(async () => {
  removeFolder(prepared.folder);
  await peer.stop();
});

/** Runs `body` with the fault at each point in turn, until it is not reached any more. */
async function atEveryPoint(t, kind, body) {
  const stride = kind === kinds.failSync ? Math.ceil(every / 8) : every;  // there are few syncs
  let points = 0;
  for (let nth = 1, hit = true; hit; nth += stride, ++points) {
    const trial = new Trial(prepared, peer);
    try {
      await body(trial, () => trial.fault.arm(kind, nth));
      trial.check();
      hit = trial.hit;
    } catch (error) {
      error.message = `operation ${nth}: ${error.message}\n${trial.server?.errors.slice(-2000) ?? ''}`;
      throw error;
    } finally {
      await trial.end();
    }
  }
  t.diagnostic(`${points} points`);
  assert.ok(points > 1, 'the fault does not reach the program');
}

for (const [name, kind] of Object.entries(kinds))
  describe(`With ${name}`, { skip: library ? false : 'LATCHKEY_NTH_LIBRARY is not set' }, () => {
    test('a local reset', (t) => atEveryPoint(t, kind, async (trial, arm) => {
      await trial.serve();
      arm();
      await journey(trial, resetStep, /password was changed/);
      await trial.settle();
      assert.equal(await signsIn(trial, newPassword), true, 'the new password works');
      assert.equal(await signsIn(trial, oldPassword), false, 'the old one does not');
    }));

    test('an enrollment', (t) => atEveryPoint(t, kind, async (trial, arm) => {
      await trial.serve();
      arm();
      await journey(trial, enrollStep, /was added/);
      await trial.settle();
      const shown = JSON.parse(trial.sound.command('user', 'show', 'amy', '--json'));
      assert.deepEqual(shown.enrollments.map(({ state }) => state), ['active']);
    }));

    test('a change of the definitions: all of it or nothing', (t) => atEveryPoint(t, kind, async (trial, arm) => {
      const before = trial.sound.command('config', 'export');
      const file = trial.sound.file('other.json', definitions((all) => { all.processes[0].title.en = 'Another title'; }));
      arm();
      const run = trial.faulty.attempt('config', 'apply', file);
      trial.hit = trial.fault.fired;
      trial.fault.disarm();
      const now = trial.sound.command('config', 'export');
      if (run.status === 0) assert.match(now, /Another title/);
      else assert.ok(now === before || /Another title/.test(now));
      trial.sound.command('config', 'apply', file);
      assert.match(trial.sound.command('config', 'export'), /Another title/);
    }));
  });
