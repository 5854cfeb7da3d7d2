// A person's own page: signing in and out, and enrolling, renaming and removing email addresses (S30, S32-S35).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client } from './support/client.mjs';
import { Installation, noClock } from './support/installation.mjs';
import { closeBrowser, codeIn, openBrowser, Person } from './support/person.mjs';
import { SmtpPeer, until } from './support/processes.mjs';

const password = 'an old password of hers';
const people = Array.from({ length: 14 }, (_, i) => [`user${i}`, `user${i}@example.org`, password]);
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
const stateOf = (name) => JSON.parse(installation.command('user', 'show', name, '--json')).enrollments.map(({ state }) => state);
const mailAbout = (address, subject) => until(`"${subject}" to ${address}`, () =>
  peer.mails.find((mail) => mail.to[0] === address && mail.headers.subject.includes(subject)));
const linkIn = (notice) => /http:\S+\/n\/\S+/.exec(notice.parts[0].text)[0];
const state = (person) => person.page.locator('.state').innerText();
const names = (person) => person.page.locator('.items b').allInnerTexts();

/** From the account page to the one where the code is typed. */
async function offerAddress(person, address, name) {
  await person.press(/^(Set up|Add another)/);
  await person.proveByMail(peer, `${person.name}@example.org`);
  await person.isAt('Add an email address');
  await person.type('Email address', address);
  if (name) await person.page.getByLabel(/^A name for it/).fill(name);
  await person.press('Email me a code');
}

async function enroll(person, address, name) {
  await offerAddress(person, address, name);
  await person.isAt('Enter the code that we sent');
  await person.type('Code from the email', codeIn(await peer.mailTo(address)));
  await person.press('Verify');
  await person.isAt('One last step');
  await person.press('Save');
  await person.isAt('Your account');
}

async function askToRemove(person, name) {
  await person.page.locator('.items li', { hasText: name }).getByRole('link', { name: /^Remove/ }).click();
  await person.proveByMail(peer, `${person.name}@example.org`);
}

async function removeItem(person, name) {
  await askToRemove(person, name);
  await person.isAt(`Remove “${name}”?`);
  await person.press('Remove it');
  await person.isAt('Your account');
}

for (const javaScript of [true, false]) {
  describe(`Someone signed in ${javaScript ? 'with' : 'without'} scripts`, () => {
    let name;
    let person;

    before(async () => {
      name = newcomer();
      person = await Person.arrive(installation.url, { javaScript, phone: javaScript });
      await person.signIn(name, password);
      await person.isAt('Your account');
    });
    after(() => person.leave());

    // A page without scripts cannot be examined by one.
    const checkPage = () => javaScript && person.checkPage();

    test('finds out what is ready, and enrolls an address: proved by Verify, in use from Save', async () => {
      const address = `${name}@home.example`;
      await person.sees('You are ready for “Reset my password”.');
      await offerAddress(person, address, 'at home');
      await person.isAt('Enter the code that we sent');
      const mail = await peer.mailTo(address);
      assert.equal(mail.headers.subject, 'Confirm your address for Example Ltd');
      assert.doesNotMatch(mail.data, /https?:\/\//, 'no link completes a verification (R1.2)');
      await checkPage();
      await person.type('Code from the email', '000000');
      await person.press('Verify');
      await person.sees('not the code');
      assert.deepEqual(stateOf(name), []);
      await person.type('Code from the email', codeIn(mail));
      await person.press('Verify');
      await person.isAt('One last step');
      await checkPage();
      assert.deepEqual(stateOf(name), ['proved'], 'kept before Save');

      await person.go('/account');
      assert.equal(await state(person), 'Begun, not finished');
      await person.press(/^Go on setting up/);
      await person.isAt('One last step');
      await person.press('Save');
      await person.sees('It is set up. We told you about it by message.');
      assert.equal(await state(person), 'Ready');
      assert.deepEqual(stateOf(name), ['active']);
      assert.deepEqual(await names(person), ['at home']);
      await checkPage();
    });

    test('is told of it at the address that was there before, and not at the new one', async () => {
      const notice = await mailAbout(`${name}@example.org`, 'was added');
      assert.match(notice.parts[0].text, /“Code by email” was added/);
      assert.match(linkIn(notice), /\/n\/[a-z0-9]{26}$/);
      assert.equal(peer.mails.filter((mail) => mail.to[0] === `${name}@home.example`).length, 1, 'only the code');
    });

    test('renames it', async () => {
      await person.page.locator('summary', { hasText: 'Rename' }).click();
      await person.page.getByLabel('New name').fill('my own <b>mailbox</b>');
      await person.press('Save');
      await person.sees('The new name is saved.');
      assert.deepEqual(await names(person), ['my own <b>mailbox</b>']);
    });

    test('adds a second one, and none twice', async () => {
      await enroll(person, `${name}@work.example`);
      assert.deepEqual(await names(person), ['my own <b>mailbox</b>', `${name}@work.example`]);
      for (const known of [`${name}@work.example`, `${name}@EXAMPLE.ORG`]) {
        await offerAddress(person, known);
        await person.sees('This address is set up already.');
        assert.equal(await person.page.getByLabel('Email address').inputValue(), known, 'what was typed stays');
        await person.press('Cancel');
        await person.sees('Stopped. Nothing has changed.');
      }
      await offerAddress(person, 'nonsense');
      await person.sees('This is no email address.');
      await person.press('Cancel');
    });

    test('removes one, and hears of it at every address, the removed one included', async () => {
      await askToRemove(person, `${name}@work.example`);
      await checkPage();
      await person.page.getByRole('link', { name: 'No, keep it' }).click();
      assert.equal((await names(person)).length, 2);
      await removeItem(person, `${name}@work.example`);
      await person.sees('It is removed.');
      assert.deepEqual(await names(person), ['my own <b>mailbox</b>']);
      for (const domain of ['example.org', 'home.example', 'work.example'])
        assert.match((await mailAbout(`${name}@${domain}`, 'was removed')).parts[0].text, /“Code by email” was removed/);
    });

    test('resets the password with the new address, once three days are over', { skip: noClock }, async () => {
      installation.setClock('+73h');
      await person.identify(name);
      await person.isAt('Prove that it is you');
      const [initial] = name;
      await person.press(`Email a code to ${initial}••••@h••••.example`);
      await person.isAt('Enter the code');
      await person.enterCode(codeIn(await mailAbout(`${name}@home.example`, 'Your code')));
      await person.choosePassword('violet kettle seven oceans');
      await person.isAt('Your password is changed');
      for (const domain of ['example.org', 'home.example']) await mailAbout(`${name}@${domain}`, 'password was changed');
      await person.signIn(name, 'violet kettle seven oceans');
      await person.sees(/Last used/);
      installation.setClock('+0');
    });
  });
}

test('An address that was proved and not saved serves in no reset', async () => {
  const name = newcomer();
  const person = await Person.arrive(installation.url);
  await person.signIn(name, password);
  await offerAddress(person, `${name}@home.example`);
  await person.type('Code from the email', codeIn(await peer.mailTo(`${name}@home.example`)));
  await person.press('Verify');
  await person.isAt('One last step');
  await person.identify(name);
  const offers = await person.page.getByRole('button', { name: /^Email a code/ }).allInnerTexts();
  assert.equal(offers.length, 1);
  assert.match(offers[0], /^Email a code to u••••@e••••\.org/);
  await person.leave();
});

test('Who did not add an address stops all resets by the link in the notice', { skip: noClock }, async () => {
  const name = newcomer();
  const thief = await Person.arrive(installation.url);
  await thief.signIn(name, password);
  await enroll(thief, `${name}@thief.example`);
  const owner = await Person.arrive(installation.url);
  await owner.page.goto(linkIn(await mailAbout(`${name}@example.org`, 'was added')));
  await owner.isAt('This was not you?');
  await owner.press('This was not me: stop resets');
  await owner.isAt('Resets are stopped');
  await owner.sees('“Code by email” is again what it was before.');
  await thief.page.reload();
  await thief.isAt('Sign in');
  installation.setClock('+71h');
  await thief.identify(name);
  await thief.sees('You can use this again from');
  assert.equal(await thief.page.getByRole('button', { name: /^Email a code/ }).count(), 0);
  installation.setClock('+0');
  await owner.signIn(name, password);
  await owner.isAt('Your account');
  await owner.sees('Somebody pressed “This was not me”');
  assert.deepEqual(await names(owner), [], 'the thief’s address is gone');
  await thief.leave();
  await owner.leave();
});

test('Changing anything asks for the password again after five minutes', { skip: noClock }, async () => {
  const name = newcomer();
  const person = await Person.arrive(installation.url);
  await person.signIn(name, password);
  await enroll(person, `${name}@home.example`);
  installation.setClock('+6m');
  await person.press(/^Add another/);
  await person.isAt('Your password, please');
  await person.checkPage();
  await person.type('Password', 'wrong');
  await person.press('Continue');
  await person.sees('This is not your password.');
  await person.type('Password', password);
  await person.press('Continue');
  await person.proveByMail(peer, `${name}@example.org`);
  await person.isAt('Add an email address');
  await person.press('Cancel');
  await enroll(person, `${name}@work.example`);
  installation.setClock('+12m');
  await person.page.locator('.items li', { hasText: 'work.example' }).getByRole('link', { name: /^Remove/ }).click();
  await person.isAt('Your password, please');
  await person.type('Password', password);
  await person.press('Continue');
  await person.proveByMail(peer, `${name}@example.org`);
  await person.isAt(`Remove “${name}@work.example”?`);
  installation.setClock('+28m');
  await person.page.reload();
  await person.isAt('Sign in');
  installation.setClock('+0');
  await person.leave();
});

test('Who comes back to an open browser the next day signs in again', { skip: noClock }, async () => {
  const name = newcomer();
  const person = await Person.arrive(installation.url);
  await person.signIn(name, password);
  await person.isAt('Your account');
  installation.setClock('+25h');
  await person.page.reload();
  await person.isAt('Sign in');
  await person.signIn(name, password);
  await person.isAt('Your account');
  installation.setClock('+0');
  await person.leave();
});

describe('A session', () => {
  const cookieOf = (client) => client.cookies.get('latchkey');

  /** A client signed in, and the cookie it had before. */
  async function signedIn(name, client = new Client(installation.url)) {
    await client.get('/sign-in');
    const before = cookieOf(client);
    const page = await client.send(client.form('/sign-in'), { user_name: name, password });
    assert.equal(page.path, '/account');
    return [client, before];
  }

  const withCookie = (value) => {
    const client = new Client(installation.url);
    client.cookies.set('latchkey', value);
    return client;
  };
  const reaches = async (cookie) => (await withCookie(cookie).get('/account')).path;

  test('gets another cookie at sign-in, at each password and at sign-out; those before are dead', async () => {
    const name = newcomer();
    const [client, first] = await signedIn(name);
    const second = cookieOf(client);
    await client.get('/account/confirm');
    await client.send(client.form('/account/confirm'), { password });
    const third = cookieOf(client);
    assert.equal(new Set([first, second, third]).size, 3);
    assert.deepEqual(await Promise.all([first, second, third].map(reaches)), ['/sign-in', '/sign-in', '/account']);
    await client.get('/account');
    await client.send(client.form('/sign-out'));
    assert.equal(client.path, '/');
    const fourth = cookieOf(client);
    assert.notEqual(fourth, third);
    assert.deepEqual(await Promise.all([third, fourth].map(reaches)), ['/sign-in', '/sign-in']);
  });

  test('is never one that somebody planted', async () => {
    const known = cookieOf((await signedIn(newcomer()))[0]);
    const planted = ['x', 's' + 'a'.repeat(32), 'a' + 'b'.repeat(42), known.slice(0, -1), known.toUpperCase()];
    for (const cookie of planted) {
      const client = withCookie(cookie);
      await client.get('/sign-in');
      assert.notEqual(cookieOf(client), cookie, 'a new one was given');
    }
    // A cookie that we gave a stranger, who then plants it, is dead once its victim has signed in.
    const stranger = new Client(installation.url);
    await stranger.get('/sign-in');
    await signedIn(newcomer(), withCookie(cookieOf(stranger)));
    assert.equal((await stranger.get('/account')).path, '/sign-in');
    assert.equal((await stranger.send({ action: '/account/begin/email-code', fields: {} })).status, 403);
  });

  test('is hidden from scripts and other sites, and forgotten with the browser', async () => {
    const response = await fetch(`${installation.url}/sign-in`);
    assert.match(response.headers.get('set-cookie'), /^latchkey=[^;]+; Path=\/; HttpOnly; SameSite=Lax$/);
  });

  test('takes no form from another site, with a missing token or with somebody else’s', async () => {
    const name = newcomer();
    const [client] = await signedIn(name);
    const [other] = await signedIn(newcomer());
    const forms = ['/account/begin/email-code', '/sign-out'].map((end) => client.form(end));
    const foreign = other.form('/sign-out').fields.csrf;
    for (const { action, fields } of forms) {
      const refused = async (sent, headers = {}) => {
        const page = await client.request(action, { method: 'POST', body: new URLSearchParams(sent), headers });
        assert.equal(page.status, 403, `${action} ${JSON.stringify(headers)}`);
      };
      await refused({});
      await refused({ ...fields, csrf: '' });
      await refused({ ...fields, csrf: foreign });
      await refused(fields, { 'Sec-Fetch-Site': 'cross-site' });
      await refused(fields, { 'Sec-Fetch-Site': 'same-site', Origin: installation.url });
      await refused(fields, { Origin: 'https://evil.example' });
      await refused(fields, { Origin: 'null' });
    }
    assert.equal((await client.get('/account')).path, '/account', 'still signed in');
    assert.doesNotMatch(client.text, /Begun, not finished/);
  });

  test('reaches nobody else’s things, and no route of the account without it', async () => {
    const stranger = new Client(installation.url);
    await stranger.get('/sign-in');
    for (const path of ['/account', '/account/confirm', '/account/enroll/email-code', '/account/remove/email-code'])
      assert.equal((await stranger.get(path)).path, '/sign-in', path);
    for (const path of ['begin/email-code', 'enroll/email-code', 'forget/email-code', 'rename/email-code/x', 'remove/email-code'])
      assert.equal((await stranger.post(`/account/${path}`, {})).path, '/sign-in', path);
    const [client] = await signedIn(newcomer());
    const answerTo = async (path, fields = {}) => {
      await client.get('/account');
      return (await client.post(`/account/${path}`, fields)).status;
    };
    for (const path of ['remove/email-code', 'remove/email-code/nothing', 'begin/email-code', 'begin/nothing']) {
      await answerTo(path);
      assert.match(client.path, /^\/account\/prove\//, `${path}: first another proof`);
    }
    assert.equal(await answerTo('rename/email-code/nothing', { name: 'x' }), 404);
    assert.equal(await answerTo('open/nothing'), 409, 'not offered');
  });
});
