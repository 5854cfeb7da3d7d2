// What the benches share: whole journeys as a load, and figures of a process.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Client } from '../browser/support/client.mjs';

const hz = Number(execFileSync('getconf', ['CLK_TCK']));

export const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** The value that this share of them does not exceed. */
export function rank(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** Seconds of processor time that a process has used. */
export function processorTime(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) / hz;
}

/** One person: identifies, asks for the code, types it, chooses a password. Throws if it does not end so; `took(step, milliseconds)` is told of each step. */
export async function journey(site, sink, name, took = () => {}) {
  const client = new Client(site);
  const timed = async (step, call) => {
    const begin = performance.now();
    await call;
    took(step, performance.now() - begin);
  };
  await timed('page', client.get('/p/reset'));
  await timed('identify', client.send(client.form('/p/reset'), { identifier: name }));
  const code = sink.codeTo(`${name}@example.org`);
  code.catch(() => {});
  await timed('choose', client.send(client.form('/choose')));
  await timed('verify', client.send(client.form('/answer'), { code: await code }));
  await timed('act', client.send(client.form('/act'), { password: `violet kettle seven oceans ${name}` }));
  if (!/Your password is changed/.test(client.text)) throw new Error(`${name} ended on ${client.path}`);
}

/** As many journeys in so many seconds as `atOnce` people manage, each for another account. */
export async function journeys(installation, sink, atOnce, seconds, nextName) {
  const took = [];
  let failed = 0;
  const spent = () => installation.servers.reduce((sum, server) => sum + processorTime(server.process.pid), 0);
  const before = spent();
  const begin = performance.now();
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (performance.now() - begin < seconds * 1000) {
      const start = performance.now();
      try {
        await journey(installation.url, sink, nextName());
        took.push(performance.now() - start);
      } catch (error) {
        ++failed;
        console.error(`  ${error.message}`);
      }
    }
  }));
  const elapsed = (performance.now() - begin) / 1000;
  return { took, failed, rate: took.length / elapsed, cpu: (spent() - before) / took.length };
}

/** In how many milliseconds 99 of 100 pages come that are asked for 50 times a second. */
export async function slowPage(url, seconds) {
  const took = [];
  const asked = [];
  const begin = performance.now();
  for (let i = 0; i < 50 * seconds; ++i) {
    await sleep(Math.max(0, begin + i * 20 - performance.now()));
    const start = performance.now();
    asked.push(fetch(url).then((page) => page.arrayBuffer()).then(() => took.push(performance.now() - start)));
  }
  await Promise.all(asked);
  return rank(took, 0.99);
}
