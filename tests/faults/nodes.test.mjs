// Two server processes on one PostgreSQL behind HAProxy, and what is between them: a process killed or frozen at each
// step (F20), the database stopped at once (F7), races that are lost (F10), and connections cut after COMMIT was sent (F9).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Installation, noClock } from '../browser/support/installation.mjs';
import { Child, freePort, Postgres, removeFolder, SmtpPeer, temporaryFolder, until } from '../browser/support/processes.mjs';
import { checkAll, harshWorld, journey, journeys, newPassword, oldPassword, resetStep, signsIn } from './journeys.mjs';
import { Wire } from './wire.mjs';

const people = Array.from({ length: 200 }, (_, i) => `user${i}`);
let peer;
let postgres;
let next = 0;

before(async () => {
  peer = await SmtpPeer.start();
  postgres = Postgres.start();
});
after(async () => {
  postgres.stop();
  await peer.stop();
});

async function installed(database) {
  const installation = await Installation.make({ mailPort: peer.port, database });
  installation.earlier = peer.mails.length;
  installation.fill(people.map((name) => [name, `${name}@example.org`, oldPassword]));
  return installation;
}

/** One person's view of it all; `mend` brings back what is missing. */
const worldOf = (installation, url, mend) => harshWorld(installation, peer, people[next++], { url, mend });
const check = (installation, database) => checkAll(installation, peer.mails.slice(installation.earlier), database);

describe('Two processes behind HAProxy', { skip: noClock }, () => {
  let installation;
  let database;
  let balancer;
  let url;
  const nodes = [];

  before(async () => {
    database = postgres.database('nodes');
    installation = await installed(database);
    const ports = [await freePort(), await freePort()];
    const front = installation.port;
    for (const port of ports) nodes.push(await installation.serve(fetch, port));
    url = `http://127.0.0.1:${front}`;
    const config = installation.file('haproxy.cfg', `
defaults
  mode http
  timeout connect 1s
  timeout client 20s
  timeout server 3s
  option redispatch
  retries 3
  retry-on conn-failure
frontend front
  bind 127.0.0.1:${front}
  default_backend nodes
backend nodes
  balance roundrobin
  option httpchk
  http-check send meth GET uri /sign-in hdr Host 127.0.0.1:${front}
  timeout check 1s
  default-server inter 100ms fall 2 rise 1 on-marked-down shutdown-sessions
${ports.map((port, i) => `  server node${i} 127.0.0.1:${port} check`).join('\n')}
`);
    balancer = new Child('/usr/sbin/haproxy', ['-db', '-f', config]);
    await until(`HAProxy: ${balancer.errors}`, () => fetch(`${url}/sign-in`).then((page) => page.status === 200, () => false));
  });
  after(async () => {
    await balancer?.stop('SIGKILL');
    await installation?.stop();
  });

  const mend = async () => {
    for (const [i, node] of nodes.entries())
      if (node.code !== undefined) nodes[i] = await installation.serve(fetch, node.port);
    await until('the balancer', () => fetch(`${url}/sign-in`).then((page) => page.status === 200, () => false));
  };

  for (const [what, step, subject] of journeys)
    for (const [harm, signal, heal] of [['is killed', 'SIGKILL'], ['freezes', 'SIGSTOP', 'SIGCONT']])
      test(`${what} goes on when a process ${harm} at each of its steps`, async () => {
        for (let at = 0, steps = Infinity; at < steps; ++at) {
          const world = worldOf(installation, url, mend);
          const victim = nodes[at % 2];
          let taken = 0;
          try {
            await journey(world, (...given) => {
              if (taken++ === at) victim.process.kill(signal);
              return step(...given);
            }, subject);
          } finally {
            if (heal) victim.process.kill(heal);
          }
          steps = taken;
          await mend();
          if (step === resetStep) assert.equal(await signsIn(world, newPassword), true);
        }
        check(installation, database);
      });
});

describe('One process, whose database', () => {
  test('is stopped at once at each step: 503 in good time, and all goes on when it is back', { skip: noClock }, async () => {
    const database = postgres.database('stops');
    const installation = await installed(database);
    try {
      await installation.serve();
      for (const [, step, subject] of journeys)
        for (let at = 0, steps = Infinity; at < steps; ++at) {
          let taken = 0;
          const world = worldOf(installation, installation.url, async () => {});
          await journey(world, async (...given) => {
            if (taken++ !== at) return step(...given);
            postgres.halt();
            const begun = Date.now();
            const page = await step(...given).catch(() => undefined);
            assert.ok(Date.now() - begun < 12000, 'an answer in good time');
            if (page) assert.ok([200, 503].includes(page.status), String(page.status));
            postgres.resume();
            return page?.status === 200 ? page : given[1].again();
          }, subject);
          steps = taken;
        }
      check(installation, database);
    } finally {
      await installation.stop();
    }
  });

  test('makes it lose every race: 503 after three tries, and all goes on when it wins', async () => {
    const installation = await installed(postgres.database('losses'));
    const ask = (...sql) => postgres.sqlIn('losses', ...sql);
    ask('CREATE SEQUENCE losses INCREMENT -1 MINVALUE -9999 MAXVALUE 99',
      `CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         IF nextval('losses') > 0 THEN RAISE SQLSTATE '40001'; END IF; RETURN NEW; END $$`,
      'CREATE TRIGGER lose BEFORE INSERT OR UPDATE ON reset_request FOR EACH ROW EXECUTE FUNCTION lose()');
    const lose = (times) => ask(`SELECT setval('losses', ${times}, false)`);
    try {
      await installation.serve();
      let refused = 0;
      for (let at = 0, steps = Infinity; at < steps; ++at) {
        let taken = 0;
        const world = worldOf(installation, installation.url);
        await journey(world, async (...given) => {
          if (taken++ !== at) return resetStep(...given);
          lose(99);
          const page = await resetStep(...given);
          const tries = 99 - Number(ask('SELECT last_value FROM losses')) + 1;
          lose(2);
          if (page?.status !== 503) return page;
          assert.equal(tries, 3);
          ++refused;
          return given[1].again();
        }, /password was changed/);
        steps = taken;
        assert.equal(await signsIn(world, newPassword), true);
      }
      assert.equal(refused, 4, 'begin, choose, answer, act');
    } finally {
      await installation.stop();
    }
  });

  test('loses the connection after every COMMIT was sent: once, and only once', { skip: noClock }, async () => {
    const folder = temporaryFolder();
    const wire = await Wire.start(postgres, folder);
    const database = postgres.database('cuts');
    const installation = await installed(database);
    try {
      installation.env.LATCHKEY_DATABASE_URL = database.replace(postgres.folder, folder);
      await installation.serve();
      delete installation.env.LATCHKEY_DATABASE_URL;
      for (const [, step, subject] of journeys)
        for (let nth = 1, hit = true; hit; ++nth) {
          const world = worldOf(installation, installation.url, async () => {});
          wire.atCommit(nth, () => true);
          await journey(world, step, subject);
          hit = wire.fired;
          wire.atCommit(0);
          if (step === resetStep) assert.equal(await signsIn(world, newPassword), true);
        }
      check(installation, database);
    } finally {
      await installation.stop();
      wire.close();
      removeFolder(folder);
    }
  });
});
