// Examines the sample pages that the test PageSamples.AreWrittenWhenAFolderIsGiven wrote:
//   LATCHKEY_SAMPLES=/tmp/samples .build/dev/tests/web_tests --gtest_filter='PageSamples.*'
//   node tests/browser/pages.mjs /tmp/samples [--shots FOLDER] [--only TEXT]
// Each page is served under our content security policy and must have no WCAG 2.2 AA violation in
// light and dark, nothing wider than a 320 px screen, nothing refused by the policy, no script error,
// and no layout shift. --shots also takes pictures at 320, 390 and 1280 px.
import AxeBuilder from '@axe-core/playwright';
import { readFile, mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { chromium } from 'playwright-core';

const args = process.argv.slice(2);
const option = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : '');
const samples = args[0];
const shots = option('--shots');
const only = option('--only');

const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; " +
  "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
const types = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' };
const server = createServer(async (request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
  try {
    const body = await readFile(join(samples, path));
    response.writeHead(200, { 'Content-Type': types[extname(path)] || 'text/plain', 'Content-Security-Policy': policy });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const site = `http://127.0.0.1:${server.address().port}/`;

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium', headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});
const names = (await readFile(join(samples, 'index.txt'), 'utf8')).trim().split('\n').filter((name) => name.includes(only));
const faults = [];
if (shots) await mkdir(shots, { recursive: true });

for (const colorScheme of ['light', 'dark']) {
  const context = await browser.newContext({ viewport: { width: 390, height: 780 }, colorScheme, timezoneId: 'Europe/Madrid' });
  const page = await context.newPage();
  let current = '';
  const fault = (text) => faults.push(`${current} (${colorScheme}): ${text}`);
  page.on('console', (message) => { if (message.type() === 'error') fault(message.text()); });
  page.on('pageerror', (error) => fault(error.message));
  await page.addInitScript(() => {
    window.shifted = 0;
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.shifted += entry.value; })
      .observe({ type: 'layout-shift', buffered: true });
  });
  for (const name of names) {
    current = name;
    await page.setViewportSize({ width: 390, height: 780 });
    await page.clock.setFixedTime(new Date('2026-01-15T14:32:40Z'));
    await page.goto(site + name);
    const result = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze();
    for (const violation of result.violations)
      for (const node of violation.nodes) fault(`${violation.id}: ${node.html} ${node.failureSummary.replace(/\s+/g, ' ')}`);
    const shifted = await page.evaluate(() => window.shifted);
    if (shifted > 0.01) fault(`layout shift ${shifted}`);
    for (const width of [320, 390, 1280]) {
      await page.setViewportSize({ width, height: 780 });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 0) fault(`${wide} px too wide at ${width} px`);
      if (shots && (colorScheme === 'light' || !name.includes('ar-XB')))
        await page.screenshot({ path: join(shots, `${name.replace('.html', '')}.${colorScheme}.${width}.png`), fullPage: true });
    }
    const small = await page.evaluate(() => [...document.querySelectorAll('button, a.main, a.quiet, .row, summary, input:not([type=hidden],.heard)')]
      .filter((e) => { const box = e.getBoundingClientRect(); return box.width && box.height < 40 && !e.closest('label'); }).map((e) => e.outerHTML.slice(0, 80)));
    for (const element of small) fault(`small target: ${element}`);
  }
  await context.close();
}
await browser.close();
server.close();
for (const line of faults) console.log(line);
console.log(`${names.length} pages in light and dark: ${faults.length} faults`);
process.exitCode = faults.length ? 1 : 0;
