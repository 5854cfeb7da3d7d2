// People reset their passwords without a pause, several times as many as ever come at once, by two processes of which
// one is killed now and then (F1), while another program locks the database (F5) and the mail server dawdles (F12):
// everybody ends well, the invariants hold, and the process that stays takes no more memory than before (L15).
//   LATCHKEY_SOAK=3600  for so many seconds
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Installation } from '../browser/support/installation.mjs';
import { Child, SmtpPeer, until } from '../browser/support/processes.mjs';
import { calmWorld, checkAll, journey, newPassword, oldPassword, resetStep, signsIn } from './journeys.mjs';

const seconds = Number(process.env.LATCHKEY_SOAK ?? 30);
const atOnce = 6;
const mostGrowth = 8;  // MiB, however long it lasts

const lock = 'import sqlite3, sys, time; c = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=9);' +
  ' c.execute("BEGIN IMMEDIATE"); time.sleep(float(sys.argv[2])); c.execute("ROLLBACK")';

test(`${seconds} seconds of people and faults`, { timeout: (seconds + 240) * 1000 }, async (t) => {
  const peer = await SmtpPeer.start();
  const installation = await Installation.make({ mailPort: peer.port, realClock: true });
  const names = Array.from({ length: 1000 + 20 * seconds }, (_, i) => `user${i}`);
  installation.fill(names.map((name) => [name, `${name}@example.org`, '']));
  const stays = await installation.serve();
  let mortal = await installation.serveElsewhere();
  const urls = [stays.url, mortal.url];
  const end = Date.now() + seconds * 1000;

  const faults = [
    async () => {
      await mortal.stop('SIGKILL');
      mortal = await installation.serveElsewhere(mortal.port);
    },
    async () => new Child('/usr/bin/python3', ['-c', lock, join(installation.folder, 'latchkey.db'), String(1 + 3 * Math.random())]).ended,
    async () => {
      peer.set({ greeting: 'trickle' });
      await pause(3000);
      peer.set({ greeting: 'normal' });
      peer.hangUp();
    },
  ];
  let failed = 0;
  const harm = async () => {
    for (let i = 0; Date.now() < end; ++i) {
      await faults[i % faults.length]();
      ++failed;
      await pause(1000);
    }
  };

  let done = 0;
  const someone = async (i) => {
    while (Date.now() < end) {
      // A message that a killed process had claimed is free after half a minute.
      const world = { ...calmWorld(installation, peer, names.pop(), { patience: 90_000 }), url: urls[i % 2] };
      world.mend = () => until('a server', () => fetch(world.url).then(() => true, () => false));
      await journey(world, resetStep, /password was changed/);
      ++done;
      for (const [password, works] of [[oldPassword, false], [newPassword, true]])
        while (await signsIn(world, password).catch(() => !works) !== works) await world.mend();
    }
  };

  const used = [];  // MiB that are the process's alone, each second
  const measure = async () => {
    for (; Date.now() < end; await pause(1000))
      used.push(Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${stays.process.pid}/smaps_rollup`, 'utf8'))[1]) / 1024);
  };

  await Promise.all([harm(), measure(), ...Array.from({ length: atOnce }, (_, i) => someone(i))]);
  const third = Math.floor(used.length / 3);
  const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
  const [earlier, later] = [used.slice(third, 2 * third), used.slice(2 * third)].map(median);
  t.diagnostic(`${done} resets, ${failed} faults; ${earlier.toFixed(1)} MiB, later ${later.toFixed(1)} MiB`);
  assert.ok(done > seconds, `${done} resets`);
  assert.ok(later - earlier < mostGrowth, `${earlier} MiB, later ${later} MiB`);
  checkAll(installation, peer.mails);
  await installation.stop();
  await peer.stop();
});
