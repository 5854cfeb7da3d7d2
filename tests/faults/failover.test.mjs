// PostgreSQL fails over (F8): its primary ends at once at a COMMIT, its synchronous standby takes over, and the program,
// which knows both by its URL, goes on with that by itself. Nothing that was acknowledged is lost, nothing is done twice.
//   LATCHKEY_FAILOVERS=N  in each journey
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client } from '../browser/support/client.mjs';
import { Installation, noClock } from '../browser/support/installation.mjs';
import { freePort, Postgres, removeFolder, SmtpPeer, temporaryFolder, until } from '../browser/support/processes.mjs';
import { checkAll, harshWorld, journey, journeys, newPassword, oldPassword, resetStep, signsIn } from './journeys.mjs';
import { Wire } from './wire.mjs';

const failovers = Number(process.env.LATCHKEY_FAILOVERS ?? 3);
const inGoodTime = 15_000;  // milliseconds
const names = Array.from({ length: 2 * failovers + 20 }, (_, i) => `user${i}`);
const name = 'failover';

describe('A PostgreSQL server with a standby', { skip: noClock }, () => {
  let peer;
  let installation;
  let ready;
  let wired;  // the URL of both by the wires
  const pair = [];  // each with its wire; the primary comes first
  const database = () => `${pair[0].server.url.replace('/postgres?', `/${name}?`)}`;

  before(async () => {
    peer = await SmtpPeer.start();
    const first = Postgres.start();
    const one = first.database(name);
    for (const server of [first, Postgres.following(first)]) {
      const folder = temporaryFolder();
      pair.push({ server, folder, wire: await Wire.start(server, folder) });
    }
    const both = one.replace(first.folder, pair.map(({ server }) => server.folder).join(','));
    wired = one.replace(first.folder, pair.map(({ folder }) => folder).join(','));
    const operations = `127.0.0.1:${await freePort()}`;
    ready = () => fetch(`http://${operations}/readyz`).then(({ status }) => status);
    installation = await Installation.make({ mailPort: peer.port, database: both });
    installation.fill(names.map((user) => [user, `${user}@example.org`, oldPassword]));
    await serve({ LATCHKEY_SERVER_OPERATIONS_LISTEN: operations }, () => installation.serve());
  });
  after(async () => {
    await installation?.stop();
    for (const { server, folder, wire } of pair) {
      wire.close();
      server.stop();
      removeFolder(folder);
    }
    await peer.stop();
  });

  /** A server process, which talks by the wires; commands do not, for this process waits for them. */
  async function serve(more, how) {
    const { env } = installation;
    installation.env = { ...env, LATCHKEY_DATABASE_URL: wired, ...more };
    await how();
    installation.env = env;
  }

  const person = (options) => harshWorld(installation, peer, names.pop(), options);

  /** What `asks` is answered; whether it took too long is remembered, for a journey bears errors. */
  let slowest = 0;
  async function timed(asks) {
    const begin = Date.now();
    const never = new Promise((_, fail) => setTimeout(() => fail(new Error('no answer at all')), 2 * inGoodTime).unref());
    try {
      return await Promise.race([asks(), never]);
    } finally {
      slowest = Math.max(slowest, Date.now() - begin);
    }
  }

  function crash({ server, wire }) {
    wire.close();
    server.crash();
  }

  /** Who crashed comes back as a standby of who took over. */
  async function rejoin({ server, wire }) {
    server.follow(pair[0].server);
    await wire.listen();
  }

  /** The standby takes over from a primary that ended. */
  async function takeOver() {
    const [former, next] = pair;
    await until('its end', () => former.server.down);
    assert.equal(await timed(ready), 503);
    next.server.promote();
    await until('the program to be ready again', async () => await ready() === 200);
    pair.reverse();
  }

  for (const [what, step, subject] of journeys)
    test(`takes over in the middle of ${what}`, { timeout: 60_000 + 20_000 * failovers }, async (t) => {
      await journey(person(), step, subject);
      pair[0].wire.atCommit(0);
      await journey(person(), step, subject);
      const commits = pair[0].wire.count;
      t.diagnostic(`${commits} commits`);
      const password = step === resetStep ? newPassword : oldPassword;
      for (let i = 0; i < failovers; ++i) {
        const [former] = pair;
        former.wire.atCommit(1 + Math.floor((commits - 1) * i / Math.max(failovers - 1, 1)), () => crash(former));
        const mend = async () => { if (former.wire.fired && former === pair[0]) await takeOver(); };
        const world = person({ mend });
        await journey(world, (...given) => timed(() => step(...given)), subject);
        while (!former.wire.fired) await signsIn(world, password);
        await mend();
        assert.equal(await signsIn(world, password), true);
        await rejoin(former);
      }
      assert.ok(slowest < inGoodTime, `${slowest} ms`);
      checkAll(installation, peer.mails, database());
    });

  test('that is gone leaves nobody waiting', { timeout: 90_000 }, async () => {
    const world = person();
    const client = new Client(world.url);
    await resetStep(world, client);
    pair[1].server.halt();
    const [page, entered] = await Promise.all([timed(() => resetStep(world, client)), timed(() => signsIn(person(), oldPassword))]);
    assert.deepEqual([page.status, entered], [503, false]);
    assert.ok(slowest < inGoodTime, `${slowest} ms`);
    pair[1].server.resume();
    await journey(world, resetStep, /password was changed/);
    checkAll(installation, peer.mails, database());
  });

  test('whose former primary comes back as if nothing had been: it is neither believed nor written to', { timeout: 60_000 }, async () => {
    const [former] = pair;
    crash(former);
    await takeOver();
    await journey(person(), resetStep, /password was changed/);
    former.server.resume();
    await former.wire.listen();
    const record = () => former.server.sqlIn(name, 'SELECT MAX(sequence) FROM activity');
    const last = record();
    await serve({}, () => installation.serveElsewhere());  // one that has seen nothing of it
    await Promise.all(Array.from({ length: 8 }, async (_, i) => {
      const { url } = installation.servers[i % 2];
      const world = person({ url });
      await journey(world, resetStep, /password was changed/);
      assert.equal(await signsIn(world, oldPassword), false);
    }));
    assert.equal(record(), last);
    checkAll(installation, peer.mails, database());
  });
});
