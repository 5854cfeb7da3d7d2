// The main job: a person who forgot the password chooses a new one and signs in with it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Installation } from './support/installation.mjs';
import { closeBrowser, codeIn, openBrowser, Person } from './support/person.mjs';
import { Postgres, SmtpPeer } from './support/processes.mjs';

const thousand = Array.from({ length: 1000 }, (_, i) => [`user${i}`, `user${i}@example.org`, i < 8 ? 'old password of mine' : '']);

/** From "I forgot it" to signed in with the new one. `wayBetween(i)` may move the person elsewhere. */
async function reset(person, peer, name, password) {
  const earlier = peer.mails.filter((mail) => mail.to[0] === `${name}@example.org`).length;
  await person.identify(name);
  await person.isAt('Prove that it is you');
  await person.askForCode();
  await person.isAt('Enter the code');
  await person.enterCode(codeIn(await peer.mailTo(`${name}@example.org`, earlier)));
  await person.isAt('Choose a new password');
  await person.choosePassword(password);
  await person.isAt('Your password is changed');
}

async function oldIsRefusedAndNewAccepted(person, name, password) {
  await person.signIn(name, 'old password of mine');
  await person.sees('do not match');
  await person.signIn(name, password);
  await person.isAt('Your account');
}

before(openBrowser);
after(closeBrowser);

describe('A person who forgot the password', () => {
  let peer;
  let installation;

  before(async () => {
    peer = await SmtpPeer.start();
    installation = await Installation.make({ mailPort: peer.port });
    installation.fill(thousand);
    await installation.serve();
  });
  after(async () => {
    await installation.stop();
    await peer.stop();
  });

  const ways = [
    ['user0', { javaScript: true, phone: true }],
    ['user1', { javaScript: true, phone: false }],
    ['user2', { javaScript: false, phone: true }],
    ['user3', { javaScript: false, phone: false }],
  ];
  for (const [name, settings] of ways) {
    test(`resets it ${settings.javaScript ? 'with' : 'without'} scripts on a ${settings.phone ? 'phone' : 'desktop'}`, async () => {
      const person = await Person.arrive(installation.url, settings);
      await reset(person, peer, name, `a wholly new password ${name}x`);
      await oldIsRefusedAndNewAccepted(person, name, `a wholly new password ${name}x`);
      await person.leave();
    });
  }

  test('gets a mail that an independent reader finds without fault, and a notice afterwards', async () => {
    const [code, notice] = peer.mails.filter((mail) => mail.to[0] === 'user0@example.org');
    assert.deepEqual(code.defects, []);
    assert.equal(code.structure, 'multipart/alternative');
    assert.equal(code.headers.subject, 'Your code from Example Ltd');
    assert.equal(code.headers['auto-submitted'], 'auto-generated');
    assert.match(code.headers['message-id'], /@example\.org>$/);
    assert.doesNotMatch(code.data, /https?:\/\//, 'no link completes a verification (R1.2)');
    assert.deepEqual(notice.defects, []);
    assert.match(notice.headers.subject, /password was changed/);
    assert.match(notice.parts[0].text, new RegExp(`${installation.url}/n/[a-z0-9]{26}`));
  });

  test('who did not ask for it stops all resets by the link in the notice, after a button press', async () => {
    const [, notice] = peer.mails.filter((mail) => mail.to[0] === 'user1@example.org');
    const link = /http:\S+\/n\/\S+/.exec(notice.parts[0].text)[0];
    // A scanner opens it as often as it likes.
    for (let i = 0; i < 5; ++i) assert.equal((await fetch(link, { redirect: 'manual' })).status, 303);

    const person = await Person.arrive(installation.url);
    await person.page.goto(link);
    assert.equal(person.page.url(), `${installation.url}/not-me`, 'the token left the address');
    await person.press('This was not me: stop resets');
    await person.isAt('Resets are stopped');
    await person.identify('user1');
    await person.sees('You can use this again from');
    await person.page.goto(link);
    await person.isAt('This link no longer works');
    await person.leave();
  });

  test('reads everything in Spanish if that is the language of the browser', async () => {
    const person = await Person.arrive(installation.url, { locale: 'es-ES' });
    await person.go('/p/reset');
    await person.isAt('¿Qué cuenta es?');
    await person.page.getByRole('textbox').fill('user4');
    await person.page.getByRole('button', { name: 'Continuar' }).click();
    await person.page.getByRole('button', { name: /e••••|u••••/ }).click();
    const mail = await peer.mailTo('user4@example.org');
    assert.match(mail.headers.subject, /código/i);
    assert.equal(mail.headers['content-language'], 'es');
    await person.leave();
  });

  test('is told the same number of steps from the first page on', async () => {
    const person = await Person.arrive(installation.url);
    await person.go('/p/reset');
    await person.sees('Step 1 of 3');
    await person.identify('user5');
    await person.sees('Step 2 of 3');
    await person.leave();
  });

  test('finds no accessibility fault on any page of the way', async () => {
    const person = await Person.arrive(installation.url, { phone: true });
    await person.go('/');
    await person.checkPage();
    await person.identify('user5');
    await person.checkPage();
    await person.askForCode();
    await person.checkPage();
    await person.enterCode('12');
    await person.checkPage();
    await person.enterCode(codeIn(await peer.mailTo('user5@example.org')));
    await person.checkPage();
    await person.choosePassword('short');
    await person.checkPage();
    await person.choosePassword('violet kettle seven oceans');
    await person.checkPage();
    await person.signIn('user5', 'violet kettle seven oceans');
    await person.checkPage();
    await person.go('/nowhere');
    await person.checkPage();
    await person.leave();
  });
});

test('The same works on PostgreSQL, with two server processes that take turns', async () => {
  const postgres = Postgres.start();
  const peer = await SmtpPeer.start();
  const installation = await Installation.make({ mailPort: peer.port, database: postgres.url });
  try {
    installation.fill(thousand.slice(0, 3));
    const servers = [await installation.serve(), await installation.serve()];
    const person = await Person.arrive(installation.url);
    let turn = 0;
    // Each request goes to the other process, as behind a load balancer without sticky sessions.
    await person.context.route('**/*', async (route) => {
      const url = new URL(route.request().url());
      url.port = String(servers[++turn % 2].port);
      const headers = { ...route.request().headers(), host: `127.0.0.1:${installation.port}` };
      // A page that is left meanwhile takes its requests with it.
      const response = await route.fetch({ url: url.href, headers, maxRedirects: 0 }).catch(() => undefined);
      if (response) await route.fulfill({ response }).catch(() => {});
    });
    await reset(person, peer, 'user0', 'violet kettle seven oceans');
    await oldIsRefusedAndNewAccepted(person, 'user0', 'violet kettle seven oceans');
    assert.ok(turn > 10);
    await person.leave();
  } finally {
    await installation.stop();
    await peer.stop();
    postgres.stop();
  }
});
