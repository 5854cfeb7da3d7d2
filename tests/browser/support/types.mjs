// How a person sets up each type of verification on the account page, and proves with it later.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { codeIn } from './person.mjs';

/** What an app shows for a key, by an independent reader of RFC 6238; `ahead`: seconds that the server's clock is. */
export const appCode = (key, ahead = 0) => execFileSync('oathtool',
  ['--totp', '--base32', `--now=@${Math.floor(Date.now() / 1000) + ahead}`, key.replace(/ /g, '')]).toString().trim();

/** Every line that a page ever showed to be kept. */
export const kept = [];

/** The lines of a page to be kept: a key, a sheet of codes. */
async function keptLines(person) {
  const lines = (await person.page.locator('.verbatim').innerText()).trim().split('\n');
  kept.push(...lines);
  return lines;
}

/**
 * By type: `title` of its verification; `enroll(person, kit, ahead)` from its first page to its last button; `way` names
 * the button that chooses it, `label` its field; `wrong` an answer and what is said of it; `answer(person, kit, ahead)`
 * fills in the right one. `kit` is what one person has: name, number, employeeNumber, the peers, what enroll put there;
 * `ahead` the seconds that the server's clock is.
 */
export const types = {
  email_code: {
    title: 'Code by email',
    way: /^Email a code to/,
    label: 'Code from the email',
    wrong: ['000000', 'not the code'],
    // Codes of earlier requests are in the same mailbox.
    async answer(person, kit) {
      const mail = await kit.peer.mailTo(`${kit.name}@example.org`, kit.mails, /code/);
      return person.type(this.label, codeIn(mail));
    },
  },
  sms_code: {
    title: 'Code by SMS',
    way: /^Text a code to ••••/,
    label: 'Code from the SMS',
    wrong: ['000000', 'not the code'],
    async enroll(person, kit) {
      await person.type('Phone number', '+1 900 555 0101');
      await person.press('Text me a code');
      await person.sees('No codes are sent to numbers of this kind');
      await person.type('Phone number', kit.number);
      await person.press('Text me a code');
      await person.isAt('Enter the code that we sent');
      await person.type(this.label, await kit.gateway.codeTo(kit.e164));
      await person.press('Verify');
      await person.isAt('One last step');
      await person.press('Save');
    },
    answer: async (person, kit) => person.type('Code from the SMS', await kit.gateway.codeTo(kit.e164, kit.texts)),
  },
  authenticator: {
    title: 'Authenticator app',
    way: /Authenticator app/,
    label: 'Code from the app',
    wrong: ['000000', 'not the code that your app shows'],
    async enroll(person, kit, ahead) {
      [kit.key] = await keptLines(person);
      const address = new URL(await person.page.locator('.qr + p a').getAttribute('href'));
      assert.equal(address.searchParams.get('secret'), kit.key.replace(/ /g, ''), 'the QR code and the typed key are one');
      await person.type(this.label, '000000');
      await person.press('Connect');
      await person.sees('not the code that your app shows');
      await person.type(this.label, appCode(kit.key, ahead));
      await person.press('Connect');
    },
    answer: (person, kit, ahead) => person.type('Code from the app', appCode(kit.key, ahead)),
  },
  recovery_codes: {
    title: 'Recovery codes',
    way: /Recovery codes/,
    label: 'Recovery code',
    wrong: ['abcd-efgh-jkmn-pqrs', 'not one of your recovery codes'],
    async enroll(person, kit) {
      kit.codes = await keptLines(person);
      assert.equal(new Set(kit.codes).size, 10);
      const [file] = await Promise.all([person.page.waitForEvent('download'), person.page.getByText('Save as a file').click()]);
      assert.deepEqual(readFileSync(await file.path(), 'utf8').trim().split(/\r?\n/).slice(-10), kit.codes);
      await person.press('Use these codes');
      await person.sees('Please fill this in.');
      assert.deepEqual(await keptLines(person), kit.codes, 'the same codes are shown again');
      await person.page.getByLabel('I have put them in a safe place').check();
      await person.press('Use these codes');
    },
    answer: (person, kit) => person.type('Recovery code', kit.codes.pop().toUpperCase().replace(/-/g, ' ')),
  },
  security_questions: {
    title: 'Security questions',
    way: /Security questions/,
    label: /\?$/,
    async enroll(person, kit) {
      kit.answers = new Map();
      for (let number = 1; number <= 5; ++number) {
        await person.sees(`Question ${number} of 5`);
        const choice = person.page.getByLabel('Question', { exact: true });
        const words = await choice.locator('option').nth(number).innerText();
        await choice.selectOption(words);
        await person.type('Your answer', `the answer number ${number}`);
        kit.answers.set(words, `The  ANSWER number ${number} `);
        await person.press(number < 5 ? 'Continue' : 'Save');
      }
    },
    async answer(person, kit, ahead, right = true) {
      const labels = await person.page.locator('form .field label').allInnerTexts();
      assert.equal(labels.length, 3);
      for (const [i, label] of labels.entries()) await person.type(label, right || i ? kit.answers.get(label) : 'something else');
    },
    wrong: [(person, kit) => types.security_questions.answer(person, kit, 0, false), 'At least one of the answers'],
  },
  personal_data: {
    title: 'Details from your profile',
    way: /Details from your profile/,
    label: 'Employee number',
    wrong: ['9999', 'That is not right'],
    answer: (person, kit) => person.type('Employee number', ` ${kit.employeeNumber} `),
  },
  soft_pin: {
    title: 'Soft PIN',
    way: /Soft PIN/,
    label: 'Soft PIN',
    wrong: ['480616', 'That is not right'],
    async enroll(person) {
      await person.type('New PIN', '480615');
      await person.type('The same PIN again', '480615');
      await person.press('Save the PIN');
    },
    answer: (person) => person.type('Soft PIN', '480-615'),
  },
};
