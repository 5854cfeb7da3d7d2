// Soft PIN in a browser: setting one with every broken rule named, the gate in its three states, and a reset with it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { definitions, Installation, noClock } from './support/installation.mjs';
import { closeBrowser, codeIn, openBrowser, Person } from './support/person.mjs';
import { SmtpPeer, until } from './support/processes.mjs';

const password = 'an old password of hers';
const sentence = 'Soft PIN enrollment is not available at this time. Please contact your administrator for more details.';
const entrance = /^(Enroll|Set up|Choose a new PIN|Go on).*Soft PIN$/;  // names of buttons that lead to the enrollment
let peer;
let installation;

const withPin = (settings = {}) => definitions((all) => {
  Object.assign(all.settings, settings);
  all.verifications.push({ name: 'soft-pin', type: 'soft_pin', title: { en: 'Soft PIN', es: 'Soft PIN' } });
  all.processes[0].verifications.push({ verification: 'soft-pin' });
});
const apply = (settings) => installation.command('config', 'apply', installation.file('definitions.json', withPin(settings)));

before(async () => {
  await openBrowser();
  peer = await SmtpPeer.start();
  installation = await Installation.make({ mailPort: peer.port });
  installation.fill(['amy', 'bea', 'cleo'].map((name) => [name, `${name}@example.org`, password]), withPin());
  await installation.serve();
});
after(async () => {
  await closeBrowser();
  await installation.stop();
  await peer.stop();
});

async function signedIn(name) {
  const person = await Person.arrive(installation.url);
  await person.signIn(name, password);
  await person.isAt('Your account');
  return person;
}

async function choose(person, pin, again = pin) {
  await person.type('New PIN', pin);
  await person.type('The same PIN again', again);
  await person.press('Save the PIN');
}

async function enroll(person, pin) {
  await person.go('/account');
  await person.page.getByRole('listitem').getByRole('button', { name: 'Enroll Soft PIN' }).click();
  await person.proveByMail(peer, `${person.name}@example.org`);
  await person.isAt('Choose a PIN');
  await choose(person, pin);
  await person.sees('It is set up.');
}

/** The buttons of the account page that lead to the enrollment. */
async function ways(person) {
  await person.go('/account');
  await person.page.locator('summary', { hasText: 'Authentication factors' }).click();
  return person.page.getByRole('button', { name: entrance });
}

test('A PIN is set from each entry point; every broken rule is named, and a common one advised against', async () => {
  const person = await signedIn('amy');
  await ways(person);
  await person.checkPage();
  for (let i = 0; i < 4; ++i) {  // the menu, beside its state, the profile, the related links
    await (await ways(person)).nth(i).click();
    await person.proveByMail(peer, 'amy@example.org');
    await person.isAt('Choose a PIN');
  }
  await person.checkPage();
  await choose(person, '11123', '11124');
  for (const words of ['exactly six digits', 'more than twice in a row', 'follow one another', 'not the same'])
    await person.sees(words);
  await person.checkPage();
  await choose(person, '112233');
  await person.sees('Better choose another');
  await choose(person, '112233');
  await person.sees('It is set up.');
  await person.leave();
});

test('A change asks for a code by email first', async () => {
  const person = await signedIn('bea');
  await person.page.getByRole('button', { name: /^Set up.*Soft PIN/ }).click();
  await person.isAt('First, prove that it is you');
  await person.checkPage();
  await person.askForCode();
  await person.isAt('Enter the code');
  await person.type('Code from the email', '000000');
  await person.press('Continue');
  await person.sees('not the code');
  await person.type('Code from the email', codeIn(await until('the code', () =>
    peer.mails.find((mail) => mail.to[0] === 'bea@example.org' && /Your code/.test(mail.headers.subject)))));
  await person.press('Continue');
  await person.isAt('Choose a PIN');
  await choose(person, '480615');
  await person.sees('It is set up.');
  await person.page.getByRole('button', { name: /^Choose a new PIN/ }).click();
  await choose(person, '480615');
  await person.sees('your last five cannot be taken again');
  await choose(person, '903618');
  await person.sees('It is set up.');
  await person.leave();
});

test('With email code it resets the password, whatever the gate', { skip: noClock }, async () => {
  const owner = await signedIn('cleo');
  await enroll(owner, '480615');
  apply({ 'soft_pin.enrollment.enabled': false });
  installation.setClock('+3m');  // the code that proved who it is was sent just now
  const before = peer.mails.filter((mail) => mail.to[0] === 'cleo@example.org').length;
  const person = await Person.arrive(installation.url);
  await person.identify('cleo');
  await person.isAt('Prove that it is you');
  await person.askForCode();
  await person.enterCode(codeIn(await peer.mailTo('cleo@example.org', before, /Your code/)));
  if (await person.heading() === 'Prove that it is you') await person.press(/Soft PIN/);
  await person.isAt('Enter your PIN');
  await person.checkPage();
  await person.type('Soft PIN', '480 615');
  await person.press('Continue');
  await person.choosePassword('violet kettle seven oceans');
  await person.isAt('Your password is changed');
  apply({});
  installation.setClock('+0');
  await owner.leave();
  await person.leave();
});

test('It is tried without consequence, and removed after a proof by another', { skip: noClock }, async () => {
  const person = await signedIn('bea');
  await person.page.getByRole('button', { name: /^Try it.*Soft PIN/ }).click();
  await person.isAt('Enter your PIN');
  await person.type('Soft PIN', '111111');
  await person.press('Continue');
  await person.sees('That is not right');
  await person.type('Soft PIN', '903618');
  await person.press('Continue');
  await person.sees('It works. Nothing has changed.');
  installation.setClock('+3m');
  await person.page.getByRole('link', { name: /^Remove.*Soft PIN/ }).click();
  await person.proveByMail(peer, 'bea@example.org');
  await person.isAt('Remove “Soft PIN”?');
  await person.press('Remove it');
  await person.sees('It is removed.');
  installation.setClock('+0');
  await person.leave();
});

test('The gate hides enrolling, with the sentence for who knows the address, or as if there were none', async () => {
  const person = await signedIn('amy');
  const at = async (path) => {
    const answer = await person.page.goto(installation.url + path);
    return [answer.status(), await person.page.locator('main').innerText()];
  };
  const gone = async (settings) => {
    apply(settings);
    await until('the new settings', async () => (await person.go('/account'), await person.page.getByRole('button', { name: entrance }).count()) === 0);
  };
  await gone({ 'soft_pin.enrollment.enabled': false });
  const [status, text] = await at('/account/enroll/soft-pin');
  assert.equal(status, 403);
  assert.ok(text.includes(sentence), text);
  await gone({ 'voice_agents.installed': false, 'soft_pin.enrollment.enabled': true });
  assert.equal((await at('/account/enroll/soft-pin'))[0], 404);
  apply({});
  await until('the gate', async () => await (await ways(person)).count() === 4);
  await person.leave();
});
