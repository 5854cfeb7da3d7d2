// "Is this message really from us?": answered from the reference in it, never with an address.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from './support/client.mjs';
import { Installation } from './support/installation.mjs';
import { SmtpPeer, until } from './support/processes.mjs';

let peer;
let installation;

before(async () => {
  peer = await SmtpPeer.start();
  installation = await Installation.make({ mailPort: peer.port });
  installation.fill([['amy', 'amy.lee@example.org', '']]);
  await installation.serve();
});
after(async () => {
  await installation.stop();
  await peer.stop();
});

/** What the page says of a reference, without the reference itself. */
async function asked(reference) {
  const visitor = new Client(installation.url);
  const { status } = await visitor.get(`/message?${new URLSearchParams({ reference })}`);
  assert.equal(status, 200);
  return /<main[^>]*>(.*)<\/main>/s.exec(visitor.text)[1];
}

test('a message of ours is known by its reference, however that is typed', async () => {
  const client = new Client(installation.url);
  await client.get('/p/reset');
  await client.send(client.form('/p/reset'), { identifier: 'amy' });
  await client.send(client.form('/choose'));
  const mail = await peer.mailTo('amy.lee@example.org');
  const [reference] = /[A-Z0-9]{4}-[A-Z0-9]{4}/.exec(mail.parts[0].text);
  await until('the record that it was taken', async () => /We sent it on/.test(await asked(reference)));
  for (const typed of [reference, reference.toLowerCase(), ` ${reference.replace('-', ' ')} `, reference.replace('-', '')]) {
    const answer = await asked(typed);
    assert.match(answer, /Yes\. We sent it on/);
    assert.match(answer, /asked for a code to reset a password/);
    assert.doesNotMatch(answer, /amy|example\.org/);
  }
});

test('anything else is not', async () => {
  for (const typed of ['AAAA-AAAA', '0', 'x'.repeat(5000), '<script>', "' OR 1=1 --", '\u202e', '%00'])
    assert.doesNotMatch(await asked(typed), /We sent it on|<script>/, typed);
  assert.match(await asked('AAAA-AAAA'), /We sent no message with the reference/);
});

test('a message for nobody was never sent', async () => {
  const client = new Client(installation.url);
  await client.get('/p/reset');
  await client.send(client.form('/p/reset'), { identifier: 'nobody' });
  await client.send(client.form('/choose'));
  const [reference] = /[A-Z0-9]{4}-[A-Z0-9]{4}/.exec(client.text);  // of the request, which everybody sees
  assert.doesNotMatch(await asked(reference), /We sent it on/);
});
