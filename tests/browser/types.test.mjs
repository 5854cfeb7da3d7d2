// Every type of verification as a person meets it: set up on the account page, then a reset with it, with and without
// scripts, on a phone and at a desk; wrong answers first. Then three of them in one process.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { filesBelow, traces } from './support/canaries.mjs';
import { definitions, Installation, noClock } from './support/installation.mjs';
import { closeBrowser, openBrowser, Person } from './support/person.mjs';
import { SmsPeer, SmtpPeer } from './support/processes.mjs';
import { kept, types } from './support/types.mjs';

const password = 'an old password of hers';
const three = ['sms_code', 'authenticator', 'security_questions'];
// An authenticator carries a reset by itself; everything else comes after a code by email.
const stepsOf = { authenticator: ['authenticator'], three };
for (const type of Object.keys(types)) stepsOf[type] ??= [...new Set(['email_code', type])];

const all = definitions((one) => {
  one.settings['limits.answers_per_day'] = 100;  // of one person, who does in minutes what others do in a year
  one.verifications = Object.entries(types).map(([type, { title }]) => ({ name: type, type, title: { en: title } }));
  one.verifications.find(({ type }) => type === 'personal_data').settings = { attributes: [{ attribute: 'employee_number' }] };
  one.processes = Object.entries(stepsOf).map(([name, steps]) => ({
    name, slug: name.replace('_', '-'), title: { en: `Reset by ${name}` }, identify_by: ['user_name', 'email'],
    verifications: steps.map((verification) => ({ verification })),
  }));
});

let peer;
let gateway;
let installation;
let ahead = 0;  // seconds that the servers' clock is

function pass(seconds) {
  ahead += seconds;
  installation.setClock(`+${ahead}`);
}

before(async () => {
  await openBrowser();
  [peer, gateway] = await Promise.all([SmtpPeer.start(), SmsPeer.start()]);
  installation = await Installation.make({ mailPort: peer.port, env: gateway.env });
  installation.fill([
    { user_name: 'amy', email: 'amy@example.org', employee_number: '1001', password },
    { user_name: 'bea', email: 'bea@example.org', employee_number: '1002', password },
  ], all);
  await installation.serve();
});
after(async () => {
  await closeBrowser();
  await installation.stop();
  await gateway.stop();
  await peer.stop();
});

for (const [name, javaScript, phone] of [['amy', true, true], ['bea', false, false]]) {
  describe(`${javaScript ? 'With scripts on a phone' : 'Without scripts at a desk'}`, { skip: noClock }, () => {
    const number = `+1 202 555 010${javaScript ? 1 : 2}`;
    let kit;
    let resets = 0;
    const met = new Set();

    before(() => {
      kit = { name, number, e164: number.replace(/ /g, ''), employeeNumber: javaScript ? '1001' : '1002', peer, gateway };
    });
    // A page without scripts cannot be examined by one.
    const check = (person) => javaScript && person.checkPage();

    test('each is set up', async () => {
      const person = await Person.arrive(installation.url, { javaScript, phone });
      await person.signIn(name, password);
      for (const type of Object.values(types).filter(({ enroll }) => enroll)) {
        await person.isAt('Your account');
        await person.page.locator('.thing', { hasText: type.title }).getByRole('button', { name: 'Set up' }).click();
        await person.proveByMail(peer, `${name}@example.org`);
        await person.page.locator('main form .main').waitFor();
        await check(person);
        await type.enroll(person, kit, ahead);
        await person.sees('It is set up.');
      }
      await person.sees('10 codes are left.');
      await check(person);
      await person.leave();
      pass(73 * 3600);  // a telephone that is new serves in no reset
    });

    for (const [process, steps] of Object.entries(stepsOf))
      test(`${steps.join(', ')}: the password is reset`, async () => {
        // The combination is met the other way round: at a desk with scripts, on a phone without.
        const person = await Person.arrive(installation.url, { javaScript, phone: process === 'three' ? !phone : phone });
        pass(180);  // another code may be asked for, and the app shows another one
        kit.mails = peer.mails.filter((mail) => mail.to[0] === `${name}@example.org`).length;
        kit.texts = gateway.messages.length;
        await person.identify(name, process.replace('_', '-'));
        for (const step of steps) {
          await person.choose(types[step].way, types[step].label);
          await prove(person, types[step]);
        }
        await person.choosePassword(`violet kettle ${++resets} oceans`);
        await person.isAt('Your password is changed');
        await person.leave();
      });

    /** The first time with a wrong answer and a look at both pages. */
    async function prove(person, type) {
      if (!met.has(type)) {
        met.add(type);
        await check(person);
        const [wrong, words] = type.wrong;
        if (typeof wrong === 'string') await person.type(type.label, wrong);
        else await wrong(person, kit);
        await person.press('Continue');
        await person.sees(words);
        await check(person);
      }
      await type.answer(person, kit, ahead);
      await person.press('Continue');
    }

    test('the account page says what was used, and how many codes are left', async () => {
      const person = await Person.arrive(installation.url, { javaScript, phone });
      await person.signIn(name, `violet kettle ${resets} oceans`);
      await person.isAt('Your account');
      await person.sees('9 codes are left.');
      assert.equal(await person.page.getByText('Not used yet.').count(), 0);
      await person.leave();
    });
  });
}

test('no secret is in any byte that was written, backups included', { skip: noClock }, () => {
  installation.command('backup', join(installation.folder, 'backup.db'));
  rmSync(join(installation.folder, 'users.csv'));
  const open = /^(User name|Phone number|Employee number|Email address)/;
  const secrets = [...Person.typed.filter(([label]) => !open.test(label)).map(([, text]) => text), ...kept];
  assert.ok(secrets.length > 60);
  const texts = Object.fromEntries(installation.servers.map((server, i) => [`log ${i}`, server.errors + server.lines.join('\n')]));
  assert.deepEqual(traces(secrets, filesBelow(installation.folder), texts), []);
  assert.notDeepEqual(traces(['amy@example.org'], filesBelow(installation.folder), texts), [], 'what is written in the clear is found');
});
