// What must hold of every page of the report, in a real browser: it is whole without script, calls nobody,
// passes axe, fits 320 px, links only to what exists, and prints.
import { createRequire } from 'node:module';
import { readdirSync, mkdirSync, readFileSync, existsSync } from 'node:fs';
import { join, relative, dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const folder = process.argv[2];
const shots = process.env.DUALTRACK_SCREENSHOTS;
let passed = 0;
const failures = [];

function check(holds, statement) {
  if (holds) passed += 1;
  else failures.push(statement);
}

function pagesOf(place) {
  return readdirSync(place, { withFileTypes: true }).flatMap((entry) => {
    const path = join(place, entry.name);
    if (entry.isDirectory()) return pagesOf(path);
    return entry.name.endsWith('.html') ? [path] : [];
  });
}

const pages = pagesOf(folder);
check(pages.some((page) => page.includes('.en.')), 'there is a page in English');
check(pages.some((page) => page.includes('.zh-Hant.')), 'there is a page in Traditional Chinese');

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--no-first-run'],
});
try {
  for (const path of pages) {
    const name = relative(folder, path);
    const chinese = name.includes('.zh-Hant.');
    for (const [size, width] of [['wide', 1280], ['narrow', 320]]) {
      // The page itself runs no script; axe is put in by the test from outside, so script stays on for it.
      const context = await browser.newContext({ viewport: { width, height: 900 } });
      const page = await context.newPage();
      const requests = [];
      const complaints = [];
      page.on('request', (request) => requests.push(request.url()));
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      await page.goto(pathToFileURL(path).href);
      const where = `${name} at ${width} px`;
      check(requests.length === 1, `${where}: loads nothing but itself, got ${requests.slice(1)}`);
      check(complaints.length === 0, `${where}: no complaint in the console, got ${complaints}`);
      check(await page.locator('script').count() === 0, `${where}: holds no script`);
      const language = await page.locator('html').getAttribute('lang');
      check(language === (chinese ? 'zh-Hant-HK' : 'en'), `${where}: says its language, got ${language}`);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      check(overflow <= 0, `${where}: nothing runs over the side, got ${overflow} px`);
      check(await page.locator('h1').count() === 1, `${where}: has one first heading`);
      if (shots) {
        mkdirSync(join(shots, dirname(name)), { recursive: true });
        await page.screenshot({ path: join(shots, `${name}.${size}.png`), fullPage: true });
      }
      if (size === 'wide') {
        await page.evaluate(axe);
        const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
        const serious = result.violations.filter((one) => ['serious', 'critical'].includes(one.impact));
        const found = serious.map((one) => `${one.id}: ${one.nodes[0]?.target} ${one.nodes[0]?.failureSummary}`);
        check(serious.length === 0, `${where}: axe finds nothing serious, got ${found.join('; ')}`);
        const links = await page.locator('a[href]').evaluateAll((all) => all.map((one) => one.getAttribute('href')));
        const ids = new Set(await page.locator('[id]').evaluateAll((all) => all.map((one) => one.id)));
        for (const link of new Set(links)) {
          if (/^https?:/.test(link)) continue;
          const [file, fragment] = link.split('#');
          const target = file ? resolve(dirname(path), decodeURIComponent(file)) : path;
          check(existsSync(target), `${name}: the link ${link} leads to a file`);
          if (!file && fragment) check(ids.has(decodeURIComponent(fragment)), `${name}: the link ${link} leads to a place`);
        }
      }
      await context.close();
    }
    const plain = await browser.newContext({ javaScriptEnabled: false });
    const page = await plain.newPage();
    await page.goto(pathToFileURL(path).href);
    const text = await page.locator('main').innerText();
    check(text.length > 500, `${name}: can be read without script`);
    const pdf = await page.pdf({ format: 'A4' });
    check(pdf.length > 10_000, `${name}: prints`);
    await plain.close();
  }
} finally {
  await browser.close();
}

for (const failure of failures) console.log(`FAILED ${failure}`);
console.log(`browser: ${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 && passed > 0 ? 0 : 1;
