// Many at once against what is used once or can be guessed: PINs, codes of apps, recovery codes, with two server
// processes on both databases (S10, S11, S29).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { atOnce, Client } from './support/client.mjs';
import { definitions, Installation } from './support/installation.mjs';
import { Postgres } from './support/processes.mjs';
import { appCode } from './support/types.mjs';

const password = 'an old password of hers';
const pin = '480615';
const people = Array.from({ length: 8 }, (_, i) => [`user${i}`, `user${i}@example.org`, password]);
const all = definitions((one) => {
  one.settings['enrollment.trusted_after'] = '0s';  // what is set up serves at once
  one.verifications = [
    { name: 'pin', type: 'soft_pin', title: { en: 'Soft PIN' } },
    { name: 'app', type: 'authenticator', title: { en: 'Authenticator app' } },
    { name: 'sheet', type: 'recovery_codes', title: { en: 'Recovery codes' } },
  ];
  const process = (slug, purpose, ...names) => ({ name: slug, slug, title: { en: slug }, purpose, identify_by: ['user_name'],
    verifications: names.map((verification) => ({ verification })) });
  one.processes = [process('pin', 'verify_identity', 'pin'), process('app', 'reset_password', 'app'),
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
    const nextCode = ({ key }) => appCode(key, 30);
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

      test(`${process}: 60 wrong answers at once cost exactly the tries there are`, async () => {
        const person = await newcomer();
        const client = await atLastProof(person, process);
        const entries = installation.auditEntries();
        const answers = await atOnce(installation, client, client.form('/answer'), 60, (i) => ({ expected: String(i % 3), ...wrong(i, person) }));
        assert.ok(answers.every(({ status }) => status < 500), JSON.stringify(answers.find(({ status }) => status >= 500)));
        assert.equal(installation.auditEntries() - entries, 6, 'three answers, one exhaustion, one block, one lock');
        assert.ok(!await through(client));
        assert.match(client.text, /It did not work this time/);
      });
    }

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
