// Somebody at a browser: signed in or not, in a language, at a width, with script or without, watched all the while.
import { check } from './checks.mjs';

// Opens a browser for a person. What she meets that nobody should meet fails: a request to elsewhere, a complaint in
// the console, a violation of the policy of contents, a part of a page that is missing.
export async function visitor(browser, bank, { language = 'en', width = 1280, script = true, theme = 'light', cookies } = {}) {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    locale: language === 'zh' ? 'zh-HK' : 'en-GB',
    timezoneId: 'Asia/Hong_Kong',
    colorScheme: theme,
    javaScriptEnabled: script,
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(15_000);
  if (cookies) await context.addCookies(cookies);
  const page = await context.newPage();
  const watched = watch(page, bank.address);
  const where = `${language} at ${width} px${script ? '' : ' without script'}`;
  return { context, page, watched, where, language, bank };
}

function watch(page, address) {
  const watched = { bytes: 0 };
  page.on('request', (request) => {
    const url = request.url();
    check(url.startsWith(`${address}/`) || url.startsWith('data:'), `${page.url()} asks ${url}, which is elsewhere`);
  });
  page.on('response', (response) => {
    const request = response.request();
    if (request.resourceType() !== 'document' && response.status() >= 400) {
      check(false, `${page.url()} loads ${response.url()}, which answers ${response.status()}`);
    }
    const length = Number(response.headers()['content-length'] ?? 0);
    watched.bytes += length;
  });
  page.on('pageerror', (error) => check(false, `${page.url()}: script fails: ${error}`));
  page.on('console', (message) => {
    // That a page answers 404 or 412 is said by the browser as well; statuses are judged where they are asked for.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      check(false, `${page.url()}: the console says ${message.text()}`);
    }
  });
  return watched;
}

// Goes to a page and says how it answers. Pages that the server holds back for a moment are asked for again.
export async function open(page, path) {
  for (let times = 0; ; times += 1) {
    const response = await page.goto(path.startsWith('http') ? path : new URL(path, origin(page)).href);
    if (response?.status() !== 429 || times > 5) return response;
    await page.waitForTimeout(1000 * Number(response.headers()['retry-after'] ?? 1));
  }
}

const origins = new WeakMap();
function origin(page) {
  return origins.get(page.context()) ?? page.url();
}

// Signs in by the form, as people do.
export async function signIn(one, name) {
  const account = one.bank.accounts.get(name);
  origins.set(one.page.context(), one.bank.address);
  await open(one.page, `${one.bank.address}/sign-in`);
  await one.page.fill('input[name=name]', account.name);
  await one.page.fill('input[name=password]', account.password);
  await send(one.page);
  const inside = await one.page.locator('form[action="/sign-out"]').count();
  check(inside === 1, `${name} is signed in after signing in (${one.where})`);
  one.account = account;
}

// A new visitor who is signed in.
export async function signedIn(browser, bank, name, set = {}) {
  const one = await visitor(browser, bank, set);
  origins.set(one.page.context(), bank.address);
  await signIn(one, name);
  return one;
}

// A visitor in a session that there is.
export async function inSession(browser, bank, account, cookies, set = {}) {
  const one = await visitor(browser, bank, { ...set, cookies });
  origins.set(one.page.context(), bank.address);
  one.account = account;
  return one;
}

// Sends the form of a page; the status of what comes back.
export async function send(page, button = 'main form.form button[type=submit]') {
  const [response] = await Promise.all([page.waitForNavigation(), page.locator(button).last().click()]);
  return response?.status() ?? 0;
}

// Fills the fields of a form by their names: texts, choices, and marks.
export async function fill(page, fields) {
  for (const [name, value] of Object.entries(fields)) {
    const field = page.locator(`main form [name="${name}"]`);
    const kind = await field.first().evaluate((one) => (one.tagName === 'SELECT' ? 'select' : one.type));
    if (kind === 'radio' || kind === 'checkbox') {
      for (const each of [value].flat()) {
        await page.locator(`main form [name="${name}"][value="${each}"]`).check();
      }
    } else if (kind === 'select') await field.selectOption(value);
    else await field.fill(value);
  }
}

// Waits until a page has come to where something holds of it, whatever it left half loaded on the way: going back twice,
// or clicking twice, ends a page before it is there, and that is no failure.
export async function arrived(page, holds, ...given) {
  for (let times = 0; ; times += 1) {
    const there = await page.evaluate(holds, ...given).catch(() => false);
    if (there) break;
    if (times > 150) throw new Error(`${page.url()}: waited in vain until ${holds}`);
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  await page.waitForLoadState();
}
