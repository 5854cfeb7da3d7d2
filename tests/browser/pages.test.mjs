// Every page with sample data, as the test PageSamples.AreWrittenWhenAFolderIsGiven writes them, in a
// browser: no WCAG 2.2 AA violation, nothing wider than a screen of 320 px, targets that a thumb can hit,
// nothing that the content security policy refuses, no script error, no layout shift. axe takes most of
// the time, so it sees each thing once: every rule in English, those about colours again in the dark;
// what depends on the words, the layout, is looked at in every language. With LATCHKEY_SHOTS=FOLDER it
// also takes pictures of all of them at 320, 390 and 1280 px; LATCHKEY_ONLY=TEXT looks only at the pages
// whose file name contains it.
import AxeBuilder from '@axe-core/playwright';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { closeBrowser, openBrowser } from './support/person.mjs';
import { source, temporaryFolder } from './support/processes.mjs';

const webTests = process.env.LATCHKEY_WEB_TESTS ?? join(source, '.build/dev/tests/web_tests');
const shots = process.env.LATCHKEY_SHOTS;
const only = process.env.LATCHKEY_ONLY ?? '';
const widths = [320, 390, 1280];
const height = 780;

const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; " +
  "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
const types = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' };

/** Serves a folder under the policy of our pages. */
async function serve(folder) {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
    try {
      const body = await readFile(join(folder, path));
      response.writeHead(200, { 'Content-Type': types[extname(path)] ?? 'text/plain', 'Content-Security-Policy': policy });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return server;
}

const tooWide = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;

const tooSmall = () => [...document.querySelectorAll('button, a.main, a.quiet, .row, summary, input:not([type=hidden],.heard)')]
  .filter((element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && box.height < 40 && !element.closest('label');
  })
  .map((element) => `small target: ${element.outerHTML.slice(0, 80)}`);

/** What axe finds; `rules` limits it to those. */
async function violations(page, rules) {
  const axe = new AxeBuilder({ page }).setLegacyMode();  // without a second page, which only frames need
  const { violations: found } = await (rules ? axe.withRules(rules) :
    axe.withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])).analyze();
  return found.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary.replace(/\s+/g, ' ')}`));
}

/** Looks at one sample in an open page; returns what is wrong. */
async function examine(page, site, name, colorScheme) {
  const faults = [];
  const light = colorScheme === 'light';
  await page.setViewportSize({ width: 390, height });
  await page.goto(site + name);
  const shifted = await page.evaluate(() => window.shifted);
  if (shifted > 0.01) faults.push(`layout shift ${shifted}`);
  if (name.includes('.en.')) faults.push(...await violations(page, light ? undefined : ['color-contrast', 'link-in-text-block']));
  if (light) faults.push(...await page.evaluate(tooSmall));
  for (const width of light || shots ? widths : []) {
    await page.setViewportSize({ width, height });
    const wide = await page.evaluate(tooWide);
    if (wide > 0) faults.push(`${wide} px too wide at ${width} px`);
    if (shots) await page.screenshot({ path: join(shots, `${name.replace('.html', '')}.${colorScheme}.${width}.png`), fullPage: true });
  }
  return faults;
}

describe('Every page with sample data', () => {
  let folder;
  let server;
  let browser;
  let names;

  before(async () => {
    folder = temporaryFolder();
    execFileSync(webTests, ['--gtest_filter=PageSamples.*'], { env: { ...process.env, LATCHKEY_SAMPLES: folder } });
    names = readFileSync(join(folder, 'index.txt'), 'utf8').trim().split('\n').filter((name) => name.includes(only));
    if (shots) mkdirSync(shots, { recursive: true });
    server = await serve(folder);
    browser = await openBrowser();
  });
  after(async () => {
    await closeBrowser();
    server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const colorScheme of ['light', 'dark'])
    test(`can be read and used by everybody in ${colorScheme}`, async () => {
      const context = await browser.newContext({ colorScheme, timezoneId: 'Europe/Madrid' });
      const page = await context.newPage();
      const faults = [];
      let current = '';
      page.on('console', (message) => { if (message.type() === 'error') faults.push(`${current}: ${message.text()}`); });
      page.on('pageerror', (error) => faults.push(`${current}: ${error.message}`));
      await page.addInitScript(() => {
        window.shifted = 0;
        new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.shifted += entry.value; })
          .observe({ type: 'layout-shift', buffered: true });
      });
      await page.clock.setFixedTime(new Date('2026-01-15T14:32:40Z'));
      // Colours do not depend on the language: dark is looked at in one.
      for (current of names.filter((name) => colorScheme === 'light' || shots || name.includes('.en.')))
        for (const fault of await examine(page, `http://127.0.0.1:${server.address().port}/`, current, colorScheme))
          faults.push(`${current}: ${fault}`);
      await context.close();
      assert.deepEqual(faults, []);
    });
});
