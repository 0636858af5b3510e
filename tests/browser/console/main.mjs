// The console of the example bank in a real browser: `node main.mjs PROGRAM`.
import { chromium } from 'playwright-core';
import { part, summary } from './checks.mjs';
import { crawl } from './crawl.mjs';
import { start } from './server.mjs';

const bank = await start(process.argv[2]);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--no-first-run'],
});
try {
  await part('every page that links reach', () => crawl(browser, bank));
} finally {
  await browser.close();
  await bank.stop();
}
process.exitCode = summary() ? 0 : 1;
