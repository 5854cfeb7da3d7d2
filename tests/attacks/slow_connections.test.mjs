// 2,000 connections that say nothing and 2,000 that speak a byte at a time keep nobody out (S65): everybody else is
// answered meanwhile, and the slow ones are closed.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { Installation } from '../browser/support/installation.mjs';
import { until } from '../browser/support/processes.mjs';

const each = 2000;
const fromOneAddress = 400;  // fewer than the server allows
const head = 'GET /p/reset HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ';

/** Connections from so many addresses of this machine that no address has too many. */
function open(installation, first, begin) {
  return Promise.all(Array.from({ length: each }, (_, i) => new Promise((done, fail) => {
    const localAddress = `127.0.0.${first + Math.floor(i / fromOneAddress)}`;
    const socket = connect({ port: installation.port, host: '127.0.0.1', localAddress }, () => {
      socket.write(begin);
      done(socket);
    });
    socket.resume();
    socket.once('error', fail);
    socket.once('close', () => { socket.over = true; });
  })));
}

/** Milliseconds that the slowest of a hundred answers took; every one has to be a page. */
async function slowest(installation, count = 300) {
  const took = [];
  for (let i = 0; i < count; ++i) {
    const begin = performance.now();
    const answer = await fetch(installation.url + '/p/reset');
    assert.equal(answer.status, 200);
    await answer.arrayBuffer();
    took.push(performance.now() - begin);
  }
  return took.sort((a, b) => a - b)[Math.floor(count * 0.99)];
}

test('slow and silent connections keep nobody out, and end', { timeout: 180_000 }, async (t) => {
  const installation = await Installation.make({ realClock: true, env: { LATCHKEY_LOGGING_LEVEL: 'error' } });
  installation.fill([['amy', 'amy@example.org', '']]);
  const server = await installation.serve();
  const alone = await slowest(installation);
  const before = server.sockets;

  const silent = await open(installation, 11, '');
  const slow = await open(installation, 21, head);
  // However it ends: nothing must keep this process from ending.
  t.after(() => {
    clearInterval(dripping);
    for (const socket of [...silent, ...slow]) socket.destroy();
    return installation.stop();
  });
  const dripping = setInterval(() => { for (const socket of slow) if (!socket.over) socket.write('x'); }, 1000);
  await until('all connections', () => server.sockets >= before + 2 * each - 10);
  const beside = await slowest(installation);
  t.diagnostic(`99 of 100 answers within ${alone.toFixed(1)} ms alone, ${beside.toFixed(1)} ms beside ${2 * each} slow connections`);

  await until('the end of the slow ones', () => slow.every((socket) => socket.over), 90_000);
  await until('the end of the silent ones', () => silent.every((socket) => socket.over), 90_000);
  await until('the descriptors', () => server.sockets <= before);
});
