// Nobody can tell by the clock who exists (S02). By option, since it is about time: on a machine that does nothing else
//   LATCHKEY_SAMPLES=2000 node --test tests/attacks/timing.test.mjs
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from '../browser/support/client.mjs';
import { definitions, Installation } from '../browser/support/installation.mjs';
import { SmtpPeer, until } from '../browser/support/processes.mjs';

const samples = Number(process.env.LATCHKEY_SAMPLES ?? 0);
const skip = samples < 100 && 'LATCHKEY_SAMPLES says how many of each class, 2000 for a verdict';
/** Milliseconds: less is not told apart through a network, and more must not be there. */
const harmless = 0.5;
const planted = 3;
const steps = ['identify', 'choose', 'answer'];
const classes = ['known', 'unknown', 'disabled', 'unenrolled'];

let peer;
let installation;
if (!skip) {
  before(async () => {
    peer = await SmtpPeer.start();
    installation = await Installation.make({ mailPort: peer.port, realClock: true, env: { LATCHKEY_LOGGING_LEVEL: 'warning' } });
    const people = [];
    for (let i = 0; i < samples; ++i)
      people.push([`known${i}`, `known${i}@example.org`, '', 'false'], [`disabled${i}`, `disabled${i}@example.org`, '', 'true'],
        [`unenrolled${i}`, '', '', 'false']);
    installation.fill(people.map(([user_name, email, password, disabled]) => ({ user_name, email, password, disabled })), definitions());
    await installation.serve();
  });
  after(async () => {
    await installation.stop();
    await peer.stop();
  });
}

/** How long each step takes for whom somebody names. */
async function timed(name) {
  const client = new Client(installation.url);
  await client.get('/p/reset');
  const took = [];
  const send = async (end, fields) => {
    const form = client.form(end);
    const begin = performance.now();
    await client.send(form, fields);
    took.push(performance.now() - begin);
  };
  await send('/p/reset', { identifier: name });
  await send('/choose', {});
  // What the mail server does with a true mail is done on this machine's processors, beside the answer.
  await until('delivery', async () => !/data-again/.test((await client.get(client.path)).text));
  await send('/answer', { code: '000000' });
  return took;
}

const at = (sorted, share) => sorted[Math.floor((sorted.length - 1) * share)];
const median = (values) => at([...values].sort((a, b) => a - b), 0.5);

/** By how much the medians surely differ at least: the near end of the interval that holds the difference in 998 of 1,000 draws. */
function gap(one, other) {
  const draw = (values) => median(Array.from(values, () => values[Math.floor(Math.random() * values.length)]));
  const differences = Array.from({ length: 1000 }, () => draw(one) - draw(other)).sort((a, b) => a - b);
  const [low, high] = [at(differences, 0.001), at(differences, 0.999)];
  return low > 0 ? low : high < 0 ? -high : 0;
}

test('the time of no step tells who exists', { skip, timeout: 3_600_000 }, async () => {
  const times = Object.fromEntries(steps.map((step) => [step, Object.fromEntries(classes.map((one) => [one, []]))]));
  for (let i = 0; i < samples; ++i) {
    // In another order each time: what the one before leaves to do falls on each class alike.
    for (const one of [...classes].sort(() => Math.random() - 0.5)) {
      const took = await timed(`${one}${i}`);
      steps.forEach((step, k) => times[step][one].push(took[k]));
    }
  }
  for (const step of steps) {
    const { known } = times[step];
    assert.ok(gap(known.map((time) => time + planted), known) > harmless, `${step}: too noisy to find a leak of ${planted} ms`);
    for (const one of classes.slice(1)) {
      const seen = gap(known, times[step][one]);
      console.log(`${step}, ${one}: median ${median(times[step][one]).toFixed(2)} ms, known ${median(known).toFixed(2)} ms, surely apart by ${seen.toFixed(2)} ms`);
      assert.ok(seen <= harmless, `${step}: known and ${one} differ by ${seen.toFixed(2)} ms or more`);
    }
  }
});
