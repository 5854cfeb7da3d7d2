// A gateway that is dead, slow, lying or broken: the person is told, other ways stay open, and nothing is used up (R2).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { definitions, Installation, noClock } from './support/installation.mjs';
import { closeBrowser, codeIn, openBrowser, Person } from './support/person.mjs';
import { SmsPeer, SmtpPeer, until } from './support/processes.mjs';

const people = Array.from({ length: 8 }, (_, i) => ({
  user_name: `user${i}`, email: `user${i}@example.org`, phone: `+1202555010${i}`, employee_number: `100${i}`,
}));
// A code by email, and then one by SMS, of which there is one a day, or what stands in the profile.
const all = definitions((one) => {
  one.verifications.push(
    { name: 'sms', type: 'sms_code', title: { en: 'Code by SMS' }, settings: { max_per_day: 1 } },
    { name: 'profile', type: 'personal_data', title: { en: 'Profile' }, settings: { attributes: [{ attribute: 'employee_number' }] } });
  one.processes[0].verifications.push({ verification: 'sms', required: false }, { verification: 'profile', required: false });
  one.processes[0].optional_needed = 1;
});
const well = { status: 200, body: '{"id": "g-1", "status": "queued"}', pause: 0, garbage: false };
let peer;
let gateway;
let installation;
let next = 0;
let ahead = 0;

before(async () => {
  await openBrowser();
  [peer, gateway] = await Promise.all([SmtpPeer.start(), SmsPeer.start()]);
  installation = await Installation.make({ mailPort: peer.port, env: gateway.env });
  installation.fill(people, all);
  await installation.serve();
});
after(async () => {
  await closeBrowser();
  await installation.stop();
  await gateway.stop();
  await peer.stop();
});

function pass(seconds) {
  ahead += seconds;
  installation.setClock(`+${ahead}`);
}

/** To the choice of the second proof; returns the person and their number. */
async function proved(settings = {}, i = next++) {
  const { user_name: name, email, phone } = people[i];
  const earlier = peer.mails.filter((mail) => mail.to[0] === email).length;
  const person = await Person.arrive(installation.url, settings);
  await person.identify(name);
  await person.askForCode();
  await person.enterCode(codeIn(await peer.mailTo(email, earlier, /code/)));
  await person.sees('one more proof');
  return [person, phone, i];
}

const askForText = async (person) => {
  await person.press(/^Text a code/);
  await person.isAt('Enter the code');
};

async function proveByText(person, code) {
  await person.type('Code from the SMS', code);
  await person.press('Continue');
  await person.isAt('Choose a new password');
}

/** Looks again and again until the page says so. */
const isTold = (person, words) => until(words, async () =>
  (await person.page.reload(), (await person.page.locator('main').innerText()).includes(words)));

const broken = {
  'answers 500': { status: 500, body: 'out of order' },
  'says 200 and means no': { body: '<html>Please sign in to the wireless network' },
  'speaks no HTTP': { garbage: true },
  'answers after half a minute': { pause: 30 },
};
for (const [what, behaviour] of Object.entries(broken))
  test(`A gateway that ${what}: the person is told, and the message goes out when it is well again`, async () => {
    gateway.set({ ...well, ...behaviour });
    const [person, phone] = await proved({ javaScript: false });
    await askForText(person);
    await isTold(person, 'The message is delayed.');
    await person.sees('You have 3 tries left.');
    const asked = gateway.messages.length;
    gateway.set(well);
    await isTold(person, 'The message left us at');
    await proveByText(person, await gateway.codeTo(phone, asked));
    await person.leave();
  });

test('A script tells it without a reload, and what is being typed stays', async () => {
  gateway.set({ ...well, status: 503 });
  const [person] = await proved({ phone: true });
  await askForText(person);
  await person.type('Code from the SMS', '12');
  await person.page.getByText('The message is delayed.').waitFor();
  await person.checkPage();
  assert.equal(await person.page.getByLabel('Code from the SMS').inputValue(), '12');
  await person.leave();
});

test('A message that never went out costs no try and none of the day, and one that did costs one', { skip: noClock }, async () => {
  gateway.set({ ...well, status: 500 });
  const [person, phone, number] = await proved();
  await askForText(person);
  await isTold(person, 'The message is delayed.');
  await person.sees('You have 3 tries left.');
  pass(21 * 60);
  await isTold(person, 'Your time ran out');
  await person.leave();

  gateway.set(well);
  const asked = gateway.messages.length;
  const [second] = await proved({}, number);
  await askForText(second);  // the only one of the day
  await proveByText(second, await gateway.codeTo(phone, asked));
  await second.leave();

  pass(5 * 60);
  const [third] = await proved({}, number);
  await third.press(/^Text a code/);
  await third.isAt('No more messages today');
  await third.leave();
});

test('Behind a dead gateway another way leads on', async () => {
  await gateway.stop();
  const [person, , number] = await proved();
  await askForText(person);
  await isTold(person, 'The message is delayed.');
  await person.press('Use another way');
  await person.press(/^Profile/);
  await person.type('Employee number', people[number].employee_number);
  await person.press('Continue');
  await person.isAt('Choose a new password');
  await person.leave();
});
