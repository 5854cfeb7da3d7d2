// Measures a release build and prints one table; tests/bench/run builds it and calls this.
//   measure.mjs [SECONDS]      LATCHKEY_PROGRAM names the server
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { definitions, Installation } from '../browser/support/installation.mjs';
import { benches, Crowd, processorTime, rank, sleep, slowPage } from './load.mjs';
import { freePort } from '../browser/support/processes.mjs';

const seconds = Number(process.argv[2] ?? 10);
const smoke = seconds < 5;
const peopleAtOnce = [1, 8, 64];

const loadBefore = loadavg()[0];
const rows = [];
function row(name, value, unit = '') {
  rows.push([name, `${value}${unit && ' '}${unit}`]);
  console.error(`  ${name}: ${value} ${unit}`);
}

/** Memory of a process in MiB: resident, and its share of what others map as well. */
function memory(pid) {
  const file = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const [rss, pss] = ['Rss', 'Pss'].map((name) => Number(new RegExp(`^${name}: +(\\d+)`, 'm').exec(file)[1]) / 1024);
  return `${rss.toFixed(0)} (PSS ${pss.toFixed(0)})`;
}

const people = Array.from({ length: smoke ? 600 : 6000 }, (_, i) => `user${i}`);
let asked = 0;

/** Journeys for a while, each for another account. */
async function journeys(installation, crowd, atOnce, time = seconds) {
  const load = await crowd.reset(installation, people.slice(asked), atOnce, time);
  asked += load.steps.length + load.failed;
  return { ...load, took: load.steps.map((steps) => Object.values(steps).reduce((sum, step) => sum + step)) };
}

/** The same beside the bare rate of hashes; returns how many failed. */
async function measureJourneys(installation, crowd, atOnce, hash) {
  const { took, failed, rate, cpu } = await journeys(installation, crowd, atOnce);
  const processes = installation.servers.length;
  row(`journeys, ${atOnce} at once${processes > 1 ? `, ${processes} processes` : ''}`, rate.toFixed(1), '/s');
  row('  p50 / p99', `${rank(took, 0.5).toFixed(0)} / ${rank(took, 0.99).toFixed(0)}`, 'ms');
  row('  processor time of the server', (cpu * 1000).toFixed(0), 'ms each');
  row('  failed', `${failed} of ${failed + took.length}`);
  row('  ratio to hashes with kept memory: rates / processor times', `${(rate / hash.rate).toFixed(2)} / ${(cpu / hash.cpu).toFixed(2)}`);
  return failed;
}

/** Requests per second with 16 connections, the server on one core and wrk on another. */
function pages(pid, url) {
  execFileSync('taskset', ['-a', '-cp', '0', String(pid)]);
  const wrk = (time) => execFileSync('taskset', ['-c', '1', 'wrk', '-t1', '-c16', `-d${time}s`, url], { encoding: 'utf8' });
  wrk(1);
  const before = processorTime(pid);
  const report = wrk(smoke ? 1 : 5);
  const spent = processorTime(pid) - before;
  execFileSync('taskset', ['-a', '-cp', `0-${cpus().length - 1}`, String(pid)]);
  const errors = /Non-2xx or 3xx responses: (\d+)/.exec(report);
  if (errors) throw new Error(`${url}: ${errors[0]}`);
  const requests = Number(/(\d+) requests in/.exec(report)[1]);
  return { rate: Number(/Requests\/sec: +([\d.]+)/.exec(report)[1]), micros: spent / requests * 1e6 };
}

/** What `measure` makes of a server that is Beast and nothing else. */
async function withBareServer(measure) {
  const server = spawn(join(benches, 'page_server'), ['bare']);
  const [port] = await new Promise((done) => createInterface({ input: server.stdout }).once('line', (...line) => done(line)));
  try {
    return await measure(server.pid, `http://127.0.0.1:${port}/`);
  } finally {
    server.kill();
  }
}

/** How slow a page is while everything hashes: ours beside 8 people's journeys, the bare one beside two threads. */
async function pagesBesideHashes(installation, crowd) {
  const time = smoke ? 1 : seconds;
  const load = journeys(installation, crowd, 8, time);
  const ours = await slowPage(`${installation.url}/p/reset`, time);
  const { failed } = await load;
  const hashing = spawn(join(benches, 'hash_bench'), ['2', '64', '1000']);
  try {
    const bare = await withBareServer((pid, url) => slowPage(url, time));
    row('page beside saturating hashes, p99', `${ours.toFixed(1)} ms; bare Beast ${bare.toFixed(1)} ms; ratio ${(ours / bare).toFixed(2)}`);
  } finally {
    hashing.kill();
  }
  return failed;
}

/** Milliseconds from starting the program to the first page. */
async function startTime(installation) {
  const begin = performance.now();
  const serving = installation.serve();
  for (;;) {
    const status = await fetch(installation.url + '/', { redirect: 'manual' }).then((answer) => answer.status, () => 0);
    if (status === 200) break;
    await sleep(2);
  }
  const took = performance.now() - begin;
  await serving;
  return took;
}

function hashes() {
  const rounds = smoke ? 1 : 3;
  const table = execFileSync(join(benches, 'hash_bench'), ['2', '64', String(rounds)], { encoding: 'utf8' });
  const values = table.trim().split('\n').slice(1).map((line) => line.match(/[\d.]+/g).map(Number));
  const median = (column) => rank(values.map((value) => value[column]), 0.5);
  row("hashes, two threads, libsodium's own memory", `${median(0).toFixed(1)}/s, processor time ${median(3).toFixed(0)} ms each`);
  row('hashes, two threads, kept memory', `${median(1).toFixed(1)}/s, processor time ${median(4).toFixed(0)} ms each`);
  return { rate: median(1), cpu: median(4) / 1000 };
}

/** Right answers a second, for each type. */
function verifications() {
  const table = execFileSync(join(benches, 'verify_bench'), [smoke ? '100' : '2000'], { encoding: 'utf8' });
  for (const line of table.trim().split('\n')) {
    const [, type, figures] = /^(\S+) +(.*)$/.exec(line);
    row(`right answers, ${type}`, figures);
  }
}

/** Two new processes in place of the one, each taking every other connection. */
async function serveTwice(installation) {
  await installation.servers.pop().stop();
  const ports = [await freePort(), await freePort()];
  for (const port of ports) await installation.serve(fetch, port);
  let turn = 0;
  const balancer = createServer((client) => {
    const server = connect(ports[turn++ % ports.length], '127.0.0.1');
    for (const [one, other] of [[client, server], [server, client]]) one.pipe(other).on('error', () => one.destroy());
  });
  await new Promise((ready) => balancer.listen(installation.port, '127.0.0.1', ready));
  return balancer;
}

const crowd = await Crowd.start();
const installation = await Installation.make({
  mailPort: crowd.mailPort, realClock: true, env: { LATCHKEY_HASHING_MEMORY_MIB: '64', LATCHKEY_LOGGING_LEVEL: 'warning' },
});
let failed = 0;
let balancer;
try {
  installation.fill(people.map((name) => [name, `${name}@example.org`, '']), definitions());

  row('start to the first page', (await startTime(installation)).toFixed(0), 'ms');
  const { pid } = installation.servers[0].process;
  if (!smoke) await sleep(2000);
  row('memory at rest', memory(pid), 'MiB');

  const bare = await withBareServer(pages);
  const ours = pages(pid, `${installation.url}/p/reset`);
  for (const [name, page] of [['first page of a journey, one core', ours], ['bare Beast, 2 KiB, one core', bare]])
    row(name, `${page.rate.toFixed(0)}/s, processor time ${page.micros.toFixed(0)} µs each`);
  row('  ratio of the rates / of the processor times, inverted', `${(ours.rate / bare.rate).toFixed(2)} / ${(bare.micros / ours.micros).toFixed(2)}`);

  const hash = hashes();
  verifications();
  await sleep(500);  // until it is noticed which connections ended while everything stood still
  for (const atOnce of peopleAtOnce) failed += await measureJourneys(installation, crowd, atOnce, hash);
  row('memory right after', memory(pid), 'MiB');
  if (!smoke) {
    await sleep(30000);
    row('memory 30 s later', memory(pid), 'MiB');
  }
  failed += await pagesBesideHashes(installation, crowd);
  balancer = await serveTwice(installation);
  for (const atOnce of peopleAtOnce.slice(1)) failed += await measureJourneys(installation, crowd, atOnce, hash);
} finally {
  await installation.stop();
  balancer?.close();
  crowd.stop();
}

console.log(`${availableParallelism()} cores, ${cpus()[0].model.trim()}; SQLite; Argon2id at its stock cost, 64 MiB and 2 passes; load of the machine before it began: ${loadBefore.toFixed(1)}\n`);
console.log('| figure | measured |\n| --- | --- |');
for (const [name, value] of rows) console.log(`| ${name.replace(/^ +/, '… ')} | ${value} |`);
process.exitCode = failed ? 1 : 0;
