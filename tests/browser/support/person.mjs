// A person in front of a browser, and what they do there.
import AxeBuilder from '@axe-core/playwright';
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const options = {
  executablePath: '/usr/bin/chromium',
  headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
};

let browser;
export async function openBrowser() {
  browser = await chromium.launch(options);
  return browser;
}
export async function closeBrowser() {
  await browser?.close();
}

/** The code in a mail that the SMTP peer took; undefined if it has none. */
export function codeIn(mail) {
  return /^\s*(\d{6})\s*$/m.exec(mail.parts[0].text)?.[1];
}

export class Person {
  /** Everything that anybody typed: label and text. */
  static typed = [];

  /** `settings`: javaScript, phone, locale. */
  static async arrive(site, settings = {}) {
    const person = new Person();
    person.site = site;
    person.context = await browser.newContext({
      javaScriptEnabled: settings.javaScript ?? true,
      viewport: settings.phone ? { width: 360, height: 740 } : { width: 1280, height: 800 },
      locale: settings.locale ?? 'en-GB',
    });
    person.context.setDefaultTimeout(15000);
    person.page = await person.context.newPage();
    person.faults = [];
    person.watch(person.page);
    return person;
  }

  watch(page) {
    page.on('pageerror', (error) => this.faults.push(`script: ${error.message}`));
    page.on('console', (message) => {
      // A refused form answers 4xx, which the browser reports as well.
      if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) this.faults.push(message.text());
    });
    page.on('response', (response) => {
      if (response.status() >= 500) this.faults.push(`${response.status()} ${response.url()}`);
    });
  }

  async go(path) { await this.page.goto(this.site + path); }
  async press(name) { await this.page.getByRole('button', { name }).click(); }
  async type(label, text) {
    Person.typed.push([String(label), text]);
    await this.page.getByLabel(label, { exact: true }).fill(text);
  }
  async heading() { return this.page.locator('h1').innerText(); }

  /** The page says so, or will in a moment. */
  async sees(text) {
    await this.page.locator('main').filter({ hasText: text }).waitFor({ timeout: 5000 }).catch(() => {});
    assert.match(await this.page.locator('main').innerText(), text instanceof RegExp ? text : new RegExp(text));
  }
  async isAt(heading) {
    await this.page.locator('h1').filter({ hasText: heading }).waitFor({ timeout: 5000 }).catch(() => {});
    assert.equal(await this.heading(), heading);
  }

  async identify(name, process = 'reset') {
    await this.go(`/p/${process}`);
    await this.type('User name or email address', name);
    await this.press('Continue');
  }

  /** To the page with a field labelled so: by the button that chooses the way, where there is a choice. */
  async choose(way, label) {
    const button = this.page.getByRole('button', { name: way });
    const field = this.page.getByLabel(label, { exact: true }).first();
    await button.or(field).waitFor();
    if (await button.isVisible()) await button.click();
    await field.waitFor();
  }

  async askForCode() { await this.press(/^Email a code to/); }

  async enterCode(code) {
    await this.type('Code from the email', code);
    await this.press('Continue');
  }

  /** Where a change wants another proof first: by a code to that address. */
  async proveByMail(peer, address) {
    await this.page.locator('h1').filter({ hasNotText: 'Your account' }).waitFor();
    if (await this.heading() !== 'First, prove that it is you') return;
    const before = peer.mails.filter((mail) => mail.to[0] === address).length;
    await this.page.getByRole('button', { name: /^Email a code to/ }).last().click();  // that of the profile
    await this.isAt('Enter the code');
    await this.enterCode(codeIn(await peer.mailTo(address, before, /code/)));
  }

  async choosePassword(password) {
    await this.type('New password', password);
    await this.press('Change my password');
  }

  async signIn(name, password) {
    this.name = name;
    await this.go('/sign-in');
    await this.type('User name', name);
    await this.type('Password', password);
    await this.press('Sign in');
  }

  /** No WCAG 2.2 AA violation that a program can find, and nothing wider than the screen. */
  async checkPage() {
    const wide = await this.page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    assert.equal(wide, false, 'the page is wider than the screen');
    const found = await new AxeBuilder({ page: this.page }).setLegacyMode().withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
    assert.deepEqual(found.violations.map((v) => `${v.id}: ${v.nodes[0].html}`), []);
  }

  async leave() {
    await this.context.close();
    assert.deepEqual(this.faults, []);
  }
}
