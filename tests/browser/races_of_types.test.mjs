// Many at once against what is used once or can be guessed: PINs, codes of apps, recovery codes, in one request and in
// many, with two server processes on both databases (S10, S11, S29).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { atOnce, Client } from './support/client.mjs';
import { definitions, Installation } from './support/installation.mjs';
import { Postgres } from './support/processes.mjs';
import { appCode } from './support/types.mjs';

const password = 'an old password of hers';
const pin = '480615';
const people = Array.from({ length: 12 }, (_, i) => [`user${i}`, `user${i}@example.org`, password]);
const all = definitions((one) => {
  one.settings['enrollment.trusted_after'] = '0s';  // what is set up serves at once
  one.verifications = [
    { name: 'pin', type: 'soft_pin', title: { en: 'Soft PIN' } },
    { name: 'app', type: 'authenticator', title: { en: 'Authenticator app' } },
    { name: 'sheet', type: 'recovery_codes', title: { en: 'Recovery codes' } },
  ];
  const process = (slug, purpose, ...names) => ({ name: slug, slug, title: { en: slug }, purpose, identify_by: ['user_name'],
    verifications: names.map((verification) => ({ verification })) });
  const patient = (slug, name) => ({ ...process(slug, 'verify_identity', name), limits: { attempts: 10 } });
  one.processes = [patient('patient-pin', 'pin'), patient('patient-app', 'app'), process('pin', 'verify_identity', 'pin'), process('app', 'reset_password', 'app'),
    process('sheet', 'reset_password', 'pin', 'sheet')];
});
let postgres;

before(() => { postgres = Postgres.start(); });
after(() => postgres.stop());

for (const database of ['SQLite', 'PostgreSQL']) {
  describe(`${database} with two server processes`, () => {
    let installation;
    let next = 0;

    before(async () => {
      const url = database === 'SQLite' ? 'sqlite:latchkey.db' : postgres.database('races');
      installation = await Installation.make({ database: url, realClock: true });
      installation.fill(people, all);
      await installation.serve();
      await installation.serve();
    });
    after(() => installation.stop());

    const judged = (entries) => installation.activities(entries).map(({ type }) => type).filter((type) => type.startsWith('answer.'));
    const kept = (client) => /<pre class="verbatim"[^>]*>([^<]*)</.exec(client.text)[1].trim().split('\n');

    /** Somebody new who has set it all up: their name, the app's key, the recovery codes. */
    async function newcomer() {
      const name = `user${next++}`;
      const client = new Client(installation.url);
      await client.get('/sign-in');
      await client.send(client.form('/sign-in'), { user_name: name, password });
      const begin = async (what) => {
        await client.get('/account');
        await client.send(client.form(`/begin/${what}`));
        // Another thing is set up only after a proof by what there is.
        if (!client.path.includes('/prove/')) return;
        await client.send(client.form('/open/pin'));
        await client.send(client.form('/try/pin'), { pin });
        if (!client.text.includes(`/enroll/${what}"`)) await client.send(client.form(`/begin/${what}`));
      };
      const finish = async (what, fields) => {
        await client.send(client.form(`/enroll/${what}`), fields);
        assert.equal(client.path, '/account', client.text);
      };
      await begin('pin');
      await finish('pin', { pin, again: pin });
      await begin('app');
      const [key] = kept(client);
      await finish('app', { code: appCode(key) });
      await begin('sheet');
      const codes = kept(client);
      await finish('sheet', { saved: 'true' });
      return { name, key, codes };
    }

    /** A request of theirs at the last proof of that process. */
    async function atLastProof({ name }, process) {
      const client = new Client(installation.url);
      await client.get(`/p/${process}`);
      await client.send(client.form(`/p/${process}`), { identifier: name });
      await client.send(client.form('/choose'));
      if (process === 'sheet') await client.send(client.form('/answer'), { pin });
      if (client.text.includes('/choose"')) await client.send(client.form('/choose'));
      return client;
    }

    // Pairing used up the present code of the app; the next one is taken already.
    const nextCode = (person) => (person.code ??= appCode(person.key, 30));
    const proofs = {
      pin: { right: () => ({ pin }), wrong: (i) => ({ pin: String(481000 + i) }) },
      app: {
        right: (person) => ({ code: nextCode(person) }),
        wrong: (i, person) => ({ code: String((Number(nextCode(person)) + 1 + i) % 1000000).padStart(6, '0') }),
      },
      sheet: { right: ({ codes }) => ({ code: codes[3] }), wrong: (i) => ({ code: `abcd-efgh-jkmn-p${100 + i}` }) },
    };
    const through = async (client) => (await client.get(client.path), /Choose a new password|It is you: thank you/.test(client.text));

    for (const [process, { right, wrong }] of Object.entries(proofs)) {
      test(`${process}: 32 right answers at once pass once`, async () => {
        const person = await newcomer();
        const client = await atLastProof(person, process);
        const entries = installation.auditEntries();
        const answer = right(person);
        const answers = await atOnce(installation, client, client.form('/answer'), 32, () => answer);
        assert.deepEqual(answers.filter(({ status }) => status !== 303).map(({ text }) => text), []);
        assert.ok(await through(client), client.text);
        assert.equal(installation.auditEntries() - entries, 2, 'one right answer, one request verified');
      });

      test(`${process}: 200 wrong answers at once cost exactly the tries there are`, async () => {
        const person = await newcomer();
        const client = await atLastProof(person, process);
        const entries = installation.auditEntries();
        const answers = await atOnce(installation, client, client.form('/answer'), 200, (i) => ({ expected: String(i % 3), ...wrong(i, person) }));
        assert.ok(answers.every(({ status }) => status < 500), JSON.stringify(answers.find(({ status }) => status >= 500)));
        assert.equal(installation.auditEntries() - entries, 6, 'three answers, one exhaustion, one block, one lock');
        assert.deepEqual(judged(entries), Array(3).fill('answer.wrong'));
        assert.ok(!await through(client));
        assert.match(client.text, /It did not work this time/);
      });
    }

    /** 200 wrong answers at once, in ten requests of one person, by turns in each of these processes, and three times over. */
    async function guess(person, processes) {
      const clients = [];
      for (let i = 0; i < 10; ++i) clients.push(await atLastProof(person, processes[i % processes.length]));
      const ways = processes.map((process) => proofs[process.replace('patient-', '')]);
      for (let round = 0; round < 3; ++round) {
        const sent = await Promise.all(clients.map((client, k) => atOnce(installation, client, client.form('/answer'), 20,
          (i) => ({ expected: String(i % 4), ...ways[k % ways.length].wrong(20 * k + i, person) }))));
        assert.deepEqual(sent.flat().filter(({ status }) => status >= 500).map(({ text }) => text), []);
      }
    }

    for (const process of ['pin', 'app'])
      test(`${process}: ten requests of one person have the tries of one`, async () => {
        const person = await newcomer();
        const entries = installation.auditEntries();
        await guess(person, [process]);
        assert.deepEqual(judged(entries), Array(3).fill('answer.wrong'));
        const types = installation.activities(entries).map(({ type }) => type);
        assert.equal(types.filter((type) => type === 'verification.blocked').length, 1);
      });

    test('a person has so many answers a day, by whichever ways and in however many requests', async () => {
      const entries = installation.auditEntries();
      await guess(await newcomer(), ['patient-pin', 'patient-app']);
      assert.equal(judged(entries).length, 20, 'those of the setting up included');
    });

    for (const process of ['app', 'sheet'])
      test(`${process}: one code in two requests at once passes in one`, async () => {
        const person = await newcomer();
        const clients = [await atLastProof(person, process), await atLastProof(person, process)];
        const answer = proofs[process].right(person);
        await Promise.all(clients.map((client) => atOnce(installation, client, client.form('/answer'), 8, () => answer)));
        const passed = [await through(clients[0]), await through(clients[1])];
        assert.equal(passed.filter(Boolean).length, 1);
      });
  });
}
