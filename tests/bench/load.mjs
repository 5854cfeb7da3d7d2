// What the benches share: people as a load, and figures of a process.
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { program } from '../browser/support/processes.mjs';

const hz = Number(execFileSync('getconf', ['CLK_TCK']));

/** Where the programs of tests/bench are, built like the server. */
export const benches = join(dirname(program), '../tests/bench');

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

/** The people of crowd.cpp, and the mail server at `mailPort` that takes their codes. */
export class Crowd {
  static async start() {
    const crowd = new Crowd();
    crowd.process = spawn(join(benches, 'crowd'), { stdio: ['pipe', 'pipe', 'inherit'] });
    crowd.lines = createInterface({ input: crowd.process.stdout })[Symbol.asyncIterator]();
    crowd.mailPort = Number((await crowd.lines.next()).value);
    return crowd;
  }

  stop() { this.process.stdin.end(); }

  /** `names` reset their passwords, so many `atOnce`, until the time is over: what they needed for each step of each journey. */
  async reset(installation, names, atOnce, seconds) {
    const spent = () => installation.servers.reduce((sum, server) => sum + processorTime(server.process.pid), 0);
    const before = spent();
    this.process.stdin.write(`${JSON.stringify({ port: installation.port, at_once: atOnce, seconds, names })}\n`);
    const { steps, failed, seconds: elapsed } = JSON.parse((await this.lines.next()).value);
    return { steps, failed, rate: steps.length / elapsed, cpu: (spent() - before) / steps.length };
  }
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
