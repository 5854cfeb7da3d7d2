// Does it matter how many people there are? 10,000 and then 1,000,000 of them, or as many as named:
//   LATCHKEY_PROGRAM=.build/release/web/latchkey node tests/bench/users.mjs [COUNT]...
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Installation } from '../browser/support/installation.mjs';
import { journey, rank } from './load.mjs';
import { SmtpSink } from './smtp_sink.mjs';

const counts = process.argv.slice(2).map(Number);
const asked = 400;  // spread over all of them

for (const count of counts.length > 0 ? counts : [10_000, 1_000_000]) {
  const sink = await SmtpSink.start();
  const installation = await Installation.make({ mailPort: sink.port, realClock: true, env: { LATCHKEY_LOGGING_LEVEL: 'warning' } });
  try {
    const begin = performance.now();
    installation.fill(Array.from({ length: count }, (_, i) => [`user${i}`, `user${i}@example.org`, '']));
    const imported = (performance.now() - begin) / 1000;
    const starting = performance.now();
    await installation.serve();
    const started = performance.now() - starting;
    const steps = {};
    for (let i = 0; i < asked; ++i)
      await journey(installation.url, sink, `user${Math.floor(i * count / asked)}`, (step, took) => (steps[step] ??= []).push(took));
    const file = statSync(join(installation.folder, 'latchkey.db')).size / 2 ** 20;
    console.log(`${count} people, imported in ${imported.toFixed(0)} s, started in ${started.toFixed(0)} ms, ${file.toFixed(0)} MiB`);
    for (const [step, took] of Object.entries(steps))
      console.log(`  ${step.padEnd(9)} p50 ${rank(took, 0.5).toFixed(1)} ms, p99 ${rank(took, 0.99).toFixed(1)} ms`);
  } finally {
    await installation.stop();
    sink.stop();
  }
}
