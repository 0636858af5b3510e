// Every page that links reach from the navigation, for each account: it answers, is whole in both languages, passes axe,
// fits 320 px, calls nobody. Of pages of one shape a few are looked at; every link of them is asked for.
import { axe } from './axe.mjs';
import { check, note } from './checks.mjs';
import { inSession, open, signedIn } from './visitor.mjs';
import { isChinese, isSaid, singleTexts } from './words.mjs';

// How many pages of one shape are opened at most, how many each account opens whoever saw them before, and how many
// links are asked for besides: for the account that sees most, and for others.
const [ALL, OWN, LINKS, LINKS_OF_OTHERS] = [2, 3, 90, 25];

// The shape of an address: what tells pages of one template from those of another.
export function shape(path) {
  const { pathname, search } = new URL(path, 'http://x');
  const parts = pathname.split('/').map((part, index) => {
    const fixed = index === 1 || /^(do|new|edit|record)$/.test(pathname.split('/')[1]) && index === 2;
    return fixed || /^(controls|attest|profile|assessment|validation|approval|diff|impact|entries|assign|due)$/.test(part) ? part : '*';
  });
  const names = [...new URLSearchParams(search).keys()].filter((name) => !['sort', 'q'].includes(name)).sort();
  return parts.join('/') + (names.length > 0 ? `?${names}` : '');
}

export async function crawl(browser, bank) {
  const opened = new Map();
  const weights = new Map();
  const paints = new Map();
  let known;
  for (const name of [...bank.accounts.keys()].sort((one, two) => order(one) - order(two))) {
    const one = await signedIn(browser, bank, name);
    const cookies = await one.context.cookies();
    known ??= await singleTexts(one, one.context.request);
    const chinese = await inSession(browser, bank, one.account, [
      ...cookies, { name: 'dualtrack-language', value: 'zh-Hant-HK', url: bank.address },
    ], { language: 'zh', width: 320 });
    const own = new Map();
    const waiting = ['/'];
    const seen = new Set(waiting);
    let links = 0;
    while (waiting.length > 0) {
      const path = waiting.shift();
      const key = shape(path);
      const mine = own.get(key) ?? 0;
      const all = opened.get(key) ?? 0;
      // Whoever comes later opens what nobody has seen yet, the first pages of the frame, and asks for the rest.
      const isSeen = order(name) > 0 && all >= 1 && own.size > OWN;
      // Forms of one action are alike, whatever they are about.
      const most = /^\/(do|new|edit)\//.test(path) ? 1 : ALL;
      if (isSeen || (mine >= 1 && all >= most)) {
        if (links >= (order(name) < 1 ? LINKS : LINKS_OF_OTHERS)) continue;
        links += 1;
        await isThere(one, path, name);
        continue;
      }
      own.set(key, mine + 1);
      opened.set(key, all + 1);
      for (const link of await look(one, chinese, path, name, all, known, weights, paints)) {
        if (!seen.has(link)) {
          seen.add(link);
          waiting.push(link);
        }
      }
    }
    await one.context.close();
    await chinese.context.close();
    console.log(`console:   ${name}: ${own.size} shapes of pages, ${links} more links`);
  }
  const heavy = [...weights].sort((one, two) => two[1] - one[1]).slice(0, 5);
  note(`${opened.size} shapes of pages; heaviest, with all they load: ${heavy.map(([path, bytes]) => `${path} ${Math.round(bytes / 1024)} KB`).join(', ')}`);
  const slow = [...paints].sort((one, two) => two[1] - one[1]).slice(0, 5);
  note(`latest first paints: ${slow.map(([path, ms]) => `${path} ${Math.round(ms)} ms`).join(', ')}`);
}

// Those who see most come first, so that pages are looked at where they are fullest.
function order(name) {
  const first = ['compliance', 'business-owner', 'validator', 'operations', 'administrator'];
  return first.includes(name) ? first.indexOf(name) : first.length;
}

// Asks for a page without opening it.
async function isThere(one, path, name) {
  const ask = () => one.context.request.get(one.bank.address + path, { maxRedirects: 3 });
  let answer = await ask();
  for (let times = 0; answer.status() === 429 && times < 5; times += 1) {
    await one.page.waitForTimeout(1000 * Number(answer.headers()['retry-after'] ?? 1));
    answer = await ask();
  }
  check(answer.ok(), `${name} is linked to ${path}, which answers ${answer.status()}`, `${name} ${shape(path)} ${answer.status()}`);
}

// Opens a page wide and narrow, in both languages; the links of it.
async function look(one, chinese, path, name, before, known, weights, paints) {
  const { page } = one;
  const where = `${path} of ${name}`;
  await page.setViewportSize({ width: 1280, height: 900 });
  one.watched.bytes = 0;
  const response = await open(page, path).catch((error) => {
    // A file is no page; that it can be had is asked without opening it.
    if (!String(error).includes('Download is starting')) throw error;
  });
  if (!response) {
    await isThere(one, path, name);
    return [];
  }
  if (!check(response.ok(), `${name} is linked to ${path}, which answers ${response.status()}`, `${name} ${shape(path)} ${response.status()}`)) return [];
  if (!(response.headers()['content-type'] ?? '').startsWith('text/html')) return [];
  if (!weights.has(path)) {
    const sizes = await page.evaluate(() => performance.getEntriesByType('resource').reduce((sum, one) => sum + one.encodedBodySize, 0)
      + performance.getEntriesByType('navigation')[0].encodedBodySize);
    weights.set(path, sizes);
    check(sizes <= 150 * 1024, `${where}: weighs ${Math.round(sizes / 1024)} KB with all it loads, and 150 are asked`);
    const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0);
    paints.set(path, paint);
  }
  check(await page.locator('h1').count() === 1, `${where}: has one first heading`);
  check((await page.title()).includes(' | '), `${where}: has a title`);
  const ids = await page.evaluate(() => {
    const all = [...document.querySelectorAll('[id]')].map((one) => one.id);
    return all.filter((id, index) => all.indexOf(id) !== index);
  });
  check(ids.length === 0, `${where}: an id stands twice: ${ids.slice(0, 3)}`, `twice ${shape(path)}`);
  await isSaid(page, where);
  if (before < 1) {
    await axe(page, `${where}, wide`);
    await page.emulateMedia({ colorScheme: 'dark' });
    await axe(page, `${where}, dark`, ['color-contrast']);
    await page.emulateMedia({ colorScheme: 'light' });
  }
  await page.setViewportSize({ width: 320, height: 640 });
  await fits(page, where);
  if (before < 1) await axe(page, `${where}, narrow`);
  const links = await linksOf(page, one.bank.address);
  if (before < 2) {
    const answer = await open(chinese.page, path);
    check(answer.ok(), `${where}: answers ${answer.status()} in Chinese`);
    await isChinese(chinese.page, where, known);
    await isSaid(chinese.page, `${where} in Chinese`);
    await fits(chinese.page, `${where} in Chinese`);
    if (before < 1) await axe(chinese.page, `${where} in Chinese`);
  }
  return links;
}

// Nothing runs over the side, and nothing is cut off without a way to scroll there.
export async function fits(page, where) {
  const over = await page.evaluate(() => {
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (wide <= 0) return '';
    const edge = document.documentElement.clientWidth;
    const culprit = [...document.body.querySelectorAll('*')].find((one) => one.getBoundingClientRect().right > edge + 1
      && !one.closest('.scroll, pre'));
    return `${wide} px: ${culprit?.outerHTML.slice(0, 120)}`;
  });
  check(over === '', `${where}: runs over the side at ${page.viewportSize().width} px by ${over}`, `over ${shape(new URL(page.url()).pathname)}`);
}

async function linksOf(page, address) {
  const links = await page.locator('a[href]').evaluateAll((all) => all.map((one) => one.getAttribute('href')));
  const found = new Set();
  for (const link of links) {
    if (link.startsWith('#')) continue;
    const url = new URL(link, page.url());
    // Passkeys belong to a name: of a server at 127.0.0.1 they are at localhost, and its account page leads there.
    if (url.hostname === 'localhost' && url.port === new URL(address).port && url.pathname === '/account') continue;
    if (!check(url.origin === address, `${page.url()} links elsewhere: ${link}`)) continue;
    found.add(url.pathname + url.search);
  }
  return found;
}
