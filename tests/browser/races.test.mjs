// Many at once: guesses, right answers, new passwords; on both databases, with one and two processes (S10, S11).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { atOnce, Client } from './support/client.mjs';
import { Installation } from './support/installation.mjs';
import { codeIn } from './support/person.mjs';
import { Postgres, SmtpPeer, until } from './support/processes.mjs';

const people = Array.from({ length: 12 }, (_, i) => [`user${i}`, `user${i}@example.org`, '']);
let peer;
let postgres;

before(async () => {
  peer = await SmtpPeer.start();
  postgres = Postgres.start();
});
after(async () => {
  await peer.stop();
  postgres.stop();
});

for (const [database, processes] of [['SQLite', 1], ['SQLite', 2], ['PostgreSQL', 1], ['PostgreSQL', 2]]) {
  describe(`${database} with ${processes} server process${processes > 1 ? 'es' : ''}`, () => {
    let installation;
    let next = 0;

    before(async () => {
      const url = database === 'SQLite' ? 'sqlite:latchkey.db' : postgres.database(`races${processes}`);
      installation = await Installation.make({ mailPort: peer.port, database: url });
      installation.fill(people);
      for (let i = 0; i < processes; ++i) await installation.serve();
    });
    after(() => installation.stop());

    /** A person who has the code, before typing it. */
    async function withCode() {
      const name = `user${next++}@example.org`;
      const client = new Client(installation.url);
      const earlier = peer.mails.filter((mail) => mail.to[0] === name).length;
      await client.get('/p/reset');
      await client.send(client.form('/p/reset'), { identifier: name });
      await client.send(client.form('/choose'));
      return { client, name, code: codeIn(await peer.mailTo(name, earlier)) };
    }

    const moved = (answers) => assert.deepEqual(answers.filter((answer) => answer.status !== 303).map((answer) => answer.text), []);

    const auditEntries = () => installation.auditEntries();
    const judged = (entries) => installation.activities(entries).filter(({ type }) => type.startsWith('answer.')).map(({ type }) => type);

    test('200 parallel wrong guesses cost exactly the tries there are', async () => {
      const { client, code } = await withCode();
      const form = client.form('/answer');
      const entries = auditEntries();
      // Each guess claims to know how many tries were used: an attacker would try them all.
      const answers = await atOnce(installation, client, form, 200, (i) => ({
        expected: String(i % 3),
        code: String((Number(code) + 1 + i) % 1000000).padStart(6, '0'),
      }));
      assert.ok(answers.every((answer) => answer.status < 500), JSON.stringify(answers.find((a) => a.status >= 500)));
      // Three answers, one exhaustion, one block, one lock: everything else left no trace.
      assert.equal(auditEntries() - entries, 6);
      assert.deepEqual(judged(entries), Array(3).fill('answer.wrong'));
      await client.get(client.path);
      assert.match(client.text, /It did not work this time/);
    });

    test('200 wrong passwords at once cost exactly the tries there are', async () => {
      const client = new Client(installation.url);
      await client.get('/sign-in');
      const entries = auditEntries();
      const answers = await atOnce(installation, client, client.form('/sign-in'), 200, (i) => ({ user_name: `user${next}`, password: `a wrong password ${i}` }));
      ++next;
      assert.deepEqual(answers.filter(({ status }) => status >= 500).map(({ text }) => text), []);
      assert.equal(installation.activities(entries).filter(({ type }) => type === 'session.refused').length, 5);
    });

    test('32 right answers at once pass once', async () => {
      const { client, code } = await withCode();
      const entries = auditEntries();
      const answers = await atOnce(installation, client, client.form('/answer'), 32, () => ({ code }));
      moved(answers);
      assert.equal(auditEntries() - entries, 2, 'one right answer, one request verified');
    });

    test('32 new passwords at once: one is set, and the others say so', async () => {
      const { client, code } = await withCode();
      await client.send(client.form('/answer'), { code });
      const form = client.form('/act');
      const entries = auditEntries();
      const answers = await atOnce(installation, client, form, 32, (i) => ({ password: `violet kettle seven oceans ${i}` }));
      moved(answers);
      assert.equal(auditEntries() - entries, 3, 'one password, one request completed, one notice accepted');
      let works = 0;
      for (let i = 0; i < 32 && works < 2; ++i) {
        const visitor = new Client(installation.url);
        await visitor.get('/sign-in');
        const page = await visitor.send(visitor.form('/sign-in'), { user_name: `user${next - 1}`, password: `violet kettle seven oceans ${i}` });
        if (page.status === 429) break;  // the door closes after five wrong ones
        if (/Your account/.test(page.text)) ++works;
      }
      assert.ok(works <= 1);
    });

    test('one form that asks for a code, sent 32 times at once, sends one', async () => {
      const name = `user${next++}@example.org`;
      const client = new Client(installation.url);
      const earlier = peer.mails.length;
      await client.get('/p/reset');
      const begun = await atOnce(installation, client, client.form('/p/reset'), 32, () => ({ identifier: name }));
      assert.equal(new Set(begun.map((answer) => answer.location)).size, 1, 'one request');
      await client.get(begun[0].location);
      await atOnce(installation, client, client.form('/choose'), 32, () => ({}));
      await until('the mail', () => peer.mails.length > earlier);
      await new Promise((done) => setTimeout(done, 300));
      assert.deepEqual(peer.mails.slice(earlier).map((mail) => mail.to), [[name]]);
    });
  });
}
