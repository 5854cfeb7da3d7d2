// A try that was counted stays counted, at whichever moment the process is killed or cannot write (S11): after the count
// and before the comparison, too, when nothing else remembers that an answer was given.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Client } from '../browser/support/client.mjs';
import { Installation } from '../browser/support/installation.mjs';
import { Postgres, SmtpPeer } from '../browser/support/processes.mjs';
import { calmWorld, resetStep } from './journeys.mjs';
import { Fault, kinds, library } from './trial.mjs';

// There are few moments between the count and the rest: every second one at least.
const stride = Math.min(2, Number(process.env.LATCHKEY_EVERY ?? 1));
const skip = library ? false : 'LATCHKEY_NTH_LIBRARY is not set';
const tries = 3;
const people = Array.from({ length: 200 }, (_, i) => `user${i}`);
const wrong = { code: '000000' };
let peer;
let postgres;

before(async () => {
  peer = await SmtpPeer.start();
  postgres = Postgres.start();
});
after(async () => {
  postgres.stop();
  await peer.stop();
});

const left = (client) => Number(/You have (\d) tr(y|ies) left/.exec(client.text)?.[1]);
const judged = (entries) => entries.filter(({ type }) => type === 'answer.wrong').length;

for (const [database, harm, kind] of [['SQLite', 'is killed', kinds.kill], ['SQLite', 'cannot write', kinds.failWrite], ['PostgreSQL', 'is killed', kinds.kill]])
  test(`${database}: a process that ${harm} at any moment of an answer gives no try back`, { skip }, async (t) => {
    const url = database === 'SQLite' ? undefined : postgres.database('counted');
    const installation = await Installation.make({ mailPort: peer.port, realClock: true, database: url });
    t.after(() => installation.stop());
    installation.fill(people.map((name) => [name, `${name}@example.org`, '']));
    const fault = new Fault(join(installation.folder, 'fault'));
    Object.assign(installation.env, { LD_PRELOAD: library, LATCHKEY_NTH: fault.path });
    let server = await installation.serve();

    /** Somebody at the page that takes a code, after the mail has left: nothing else is under way. */
    async function asked(name) {
      const client = new Client(installation.url);
      while (!client.text.includes('/answer"')) await resetStep(calmWorld(installation, peer, name), client);
      await peer.mailTo(`${name}@example.org`);
      await client.get(client.path);
      assert.equal(left(client), tries);
      return client;
    }

    const found = [];  // for each moment, how many answers were counted and how many of them judged
    for (let nth = 1, hit = true; hit; nth += stride) {
      const client = await asked(people[nth]);
      const { path } = client;
      const earlier = installation.auditEntries();
      fault.arm(kind, nth);
      await client.send(client.form('/answer'), wrong).catch(() => {});
      hit = fault.fired;
      fault.disarm();
      if (hit && kind === kinds.kill) {
        await server.ended;
        installation.servers = [];
        server = await installation.serve();
      }
      await client.get(path);
      const counted = tries - left(client);
      found.push(`${counted}/${judged(installation.activities(earlier))}`);
      for (let i = 0; i < 2 * tries && client.text.includes('/answer"'); ++i) await client.send(client.form('/answer'), wrong);
      const all = judged(installation.activities(earlier));
      const lost = counted - Number(found.at(-1).slice(2));
      assert.equal(all, tries - lost, `operation ${nth}: ${found.at(-1)}`);
    }
    t.diagnostic(found.join(' '));
    server.errors = '';  // the outages that it tells of were ours
    assert.deepEqual([...new Set(found)].sort(), ['0/0', '1/0', '1/1'], 'not counted, counted and not judged, judged');
  });
