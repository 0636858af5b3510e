// How soon the screens of a large institution are seen, and what they weigh on the wire: `node large.mjs PROGRAM DATA`, with
// the data folder that `DUALTRACK_BENCH_DATA=DATA cargo bench --bench record` leaves. Prints figures and asserts none.
import { execFileSync, spawn } from 'node:child_process';
import { chromium } from 'playwright-core';
import { open, signedIn } from './console/visitor.mjs';

const [program, data] = process.argv.slice(2);
const password = 'a fair wind from Lantau';
const child = spawn(program, ['serve', '--data', data, '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'] });
let said = '';
child.stdout.on('data', (text) => { said += text; });
const heard = async (pattern) => {
  for (;;) {
    const found = pattern.exec(said);
    if (found) return found;
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
};
const run = (input, env, ...all) => execFileSync(program, all, { input, env: { ...process.env, ...env } }).toString().trim();

const [, address] = await heard(/serving at (http:\S+)/);
await new Promise((resolve) => { setTimeout(resolve, 1000); });
const server = { DUALTRACK_SERVER: address };
const reader = 'leung-suk-fan';
// The first time with this data there is a link for the administrator, who opens an account for the reader.
const link = /http:\S+link#\S+/.exec(said);
if (link) {
  run(password, server, 'account', 'accept', link[0]);
  const token = run(password, server, 'account', 'token', '--name', 'administrator', '--scopes', 'invite-person,view-person');
  const opened = run('', { ...server, DUALTRACK_TOKEN: token }, 'act', 'open-account', '--set', `person=${reader}`, '--set', `name=${reader}`, '--set', 'email=reader@bank.example');
  run(password, server, 'account', 'accept', /http:\S+link#[A-Za-z0-9_-]+/.exec(opened)[0]);
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--no-first-run'],
});
const of = 'client-assistant-0000';
const screens = ['/', '/uses', `/uses/${of}`, `/uses/${of}?controls=all`, `/uses/${of}/validation`, `/approvals/${of}`, '/coverage',
  '/coverage/hkma-ai-2019', '/approvals', '/validation', '/providers', '/flows', '/people/leung-suk-fan', '/search?q=credit', '/ledger'];
try {
  const bank = { address, accounts: new Map([[reader, { name: reader, password, person: reader }]]) };
  const one = await signedIn(browser, bank, reader);
  for (const path of screens) {
    const paints = [];
    let bytes = 0;
    for (let times = 0; times < 5; times += 1) {
      // The first time nothing is kept of the frame; what it then weighs is all that a page weighs.
      const client = await one.context.newCDPSession(one.page);
      await client.send('Network.setCacheDisabled', { cacheDisabled: true });
      await open(one.page, path);
      await one.page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0);
      const [paint, weight] = await one.page.evaluate(() => [
        performance.getEntriesByName('first-contentful-paint')[0].startTime,
        [...performance.getEntriesByType('resource'), ...performance.getEntriesByType('navigation')]
          .reduce((sum, entry) => sum + entry.encodedBodySize, 0),
      ]);
      paints.push(paint);
      bytes = Math.max(bytes, weight);
      await client.detach();
    }
    paints.sort((first, second) => first - second);
    console.log(`${path.padEnd(50)} ${String(Math.round(bytes / 1024)).padStart(4)} KB   first paint: median ${Math.round(paints[2])} ms, latest ${Math.round(paints[4])} ms`);
  }
} finally {
  await browser.close();
  child.kill('SIGTERM');
}
