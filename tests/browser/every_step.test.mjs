// What people do to pages: reload, Back, a second tab, a double click, wrong and old codes, waiting too long.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Installation, noClock } from './support/installation.mjs';
import { closeBrowser, codeIn, openBrowser, Person } from './support/person.mjs';
import { SmtpPeer, until } from './support/processes.mjs';

const people = Array.from({ length: 20 }, (_, i) => [`user${i}`, `user${i}@example.org`, '']);
let peer;
let installation;
let next = 0;

before(async () => {
  await openBrowser();
  peer = await SmtpPeer.start();
  installation = await Installation.make({ mailPort: peer.port });
  installation.fill(people);
  await installation.serve();
});
after(async () => {
  await closeBrowser();
  await installation.stop();
  await peer.stop();
});

const newcomer = () => `user${next++}`;
const mailsTo = (name) => peer.mails.filter((mail) => mail.to[0] === `${name}@example.org`);
const codeFor = async (name, count = 0) => codeIn(await peer.mailTo(`${name}@example.org`, count));

/** Presses a button twice as fast as a browser can. */
async function pressTwice(person, name) {
  await person.page.getByRole('button', { name }).dblclick();
  await person.page.waitForLoadState();
}

for (const javaScript of [true, false]) {
  describe(javaScript ? 'With scripts' : 'Without scripts', () => {
    test('reload and Back on every step leave the request usable', async () => {
      const name = newcomer();
      const person = await Person.arrive(installation.url, { javaScript });
      const reload = async (heading) => {
        await person.isAt(heading);  // a page that is still on its way would be cut off
        await person.page.reload();
        await person.isAt(heading);
      };
      await person.identify(name);
      await reload('Prove that it is you');
      await person.page.goBack();
      await person.page.goForward();
      await person.isAt('Prove that it is you');
      await person.askForCode();
      await reload('Enter the code');
      await person.page.goBack();
      await person.page.goForward();
      await person.isAt('Enter the code');
      await person.enterCode('000000');
      await person.sees('not the code');
      await reload('Enter the code');
      await person.sees('2 tries left');
      await person.enterCode(await codeFor(name));
      await reload('Choose a new password');
      await person.page.goBack();
      await person.page.goForward();
      await person.isAt('Choose a new password');
      await person.choosePassword('short');
      await person.sees('at least');
      await person.page.reload();
      await person.choosePassword('violet kettle seven oceans');
      await reload('Your password is changed');
      assert.equal(mailsTo(name).length, 2, 'one code and one notice, whatever was reloaded');
      await person.leave();
    });

    test('a double click on every step has the effect of one', async () => {
      const name = newcomer();
      const person = await Person.arrive(installation.url, { javaScript });
      await person.go('/p/reset');
      await person.type('User name or email address', name);
      await pressTwice(person, 'Continue');
      await person.isAt('Prove that it is you');
      await pressTwice(person, /^Email a code/);
      await person.isAt('Enter the code');
      await person.type('Code from the email', '000000');
      await pressTwice(person, 'Continue');
      await person.sees('2 tries left');
      await person.type('Code from the email', await codeFor(name));
      await pressTwice(person, 'Continue');
      await person.isAt('Choose a new password');
      await person.type('New password', 'violet kettle seven oceans');
      await pressTwice(person, 'Change my password');
      await person.isAt('Your password is changed');
      await until('the notice', () => mailsTo(name).length === 2);
      await person.leave();
    });

    test('two tabs of one request do not disturb each other', async () => {
      const name = newcomer();
      const person = await Person.arrive(installation.url, { javaScript });
      await person.identify(name);
      const first = person.page;
      const second = await person.context.newPage();
      person.watch(second);
      await second.goto(first.url());
      await person.askForCode();
      person.page = second;
      await person.askForCode();  // it is open already: shown, and not sent again
      await person.isAt('Enter the code');
      const code = await codeFor(name);
      await person.enterCode(code);
      await person.isAt('Choose a new password');
      person.page = first;
      await person.enterCode(code);  // the same answer once more: its result is this one's
      await person.isAt('Choose a new password');
      await person.choosePassword('violet kettle seven oceans');
      await person.isAt('Your password is changed');
      person.page = second;
      await person.choosePassword('another password altogether');
      await person.isAt('Your password is changed');
      await until('the notice', () => mailsTo(name).length === 2);
      await person.signIn(name, 'violet kettle seven oceans');
      await person.isAt('Your account');
      await person.leave();
    });
  });
}

test('two requests in one browser go on side by side', async () => {
  const [one, two] = [newcomer(), newcomer()];
  const person = await Person.arrive(installation.url);
  await person.identify(one);
  await person.askForCode();
  const first = person.page;
  const second = await person.context.newPage();
  person.watch(second);
  person.page = second;
  await person.identify(two);
  await person.askForCode();
  await person.enterCode(await codeFor(two));
  await person.choosePassword('violet kettle seven oceans');
  await person.isAt('Your password is changed');
  person.page = first;
  await person.enterCode(await codeFor(one));
  await person.isAt('Choose a new password');
  await person.leave();
});

test('being signed in does not stand in the way', async () => {
  const name = newcomer();
  installation.command('user', 'set-password', name, '--password-file', '-', { input: 'an older password of hers\n' });
  const before = mailsTo(name).length;
  const person = await Person.arrive(installation.url);
  await person.signIn(name, 'an older password of hers');
  await person.identify(name);
  await person.askForCode();
  await until('the code', () => mailsTo(name).some((mail) => /code/.test(mail.headers.subject)));
  await person.enterCode(codeIn(mailsTo(name).find((mail) => /code/.test(mail.headers.subject))));
  await person.isAt('Choose a new password');
  assert.ok(before >= 0);
  await person.leave();
});

test('wrong codes run out, block for a while, and the block ends by itself', { skip: noClock }, async () => {
  const name = newcomer();
  const person = await Person.arrive(installation.url);
  await person.identify(name);
  await person.askForCode();
  for (const left of ['2 tries left', '1 try left']) {
    await person.enterCode('000000');
    await person.sees(left);
  }
  await person.enterCode('000000');
  await person.isAt('It did not work this time');
  await person.press('Start again');
  await person.sees('You can use this again from');
  installation.setClock('+16m');
  await person.page.reload();
  await person.askForCode();
  await person.enterCode(await codeFor(name, 1));
  await person.isAt('Choose a new password');
  installation.setClock('+0');
  await person.leave();
});

test('a code that ran out is not taken, and another one is', { skip: noClock }, async () => {
  const name = newcomer();
  const person = await Person.arrive(installation.url);
  await person.identify(name);
  await person.askForCode();
  const code = await codeFor(name);
  await person.sees('The message left us');  // from then on its time runs
  installation.setClock('+11m');
  await person.page.reload();
  await person.enterCode(code);
  await person.sees('no longer works');
  await person.press('Send it again');
  await person.isAt('Enter the code');
  const newer = await codeFor(name, 1);
  assert.notEqual(newer, code);
  await person.enterCode(code);
  await person.sees('not the code');
  await person.enterCode(newer);
  await person.isAt('Choose a new password');
  installation.setClock('+0');
  await person.leave();
});

test('a code is sent again only after its time, and then it is the same one', { skip: noClock }, async () => {
  const name = newcomer();
  const person = await Person.arrive(installation.url, { javaScript: false });
  await person.identify(name);
  await person.askForCode();
  await person.sees(/Possible from/);
  await person.press('Send it again');
  await person.isAt('Please wait a little');
  assert.equal(mailsTo(name).length, 1);
  installation.setClock('+3m');
  await person.page.goBack();
  await person.page.reload();
  await person.press('Send it again');
  assert.equal(await codeFor(name, 1), await codeFor(name, 0));
  installation.setClock('+0');
  await person.leave();
});

test('a request that ran out says so before a form is filled, and starts again with the name kept', { skip: noClock }, async () => {
  const name = newcomer();
  const person = await Person.arrive(installation.url);
  await person.identify(name);
  await person.isAt('Prove that it is you');
  installation.setClock('+21m');
  await person.page.reload();
  await person.isAt('Your time ran out');
  await person.press('Start again');
  await person.isAt('Prove that it is you');
  installation.setClock('+0');
  await person.leave();
});

test('more time is given once', { skip: noClock }, async () => {
  const name = newcomer();
  const person = await Person.arrive(installation.url, { javaScript: false });
  await person.identify(name);
  await person.press('Give me more time');
  assert.equal(await person.page.getByRole('button', { name: 'Give me more time' }).count(), 0);
  installation.setClock('+30m');
  await person.page.reload();
  await person.isAt('Prove that it is you');
  installation.setClock('+0');
  await person.leave();
});

test('cookies that were lost lead to a page with one way on', async () => {
  const person = await Person.arrive(installation.url);
  await person.identify(newcomer());
  await person.context.clearCookies();
  await person.page.reload();
  await person.isAt('We cannot find your request');
  await person.page.getByRole('link', { name: 'Start again' }).click();
  await person.isAt('How can we help?');
  await person.go('/p/reset');
  await person.context.clearCookies();
  await person.type('User name or email address', 'somebody');
  await person.press('Continue');
  await person.sees('open too long');
  assert.equal(await person.page.getByRole('textbox').inputValue(), 'somebody', 'what was typed is kept');
  await person.press('Continue');
  await person.isAt('Prove that it is you');
  await person.leave();
});
