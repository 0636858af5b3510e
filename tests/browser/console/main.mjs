// The console of the example bank in a real browser: `node main.mjs PROGRAM`.
// DUALTRACK_PART, if set, runs only the parts whose names hold it; DUALTRACK_SCREENSHOTS names a folder for pictures.
import { chromium } from 'playwright-core';
import { check, part, summary } from './checks.mjs';
import { crawl } from './crawl.mjs';
import { inPlace } from './in_place.mjs';
import { WAYS, byKeyboard, compliance, operations, othersByKeyboard, owner, validator } from './journeys.mjs';
import { backButton, doubleClick, endedSession, hostileText, staleForm } from './mishaps.mjs';
import { passkeys } from './passkeys.mjs';
import { paper, pictures } from './pictures.mjs';
import { start } from './server.mjs';

const bank = await start(process.argv[2]);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--no-first-run'],
});
try {
  // Pictures and pages first, while the bank is as it was founded.
  if (process.env.DUALTRACK_SCREENSHOTS) {
    await part('pictures', () => pictures(browser, bank, process.env.DUALTRACK_SCREENSHOTS));
  }
  await part('paper', () => paper(browser, bank));
  await part('every page that links reach', () => crawl(browser, bank));
  for (const set of WAYS) {
    await part(`J1, compliance, ${set.tag}`, () => compliance(browser, bank, set));
    await part(`J2, an owner, ${set.tag}`, () => owner(browser, bank, set));
    await part(`J3, a validator, ${set.tag}`, () => validator(browser, bank, set));
    await part(`J4, operations, ${set.tag}`, () => operations(browser, bank, set));
  }
  await part('J2 by keyboard alone', () => byKeyboard(browser, bank));
  await part('J3 and J4 by keyboard alone', () => othersByKeyboard(browser, bank));
  await part('sorting in place', () => inPlace(browser, bank));
  await part('a double click', () => doubleClick(browser, bank));
  await part('the back button', () => backButton(browser, bank));
  await part('an ended session', () => endedSession(browser, bank));
  await part('a stale form', () => staleForm(browser, bank));
  await part('hostile text', () => hostileText(browser, bank));
  await part('passkeys', () => passkeys(browser, bank, check));
} finally {
  await browser.close();
  await bank.stop();
}
process.exitCode = summary() ? 0 : 1;
