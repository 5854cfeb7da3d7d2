// Reminders as people and operators meet them: a PIN that expires, a drive to enroll, and processes that are killed meanwhile.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { definitions, Installation, noClock } from './support/installation.mjs';
import { closeBrowser, codeIn, openBrowser, Person } from './support/person.mjs';
import { SmtpPeer, until } from './support/processes.mjs';

const password = 'an old password of hers';
const day = (offset) => new Date(Date.now() + offset * 86400e3).toISOString().slice(0, 10);
const withPin = () => definitions((all) => {
  all.verifications.push({ name: 'soft-pin', type: 'soft_pin', title: { en: 'Soft PIN', es: 'Soft PIN' }, settings: { expires: true } });
  all.processes[0].verifications.push({ verification: 'soft-pin' });
});
const drive = (more = {}) => ({ name: 'drive', kind: 'enrollment', about: 'reset', deadline: day(30), ...more });
const text = (mail) => mail.parts[0].text.replaceAll('\r\n', '\n');

describe('A PIN with a lifetime', { skip: noClock }, () => {
  let peer;
  let installation;

  before(async () => {
    await openBrowser();
    peer = await SmtpPeer.start();
    installation = await Installation.make({ mailPort: peer.port });
    installation.fill(['amy', 'ben', 'cleo'].map((name) => [name, `${name}@example.org`, password]), withPin());
    await installation.serve();
  });
  after(async () => {
    await closeBrowser();
    await installation.stop();
    await peer.stop();
  });

  async function choose(person, pin) {
    await person.isAt('Choose a PIN');
    await person.type('New PIN', pin);
    await person.type('The same PIN again', pin);
    await person.press('Save the PIN');
    await person.sees('It is set up.');
  }

  test('An operator drives people to enroll: a text that lacks something is refused, then it is looked at, sent and taken back', async () => {
    const refused = installation.attempt('campaign', 'add', installation.file('bad.json', drive({
      why: { en: 'Short.' }, where: { en: 'See https://pin.example.net/ and type {address}.', es: 'Abra la página.' }, colour: 1 })));
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /\/colour: .*not known/);
    const lint = installation.attempt('campaign', 'add', installation.file('bad.json', drive({
      why: { en: 'Short.' }, where: { en: 'See https://pin.example.net/ and type {address}.', es: 'Abra la página.' } })));
    assert.equal(lint.status, 1);
    for (const words of ['/why/en: .*12 to 600', '/why/es: .*missing', '/where/en: .*no link', '/where/es: .*\\{address\\}'])
      assert.match(lint.stderr, new RegExp(words));

    installation.command('campaign', 'add', installation.file('drive.json', drive()));
    assert.match(installation.command('campaign', 'preview', 'drive', '--language', 'es'), /Falta algo en tu cuenta/);
    assert.deepEqual(JSON.parse(installation.command('campaign', 'audience', 'drive', '--json')), { later: 0, now: 3, without_address: 0 });
    assert.equal(peer.mails.length, 0, 'looking sends nothing');
    installation.command('campaign', 'start', 'drive');
    const mail = await peer.mailTo('cleo@example.org');
    assert.match(text(mail), /\nhttp:\/\/127\.0\.0\.1:\d+\/account\n/);
    await until('all three', () => peer.mails.length === 3);

    installation.command('campaign', 'pause', 'drive');
    installation.command('campaign', 'resume', 'drive');
    const unreasoned = installation.attempt('campaign', 'cancel', 'drive');
    assert.equal(unreasoned.status, 2);
    installation.command('campaign', 'cancel', 'drive', '--reason', 'Wrong date.', '--reason', 'es=Fecha equivocada.');
    const correction = await peer.mailTo('cleo@example.org', 1);
    assert.match(correction.headers.subject, /no longer counts/);
    assert.match(text(correction), /The reason: Wrong date\./);
    await until('all corrections', () => peer.mails.length === 6);
    const over = JSON.parse(installation.command('campaign', 'list', '--json')).find(({ name }) => name === 'drive');
    assert.deepEqual([over.state, over.sent, over.corrected], ['cancelled', 3, 3]);
    assert.equal(installation.attempt('campaign', 'resume', 'drive').status, 1);
  });

  test('Its owner is reminded, and the link leads through sign-in straight to where it is changed', async () => {
    const person = await Person.arrive(installation.url, { javaScript: false, phone: true });
    await person.signIn('amy', password);
    await person.page.getByRole('button', { name: 'Enroll Soft PIN' }).last().click();
    await person.proveByMail(peer, 'amy@example.org');
    await choose(person, '480615');
    await person.sees(/Works until/);
    await person.leave();

    const before = peer.mails.filter((mail) => mail.to[0] === 'amy@example.org').length;
    installation.setClock('+81d');
    const mail = await peer.mailTo('amy@example.org', before);
    assert.match(mail.headers.subject, /Soft PIN.*expires on/);
    for (const words of [/voice agent/, /Please choose a new one before then/, /Signing in is not affected/, /Enroll Soft PIN/, /extension 4357/, /Example Ltd/])
      assert.match(text(mail), words);
    const link = /\n(http\S+\/account\/enroll\/soft-pin)\n/.exec(text(mail))[1];
    assert.ok(mail.parts[1].text.includes(`href="${link}"`));

    const later = await Person.arrive(installation.url, { phone: true });
    await later.page.goto(link);
    await later.type('User name', 'amy');
    await later.type('Password', 'not her password');
    await later.press('Sign in');
    await later.type('Password', password);
    await later.press('Sign in');
    await later.isAt('Set up “Soft PIN”');
    await later.checkPage();
    const mails = peer.mails.length;
    await later.page.reload();
    assert.equal(peer.mails.length, mails, 'looking begins nothing');
    await later.press('Begin');
    await later.askForCode();
    await later.type('Code from the email', codeIn(await until('the code', () => peer.mails.slice(mails).find(codeIn))));
    await later.press('Continue');
    await choose(later, '903618');
    await later.sees(/Works until/);
    await later.leave();
  });

  test('Not renewed, it is shown as expired, can be set up anew, and signing in goes on', async () => {
    installation.setClock('+175d');
    const person = await Person.arrive(installation.url);
    await person.signIn('amy', password);
    await person.sees('Expired');
    await person.sees(/It expired on/);
    await person.checkPage();
    await person.leave();
  });

  test('A page that a form or a link names is gone to after sign-in only if it is one of the account', async () => {
    for (const then of ['https://evil.example/', '//evil.example/', '/account/../p/reset', '/p/reset']) {
      const person = await Person.arrive(installation.url);
      await person.go(`/sign-in?then=${encodeURIComponent(then)}`);
      await person.type('User name', 'ben');
      await person.type('Password', password);
      await person.press('Sign in');
      await person.isAt('Your account');
      await person.leave();
    }
  });
});

test('Each of a hundred people gets one message, though of two processes one is killed', async () => {
  const peer = await SmtpPeer.start();
  const installation = await Installation.make({ mailPort: peer.port, realClock: true });
  const people = Array.from({ length: 100 }, (_, i) => ({ user_name: `p${i}`, email: `p${i}@example.org` }));
  installation.fill(people, withPin());
  const doomed = await installation.serve();
  await installation.serve();
  installation.command('campaign', 'add', installation.file('drive.json', drive()));
  installation.command('campaign', 'start', 'drive');
  await until('a few mails', () => peer.mails.length >= 10, 30000);
  await doomed.stop('SIGKILL');
  const reached = () => new Set(peer.mails.map((mail) => mail.to[0])).size;
  // What the killed process held is sent when its leases are over.
  await until('a mail to everybody', () => reached() === 100, 180000);
  const messages = new Set(peer.mails.map((mail) => mail.headers['message-id']));
  assert.equal(messages.size, 100, 'a mail that is repeated is the same mail');
  assert.ok(peer.mails.length <= 104, 'and only what was under way is repeated');
  await installation.stop();
  await peer.stop();
});
