// Where there is a form to attack: every page with one, reached as a person reaches it, so that what is sent there meets a
// request, an enrollment or an account that really is under way.
import { Client } from '../browser/support/client.mjs';
import { definitions } from '../browser/support/installation.mjs';
import { codeIn } from '../browser/support/person.mjs';
import { appCode } from '../browser/support/types.mjs';
import { newPassword, oldPassword } from '../faults/journeys.mjs';
import { routeOf } from './routes.mjs';

export const everyType = definitions((all) => {
  const more = [['pin', 'soft_pin'], ['app', 'authenticator'], ['sheet', 'recovery_codes'], ['questions', 'security_questions']];
  for (const [name, type] of more) all.verifications.push({ name, type, title: { en: name } });
  const optional = more.map(([verification]) => ({ verification, required: false }));
  all.processes[0].verifications.push(...optional);
  all.processes.push({ name: 'either', title: { en: 'either' }, purpose: 'verify_identity', identify_by: ['user_name'], optional_needed: 1,
    verifications: ['email-code', 'pin'].map((verification) => ({ verification, required: false })) });
});

/** What a person would type there; nothing that costs a try, after which the form would be gone. */
const typical = { code: '12345', pin: '48061', again: '48061', address: 'nobody', name: 'a name', identifier: 'nobody', user_name: 'nobody',
  password: 'too short', answer: 'x', reference: 'ABCD-EFGH' };

/** One person and their browser. `peer` takes the mails. */
class Walk {
  constructor(url, peer, name) {
    this.client = new Client(url);
    this.peer = peer;
    this.name = name;
    this.read = 0;
  }

  get(path) { return this.client.get(path); }
  send(end, fields) { return this.client.send(this.client.form(end), fields); }

  /** The next mail to the person, or to another address. */
  async mail(address = `${this.name}@example.org`) {
    return this.peer.mailTo(address, address.startsWith(this.name + '@example') ? this.read++ : 0);
  }

  async begin(process = 'reset') {
    await this.get(`/p/${process}`);
    await this.send(`/p/${process}`, { identifier: this.name });
  }
  async ask() {
    await this.begin();
    await this.send('/choose');
  }
  async prove() {
    await this.ask();
    await this.send('/answer', { code: codeIn(await this.mail()) });
  }

  async signIn() {
    await this.get('/sign-in');
    await this.send('/sign-in', { user_name: this.name, password: oldPassword });
  }
  /** Signed in, with a proof of a moment ago, at the first page of an enrollment. */
  async enroll(what) {
    if (this.client.path !== '/account') await this.signIn();
    await this.send(`/begin/${what}`);
    if (!this.client.path.includes('/prove/')) return;
    await this.send('/open/email-code');
    await this.send('/try/email-code', { code: codeIn(await this.mail()) });
    if (!this.client.text.includes(`/enroll/${what}"`)) await this.send(`/begin/${what}`);
  }
  async withAddress() {
    await this.enroll('email-code');
    await this.send('/enroll/email-code', { address: `${this.name}@home.example`, name: 'at home' });
  }
  async withProvedAddress() {
    await this.withAddress();
    await this.send('/enroll/email-code', { code: codeIn(await this.mail(`${this.name}@home.example`)) });
  }
  async withApp() {
    await this.enroll('app');
    const key = /<pre class="verbatim"[^>]*>([^<]*)</.exec(this.client.text)[1];
    await this.send('/enroll/app', { code: appCode(key), name: 'at hand' });
  }
}

const places = {
  'a reset': (walk) => walk.get('/p/reset'),
  'the ways to prove it': (walk) => walk.begin(),
  'a code': (walk) => walk.ask(),
  'a code, or another way': async (walk) => { await walk.begin('either'); await walk.send('/choose'); },
  'a new password': (walk) => walk.prove(),
  'a request that is over': async (walk) => { await walk.ask(); await walk.send('/cancel'); },
  'the door': (walk) => walk.get('/sign-in?then=/account/enroll/pin'),
  'a message': (walk) => walk.get('/message'),
  'a notice': async (walk) => {
    await walk.prove();
    await walk.send('/act', { password: newPassword });
    const notice = await walk.mail();
    await walk.get(/http:\S+(\/n\/\S+)/.exec(notice.parts[0].text)[1]);
  },
  'an account': async (walk) => { await walk.withApp(); await walk.get('/account'); },
  'an account with something begun': async (walk) => { await walk.withAddress(); await walk.get('/account'); },
  'the password once more': async (walk) => { await walk.signIn(); await walk.get('/account/confirm?then=/account/prove/pin'); },
  'a proof': async (walk) => { await walk.signIn(); await walk.get('/account/prove/pin?then=/account/enroll/pin'); },
  'a proof under way': async (walk) => { await walk.signIn(); await walk.get('/account/prove/pin'); await walk.send('/open/email-code'); },
  'an address': (walk) => walk.enroll('email-code'),
  'the code of an address': (walk) => walk.withAddress(),
  'the end of an address': (walk) => walk.withProvedAddress(),
  'a PIN': (walk) => walk.enroll('pin'),
  'an app': (walk) => walk.enroll('app'),
  'recovery codes': (walk) => walk.enroll('sheet'),
  'security questions': (walk) => walk.enroll('questions'),
  'a removal': async (walk) => {
    await walk.withApp();
    await walk.get('/account');
    await walk.get(/href="(\/account\/remove\/app\/[^"]+)"/.exec(walk.client.text)[1]);
  },
  'the removal of all': async (walk) => { await walk.withApp(); await walk.get('/account/remove/app'); },
};

function formsOf(text) {
  return [...text.matchAll(/<form method="(get|post)" action="([^"]*)"[^>]*>(.*?)<\/form>/gs)].map(([, method, action, body]) => {
    const named = (kind) => Object.fromEntries([...body.matchAll(new RegExp(`<(?:${kind})[^>]*name="([^"]*)"[^>]*>`, 'g'))]
      .map(([control, name]) => [name, /value="([^"]+)"/.exec(control)?.[1] ?? typical[name] ?? '']));
    const route = routeOf(method.toUpperCase(), action.replace(/\?.*/, ''));
    return { method: method.toUpperCase(), action, route, fields: named('input|select'), buttons: named('button') };
  });
}

/** Every kind of form in turn, each with a person of its own: { place, form, client, name }; a form's `buttons` take the
 * place of its main one. `names` are people who are new here. */
export async function* everyForm(installation, peer, names) {
  const seen = new Set();
  for (const [place, reach] of Object.entries(places))
    for (let left = 1; left > 0;) {
      const walk = new Walk(installation.url, peer, names.next().value);
      await reach(walk);
      const forms = formsOf(walk.client.text).filter(({ route, fields }) => !seen.has(route + Object.keys(fields)));
      left = forms.length - 1;
      if (left < 0) break;
      const [form] = forms;
      seen.add(form.route + Object.keys(form.fields));
      yield { place, form, client: walk.client, name: walk.name };
    }
}
