// The Nth write, sync or word to a peer fails, for every N, until all runs through untouched (F1, F3, F4). After each
// fault a person or an operator goes on as they do; then the invariants are checked from outside.
//   LATCHKEY_EVERY=N  looks at every Nth point only (1: all of them)
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client } from '../browser/support/client.mjs';
import { definitions, Installation } from '../browser/support/installation.mjs';
import { codeIn } from '../browser/support/person.mjs';
import { removeFolder, SmtpPeer } from '../browser/support/processes.mjs';
import { kinds, library, Trial } from './trial.mjs';

const every = Number(process.env.LATCHKEY_EVERY ?? 1);
const oldPassword = 'an old password of hers';
const newPassword = 'violet kettle seven oceans';
let peer;
let prepared;

before(async () => {
  peer = await SmtpPeer.start();
  prepared = await Installation.make({ mailPort: peer.port });
  prepared.fill([['amy', 'amy@example.org', oldPassword]]);
});
after(async () => {
  removeFolder(prepared.folder);
  await peer.stop();
});

/** Runs `body` with the fault at each point in turn, until it is not reached any more. */
async function atEveryPoint(t, kind, body) {
  const stride = kind === kinds.failSync ? Math.ceil(every / 8) : every;  // there are few syncs
  let points = 0;
  for (let nth = 1, hit = true; hit; nth += stride, ++points) {
    const trial = new Trial(prepared, peer);
    try {
      await body(trial, () => trial.fault.arm(kind, nth));
      trial.check();
      hit = trial.hit;
    } catch (error) {
      error.message = `operation ${nth}: ${error.message}\n${trial.server?.errors.slice(-2000) ?? ''}`;
      throw error;
    } finally {
      await trial.end();
    }
  }
  t.diagnostic(`${points} points`);
  assert.ok(points > 1, 'the fault does not reach the program');
}

const has = (client, end) => new RegExp(`<form method="post" action="[^"]*${end}"`).test(client.text);

/** What a person does with the page at hand to reset their password; false: it is done. */
async function resetStep(trial, client) {
  if (/Your password is changed/.test(client.text)) return false;
  if (has(client, '/act')) return client.send(client.form('/act'), { password: newPassword });
  if (has(client, '/answer')) {
    const code = await trial.inMails(codeIn);
    return code ? client.send(client.form('/answer'), { code }) : client.get('/p/reset');
  }
  if (has(client, '/choose')) return client.send(client.form('/choose'));
  if (has(client, '/p/reset')) return client.send(client.form('/p/reset'), { identifier: 'amy' });
  return client.get('/p/reset');
}

/** The same to enroll an address. */
async function enrollStep(trial, client) {
  const address = 'amy@home.example';
  const form = '/account/enroll/email-code';
  if (/<b>at home<\/b>/.test(client.text)) return false;
  if (has(client, '/sign-in')) return client.send(client.form('/sign-in'), { user_name: 'amy', password: oldPassword });
  if (has(client, '/account/confirm')) return client.send(client.form('/account/confirm'), { password: oldPassword });
  if (has(client, form)) {
    if (/name="address"/.test(client.text)) return client.send(client.form(form), { address, name: 'at home' });
    if (!/name="code"/.test(client.text)) return client.send(client.form(form));
    const code = await trial.inMails((mail) => mail.to[0] === address && codeIn(mail));
    return code ? client.send(client.form(form), { code }) : client.get('/account');
  }
  if (has(client, '/account/begin/email-code')) return client.send(client.form('/account/begin/email-code'));
  return client.get(client.path === '/account' ? '/sign-in' : '/account');
}

/** Step by step to the end, through whatever happens on the way, until the owner is told. */
async function journey(trial, step, subject) {
  const client = new Client(trial.url);
  const goOn = () => step(trial, client);
  let send = goOn;
  for (let steps = 0, page; page !== false; ++steps) {
    assert.ok(steps < 60, `she does not get on: ${client.path} ${/<h1>([^<]*)/.exec(client.text)?.[1]}`);
    try {
      page = await send();
      if (page.status >= 500) throw new Error(`${page.status}`);
      send = goOn;
    } catch {
      await trial.mend();
      send = () => client.again();  // she reloads the page, which sends the form again
    }
  }
  assert.ok(await trial.inMails((mail) => subject.test(mail.headers.subject)), 'the owner is told');
  await trial.mend();
  trial.fault.disarm();
  return client;
}

async function signsIn(trial, password) {
  const client = new Client(trial.url);
  await client.get('/sign-in');
  return /Your account/.test((await client.send(client.form('/sign-in'), { user_name: 'amy', password })).text);
}

for (const [name, kind] of Object.entries(kinds))
  describe(`With ${name}`, { skip: library ? false : 'LATCHKEY_NTH_LIBRARY is not set' }, () => {
    test('a local reset', (t) => atEveryPoint(t, kind, async (trial, arm) => {
      await trial.serve();
      arm();
      await journey(trial, resetStep, /password was changed/);
      assert.equal(await signsIn(trial, newPassword), true, 'the new password works');
      assert.equal(await signsIn(trial, oldPassword), false, 'the old one does not');
    }));

    test('an enrollment', (t) => atEveryPoint(t, kind, async (trial, arm) => {
      await trial.serve();
      arm();
      await journey(trial, enrollStep, /was added/);
      const shown = JSON.parse(trial.sound.command('user', 'show', 'amy', '--json'));
      assert.deepEqual(shown.enrollments.map(({ state }) => state), ['active']);
    }));

    test('a change of the definitions: all of it or nothing', (t) => atEveryPoint(t, kind, async (trial, arm) => {
      const before = trial.sound.command('config', 'export');
      const file = trial.sound.file('other.json', definitions((all) => { all.processes[0].title.en = 'Another title'; }));
      arm();
      const run = trial.faulty.attempt('config', 'apply', file);
      trial.hit = trial.fault.fired;
      trial.fault.disarm();
      const now = trial.sound.command('config', 'export');
      if (run.status === 0) assert.match(now, /Another title/);
      else assert.ok(now === before || /Another title/.test(now));
      trial.sound.command('config', 'apply', file);
      assert.match(trial.sound.command('config', 'export'), /Another title/);
    }));
  });
