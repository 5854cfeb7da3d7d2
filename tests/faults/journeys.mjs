// What a person does, page by page, whatever happens on the way. A `world` has the `url`, the person's `name` and `mails`, finds something
// `inMails`, with some patience, and can `mend` what broke.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Client } from '../browser/support/client.mjs';
import { codeIn } from '../browser/support/person.mjs';
import { source, until } from '../browser/support/processes.mjs';

export const oldPassword = 'an old password of hers';
export const newPassword = 'violet kettle seven oceans';

const has = (client, end) => new RegExp(`<form method="post" action="[^"]*${end}"`).test(client.text);

/**
 * Types the code that she `find`s in her mails into the page's form. What came before she began is not for this; one that
 * was refused came from an older mail: she waits for another.
 */
async function typeCode(world, client, form, find) {
  client.refused ??= new Set();
  if (/That is not right/.test(client.text)) client.refused.add(client.typed);
  client.typed = await world.inMails((mail) => {
    const code = !client.before?.has(mail) && find(mail);
    return code && !client.refused.has(code) && code;
  });
  return client.typed && client.send(form, { code: client.typed });
}

/** What a person does with the page at hand to reset their password; false: it is done. */
export async function resetStep(world, client) {
  if (/Your password is changed/.test(client.text)) return false;
  if (has(client, '/act')) return client.send(client.form('/act'), { password: newPassword });
  if (has(client, '/answer'))
    return await typeCode(world, client, client.form('/answer'), codeIn) ?? client.get('/p/reset');
  if (has(client, '/choose')) return client.send(client.form('/choose'));
  if (has(client, '/p/reset')) {
    client.before = new Set(world.mails());
    return client.send(client.form('/p/reset'), { identifier: world.name });
  }
  return client.get('/p/reset');
}

/** The same to enroll an address. */
export async function enrollStep(world, client) {
  const address = `${world.name}@home.example`;
  const form = '/account/enroll/email-code';
  if (/<b>at home<\/b>/.test(client.text)) return false;
  if (has(client, '/sign-in')) return client.send(client.form('/sign-in'), { user_name: world.name, password: oldPassword });
  if (has(client, '/account/confirm')) return client.send(client.form('/account/confirm'), { password: oldPassword });
  // Another proof comes first: a code to the address that is there.
  if (has(client, '/account/open/email-code') && !/id="v-email-code"/.test(client.text))
    return client.send(client.form('/account/open/email-code'));
  if (has(client, '/account/try/email-code')) {
    const find = (mail) => mail.to[0] !== address && /^Your code/.test(mail.headers.subject) && codeIn(mail);
    return await typeCode(world, client, client.form('/account/try/email-code'), find) ?? client.get('/account');
  }
  if (has(client, form)) {
    if (/name="address"/.test(client.text)) return client.send(client.form(form), { address, name: 'at home' });
    if (!/name="code"/.test(client.text)) return client.send(client.form(form));
    const find = (mail) => mail.to[0] === address && codeIn(mail);
    return await typeCode(world, client, client.form(form), find) ?? client.get('/account');
  }
  if (has(client, '/account/begin/email-code')) return client.send(client.form('/account/begin/email-code'));
  return client.get(client.path === '/account' ? '/sign-in' : '/account');
}

/** What people do, how, and what their owner reads in the end. */
export const journeys = [['a reset', resetStep, /password was changed/], ['an enrollment', enrollStep, /was added/]];

/** Where nothing breaks: the world of somebody whose mails from the `earlier`th on `peer` takes, within so many milliseconds. */
export function calmWorld(installation, peer, name, { earlier = 0, patience = 15_000 } = {}) {
  const mails = () => peer.mails.filter(({ to }) => to[0].startsWith(`${name}@`)).slice(earlier);
  return {
    name,
    url: installation.url,
    mend: () => {},
    mails,
    inMails: (find) => until(`a mail to ${name}`, () => mails().map(find).filter(Boolean).at(-1), patience),
  };
}

/**
 * Where much breaks: `mend` brings back what is missing. The clock of `installation`, `ahead` by so many seconds, goes on
 * to when others can take up what an ended process had claimed.
 */
export function harshWorld(installation, peer, name, { url = installation.url, mend = async () => {} } = {}) {
  const earlier = peer.mails.length;
  const mails = () => peer.mails.slice(earlier).filter(({ to }) => to[0].startsWith(`${name}@`));
  return {
    url, name, mend, mails,
    async inMails(find, patience = 4) {
      for (let tries = 0; tries < patience; ++tries) {
        const found = await until('the mail', () => mails().map(find).filter(Boolean).at(-1), 1500).catch(() => undefined);
        if (found) return found;
        await mend();
        installation.ahead = (installation.ahead ?? 0) + 35;
        installation.setClock(`+${installation.ahead}s`);
      }
      return undefined;
    },
  };
}

/** What must hold whatever happened; `mails` is all that its peer took. */
export function checkAll(installation, mails, database = join(installation.folder, 'latchkey.db')) {
  const byItsClock = mails.map((mail) => ({ ...mail, at: installation.byItsClock(mail.at) }));
  const ledger = installation.file('ledger', byItsClock.map((mail) => JSON.stringify(mail)).join('\n'));
  const checked = spawnSync(join(source, 'tests/faults/invariants.py'), [database, ledger], { encoding: 'utf8' });
  assert.equal(checked.stdout.trim() + checked.stderr, '');
  assert.ok(installation.auditEntries() > 0, 'I6');
}

/** Step by step to the end, through whatever happens on the way, until the owner is told. */
export async function journey(world, step, subject) {
  const client = new Client(world.url);
  const goOn = () => step(world, client);
  const way = [];
  let send = goOn;
  for (let page; page !== false;) {
    assert.ok(way.length < 60, `she does not get on: ${way.join(' → ')}`);
    try {
      page = await send();
      way.push(`${client.path} "${/<h1[^>]*>([^<]*)/.exec(client.text)?.[1]}"`);
      if (page.status >= 500) throw new Error(`${page.status}`);
      send = goOn;
    } catch (error) {
      way.push(error.message);
      await world.mend();
      send = () => client.again();  // she reloads the page, which sends the form again
    }
  }
  // PostgreSQL ends a transaction in which a process froze after 30 s, which is when others can take up its mail.
  assert.ok(await world.inMails((mail) => subject.test(mail.headers.subject), 24), 'the owner is told');
}

export async function signsIn(world, password) {
  const client = new Client(world.url);
  await client.get('/sign-in');
  return /Your account/.test((await client.send(client.form('/sign-in'), { user_name: world.name, password })).text);
}
