// The tool slowhttptest with 2,000 connections of each of its kinds: others are answered meanwhile, and in the end none
// of them is left (S66). By option, for it takes three minutes and the package of that name:
//   LATCHKEY_SCANNERS=1 node --test tests/attacks/slowhttptest.test.mjs
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { Installation } from '../browser/support/installation.mjs';
import { Child, until } from '../browser/support/processes.mjs';

const skip = !process.env.LATCHKEY_SCANNERS && 'LATCHKEY_SCANNERS is not set';
const connections = 2000;
const kinds = {
  'slow heads': ['-H', '-i', '5', '-x', '24'],
  'slow bodies': ['-B', '-i', '5', '-s', '8192', '-x', '24'],
  'slow readers': ['-X', '-w', '1', '-y', '16', '-n', '5', '-z', '32', '-k', '3'],
  'many ranges': ['-R', '-a', '5', '-b', '3000'],
};

describe('slowhttptest', { skip, timeout: 600_000 }, () => {
  let installation;
  let server;

  before(async () => {
    // All its connections come from one address. Those of a listed proxy are not counted by source.
    const env = { LATCHKEY_LOGGING_LEVEL: 'error', LATCHKEY_SERVER_TRUSTED_PROXIES: '127.0.0.1' };
    installation = await Installation.make({ realClock: true, env });
    installation.fill([['amy', 'amy@example.org', '']]);
    server = await installation.serve();
  });
  after(() => installation.stop());

  /** Milliseconds until somebody at another address has a whole page on a connection of their own. */
  const probe = () => new Promise((done, fail) => {
    const begin = performance.now();
    const call = request({ host: '127.0.0.1', port: installation.port, path: '/p/reset', localAddress: '127.0.0.9', agent: false }, (response) => {
      response.resume();
      response.on('end', () => (response.statusCode === 200 ? done(performance.now() - begin) : fail(new Error(response.statusCode))));
    });
    call.setTimeout(5000, () => call.destroy(new Error('no answer in 5 s')));
    call.on('error', fail);
    call.end();
  });
  /** How long 99 of 100 took, for as long as asked. */
  async function slowest(goOn) {
    const took = [];
    for (; goOn(took.length); await new Promise((done) => setTimeout(done, 20))) took.push(await probe());
    return took.sort((a, b) => a - b)[Math.floor(took.length * 0.99)];
  }

  for (const [kind, options] of Object.entries(kinds))
    test(`${kind} keep nobody out`, async (t) => {
      const alone = await slowest((count) => count < 200);
      const before = server.sockets;
      const tool = new Child('slowhttptest', ['-c', String(connections), '-r', '400', '-l', '40', '-p', '3', ...options, '-u', `${installation.url}/p/reset`]);
      let most = 0;
      const beside = await slowest(() => { most = Math.max(most, server.sockets - before); return tool.code === undefined; });
      const said = tool.lines.join('\n').replace(/\x1b\[[0-9;]*m/g, '');
      t.diagnostic(`${alone.toFixed(1)} ms alone, ${beside.toFixed(1)} ms beside up to ${most} connections`);
      t.diagnostic(said.split('\n').slice(-14).join(' ').replace(/\s+/g, ' '));
      assert.ok(beside < 1000);
      assert.doesNotMatch(said, /service available:\s+NO/);
      await until('the end of all', () => server.sockets <= before, 60_000);
    });
});
