// What README.md says to try, by what the pages say: nothing is set up, and nothing is really sent.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { closeBrowser, openBrowser, Person } from './support/person.mjs';
import { Child, freePort, program, removeFolder, temporaryFolder, until } from './support/processes.mjs';

let folder;
let server;
let site;

before(async () => {
  await openBrowser();
  folder = temporaryFolder();
  const listen = `127.0.0.1:${await freePort()}`;
  server = new Child(program, ['demo', '--folder', folder, '--listen', listen]);
  await until('the demonstration', () => server.lines.length > 0);
  site = `http://${listen}`;
});
after(async () => {
  await closeBrowser();
  await server.stop();
  removeFolder(folder);
});

/** The code in the newest message to them, found from the bar at the top; the person is where they were afterwards. */
async function readCode(person, to) {
  const from = person.page.url();
  await person.page.locator('.demo summary').click();
  await person.page.getByRole('link', { name: 'Read the messages' }).click();
  await person.page.locator('main .row', { hasText: to }).first().click();
  const [code] = /\b\d{6}\b/.exec(await person.page.locator('.letter').innerText());
  await person.page.goto(from);
  return code;
}

/** From the first page on, with a code by email. */
async function prove(person, process, name) {
  await person.go('/');
  await person.page.getByRole('link', { name: process }).click();
  await person.type('User name or email address', name);
  await person.press('Continue');
  await person.askForCode();
  await person.isAt('Enter the code');
  await person.enterCode(await readCode(person, `${name}@example.org`));
}

for (const [name, javaScript] of [['amy.lee', true], ['bruno.diaz', false]])
  test(`A password is reset ${javaScript ? 'with' : 'without'} scripts, and signs in`, async () => {
    const person = await Person.arrive(site, { javaScript, phone: javaScript });
    if (javaScript) await prove(person, 'Reset my password', name);
    else {
      await prove(person, 'Reset it with two proofs', name);
      await person.press('Text a code to ••••02');
      await person.isAt('Enter the code');
      await person.type('Code from the SMS', await readCode(person, '+34915550102'));
      await person.press('Continue');
    }
    await person.choosePassword('violet kettle seven oceans');
    await person.isAt('Your password is changed');
    await person.signIn(name, 'violet kettle seven oceans');
    await person.isAt('Your account');
    for (const title of ['Code by email', 'Code by SMS', 'Authenticator app', 'Soft PIN', 'Security questions', 'Recovery codes'])
      assert.equal(await person.page.getByRole('heading', { name: title }).count(), 1, title);
    await person.leave();
  });
