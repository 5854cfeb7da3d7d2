// Does it matter how many people there are? 10,000 and then 1,000,000 of them, or as many as named:
//   LATCHKEY_PROGRAM=.build/release/web/latchkey node tests/bench/users.mjs [COUNT]...
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Installation } from '../browser/support/installation.mjs';
import { Crowd, rank } from './load.mjs';

const counts = process.argv.slice(2).map(Number);
const asked = 400;  // spread over all of them

for (const count of counts.length > 0 ? counts : [10_000, 1_000_000]) {
  const crowd = await Crowd.start();
  const installation = await Installation.make({ mailPort: crowd.mailPort, realClock: true, env: { LATCHKEY_LOGGING_LEVEL: 'warning' } });
  try {
    const begin = performance.now();
    installation.fill(Array.from({ length: count }, (_, i) => [`user${i}`, `user${i}@example.org`, '']));
    const imported = (performance.now() - begin) / 1000;
    const starting = performance.now();
    await installation.serve();
    const started = performance.now() - starting;
    const names = Array.from({ length: asked }, (_, i) => `user${Math.floor(i * count / asked)}`);
    const { steps, failed } = await crowd.reset(installation, names, 1, 600);
    const file = statSync(join(installation.folder, 'latchkey.db')).size / 2 ** 20;
    console.log(`${count} people, imported in ${imported.toFixed(0)} s, started in ${started.toFixed(0)} ms, ${file.toFixed(0)} MiB; ${failed} failed`);
    if (failed) process.exitCode = 1;
    for (const step of Object.keys(steps[0] ?? {})) {
      const took = steps.map((journey) => journey[step]);
      console.log(`  ${step.padEnd(9)} p50 ${rank(took, 0.5).toFixed(1)} ms, p99 ${rank(took, 0.99).toFixed(1)} ms`);
    }
  } finally {
    await installation.stop();
    crowd.stop();
  }
}
