// The journeys of people from start to end, as they go them: by links and forms, in either language, on a phone, without
// script, or by keyboard alone. What is done is read back from the page that follows.
import { axe } from './axe.mjs';
import { check } from './checks.mjs';
import { fits } from './crawl.mjs';
import { fill, open, send, signedIn } from './visitor.mjs';
import { isSaid } from './words.mjs';

// The ways in which each journey is gone; the tag keeps their records apart.
export const WAYS = [
  { tag: 'wide', language: 'en', width: 1280, script: true },
  { tag: 'phone', language: 'zh', width: 320, script: true },
  { tag: 'plain', language: 'zh', width: 1280, script: false },
  { tag: 'small', language: 'en', width: 320, script: false },
];

// A page of the way is whole: it answers, is said, fits.
async function whole(one, status, what) {
  const { page } = one;
  const where = `${what}, ${one.where}`;
  check(status === 200, `${where}: ${page.url()} answers ${status}: ${await problems(page)}`);
  await isSaid(page, where);
  await fits(page, where);
}

async function problems(page) {
  return (await page.locator('main [role=alert], main .problem').allInnerTexts()).join(' / ').slice(0, 300);
}

// Follows a link by where it leads; the status of the page.
async function follow(page, to) {
  const link = page.locator(`a[href^="${to}"]`).first();
  const [response] = await Promise.all([page.waitForNavigation(), link.click()]);
  return response?.status() ?? 200;
}

// Goes to a page of the frame as people do who have read its name.
async function goTo(one, to) {
  const menu = one.page.locator('nav.side details.menu:not([open]) > summary');
  if (await menu.count() > 0) await menu.click();
  return follow(one.page, to);
}

async function isDone(one, what) {
  const note = one.page.locator('main .notice a[href^="/ledger/entries/"], main .notice a[href^="/record/proposal/"]');
  check(await note.count() > 0, `${what}, ${one.where}: the page says that it was done and names the entry: ${one.page.url()}`);
}

async function blockers(page) {
  return page.locator('#blockers ~ .blockers').first().locator(':scope > li').count();
}

// J2: an owner registers a use, answers its questions, adds evidence, is refused and let through by its gate.
export async function owner(browser, bank, set) {
  const one = await signedIn(browser, bank, 'business-owner', set);
  const { page } = one;
  // Nobody invents an id: it is made of the name.
  const id = `queue-forecast-${set.tag}`;
  await whole(one, await goTo(one, '/uses'), 'J2: the uses');
  await whole(one, await follow(page, '/new/use'), 'J2: a new use');
  if (set.script) await axe(page, `J2: a new use, ${one.where}`);
  const first = { 'name.en': `Queue forecast ${set.tag}`, 'name.zh-Hant': `人流預測 ${set.tag}`, entity: 'harbour-bank' };
  // What is forgotten is said at the field, and nothing typed is lost.
  await fill(page, first);
  const refused = await send(page);
  check(refused === 422 && await page.locator('.field.wrong').count() > 0, `J2, ${one.where}: a purpose is asked for: ${refused}`);
  check(await page.inputValue('main form [name="name.en"]') === first['name.en'], `J2, ${one.where}: what was typed is there still`);
  await fill(page, { 'purpose.en': 'Foresees how many people come to a branch.', 'purpose.zh-Hant': '預測分行的人流。' });
  await whole(one, await send(page), 'J2: the use that was registered');
  check(new URL(page.url()).pathname === `/uses/${id}`, `J2, ${one.where}: leads to the use: ${page.url()}`);
  await isDone(one, 'J2: registering');
  const before = await blockers(page);
  check(before > 0, `J2, ${one.where}: something blocks its gate`);
  await whole(one, await follow(page, `/uses/${id}/profile`), 'J2: the questionnaire');
  const questions = await page.locator('main form input[type=radio]').evaluateAll((all) => [...new Set(all.map((one) => one.name))]);
  await fill(page, Object.fromEntries(questions.map((name) => [name, 'no'])));
  await whole(one, await send(page), 'J2: the use after its questions');
  await isDone(one, 'J2: answering');
  check(await blockers(page) < before, `J2, ${one.where}: answers settle what blocked`);
  await whole(one, await follow(page, `/uses/${id}/attest`), 'J2: adding evidence');
  await fill(page, { kind: 'risk-assessment', controls: 'hkma-ai-2019.audit-logs', 'statement.en': 'What can go wrong with the forecast was looked at.', 'statement.zh-Hant': '已評估預測可能出錯之處。' });
  const minutes = `Minutes of ${set.tag}.`;
  await page.setInputFiles('main form [name=file]', { name: 'minutes.txt', mimeType: 'text/plain', buffer: Buffer.from(minutes) });
  await whole(one, await send(page), 'J2: the evidence');
  await isDone(one, 'J2: adding evidence');
  check(new URL(page.url()).hash === '#blockers', `J2, ${one.where}: evidence leads back to what is left to do: ${page.url()}`);
  const of = `${bank.address}/api/v1/evidence?limit=500`;
  const { items } = await (await one.context.request.get(of)).json();
  const piece = items.map((item) => item.document ?? item).find((item) => item.about?.use === id);
  await whole(one, (await open(page, `/record/evidence/${piece.id}`)).status(), 'J2: the evidence on record');
  const kept = await page.locator('main a[href^="/api/v1/files/"]').first().getAttribute('href');
  const read = await one.context.request.get(bank.address + kept);
  check(await read.text() === minutes, `J2, ${one.where}: its file can be read from its page`);
  // The gate is shut: it takes an approval, and the owner is told that she may not give it.
  await approve(one, id, 'sandbox', 'compliance-officer', false);
  const second = await signedIn(browser, bank, 'compliance', set);
  await declined(second, id);
  await approve(second, id, 'sandbox', 'compliance-officer', true);
  await second.context.close();
  await open(page, `/uses/${id}`);
  await whole(one, await follow(page, '/do/advance'), 'J2: entering the sandbox');
  await whole(one, await send(page), 'J2: the use in the sandbox');
  await isDone(one, 'J2: entering the sandbox');
  const stage = await page.locator('.stages .now').innerText();
  check(stage !== '' && await page.locator('.stages .past').count() === 1, `J2, ${one.where}: it stands in the sandbox: ${stage}`);
  await one.context.close();
}

// Says no on the page of approvals, and why: those who decide after her are shown it.
async function declined(one, id) {
  const { page } = one;
  await whole(one, await goTo(one, '/approvals'), 'J4: the approvals');
  await whole(one, await follow(page, `/approvals/${id}`), 'J4: the pack');
  const why = `Who is told when the forecast is wrong (${id})?`;
  const way = page.locator('main a[href*="/do/comment"][href*="dissents=yes"]').first();
  await whole(one, await follow(page, await way.getAttribute('href')), 'J4: declining');
  await fill(page, { what: why });
  await whole(one, await send(page), 'J4: what was declined');
  await isDone(one, 'J4: declining');
  await whole(one, (await open(page, `/approvals/${id}`)).status(), 'J4: the pack with dissent');
  check((await page.locator('main').innerText()).includes(why), `J4, ${one.where}: the pack shows who disagrees`);
}

// Approves what stands on the page of approvals, or is refused with a reason.
async function approve(one, id, stage, role, may) {
  const { page } = one;
  const pack = await open(page, `/approvals/${id}`);
  const link = page.locator('a[href^="/do/approve"], form[action^="/do/approve"] button').first();
  if (pack.ok() && await link.count() > 0) {
    if (await link.evaluate((element) => element.tagName === 'A')) await follow(page, '/do/approve');
  } else {
    await open(page, `/uses/${id}`);
    const digest = (await page.locator('#facts ~ dl code').allInnerTexts()).find((text) => text.startsWith('sha256:'));
    const way = await open(page, `/do/approve?use=${id}&stage=${stage}&role=${role}&snapshot=${digest}`);
    if (!may) {
      const grounds = await page.locator('main details[open] dl').allInnerTexts();
      check(way.status() === 403 && grounds.join().length > 40, `${one.account.name} approves ${id}, ${one.where}: is told why not: ${way.status()} ${grounds}`);
      return;
    }
  }
  const given = page.locator('main form [name=role]').first();
  if (await given.count() > 0 && await given.isVisible()) await fill(page, { role });
  const status = await send(page);
  if (may) {
    check(status === 200, `approving ${id}, ${one.where}: answers ${status}: ${await problems(page)}`);
    await isDone(one, `approving ${id}`);
  } else check(false, `${one.account.name} is offered to approve ${id}, ${one.where}: ${status}`);
}

// J1, as far as guidelines can be read and coverage seen: from the list to a version in both languages, to what every use
// comes to under it, to one control of one use, to the entry of the ledger that proves it.
export async function compliance(browser, bank, set) {
  const one = await signedIn(browser, bank, 'compliance', set);
  const { page } = one;
  const guideline = 'hkma-ai-2019';
  await whole(one, (await open(page, '/guidelines')).status(), 'J1: the guidelines');
  await whole(one, await follow(page, `/guidelines/${guideline}`), 'J1: a guideline');
  for (const language of ['en', 'zh-Hant-HK']) {
    const side = page.locator(`main .columns [lang="${language}"]`).first();
    check((await side.innerText()).length > 20, `J1, ${one.where}: it is read in ${language}`);
  }
  await whole(one, await follow(page, `/guidelines/${guideline}?version=`), 'J1: a version');
  await whole(one, await follow(page, `/coverage/${guideline}`), 'J1: coverage under it');
  await whole(one, await follow(page, '/uses/client-assistant/controls/'), 'J1: a control of a use');
  const entry = page.locator('main a[href^="/ledger/entries/"]').first();
  if (check(await entry.count() === 1, `J1, ${one.where}: the control leads to the ledger: ${page.url()}`)) {
    await whole(one, await follow(page, '/ledger/entries/'), 'J1: the entry');
  }
  await whole(one, (await open(page, '/coverage?as_of=2026-11-30')).status(), 'J1: coverage as of a day');
  await whole(one, (await open(page, '/ledger')).status(), 'J1: the ledger');
  await whole(one, await send(page, 'main form[action="/ledger/verification"] button'), 'J1: verifying');
  const runs = page.locator('main .live');
  for (let times = 0; times < 60 && await runs.count() > 0; times += 1) {
    await page.waitForTimeout(300);
    await page.reload();
  }
  const came = await page.locator('main').innerText();
  check(await page.locator('main .notice.good').count() > 0, `J1, ${one.where}: the ledger holds: ${came}`);
  check(!/missing or twice:|遺漏或重複：/.test(came), `J1, ${one.where}: every number was given once: ${came}`);
  await one.context.close();
}

// J3: a validator finds, the owner answers, only the validator closes; she gives an opinion; who built may not.
export async function validator(browser, bank, set) {
  // What the owner registered before: nobody validates it yet.
  const of = `queue-forecast-${set.tag}`;
  const one = await signedIn(browser, bank, 'validator', set);
  const { page } = one;
  const id = `holidays-${set.tag}`;
  await whole(one, await goTo(one, '/validation'), 'J3: the queue');
  await whole(one, await follow(page, `/uses/${of}/validation`), 'J3: the bench');
  await whole(one, await follow(page, '/do/claim-validation'), 'J3: claiming');
  await whole(one, await send(page), 'J3: the claimed use');
  await isDone(one, 'J3: claiming');
  await whole(one, (await open(page, `/uses/${of}/validation`)).status(), 'J3: the bench, hers');
  await whole(one, await follow(page, '/do/find'), 'J3: a finding');
  await fill(page, { id, severity: 'medium', statement: `It does not know of public holidays (${set.tag}).` });
  await whole(one, await send(page), 'J3: the finding');
  await isDone(one, 'J3: finding');
  // It waits for the owner where she looks first.
  const owning = await signedIn(browser, bank, 'business-owner', set);
  await open(owning.page, '/');
  await whole(owning, await follow(owning.page, `/do/answer-finding?finding=${id}`), 'J3: answering');
  await fill(owning.page, { answer: 'The calendar of the Government is read from now on.' });
  await whole(owning, await send(owning.page), 'J3: the answer');
  check(await owning.page.locator('main a[href^="/do/close-finding"]').count() === 0, `J3, ${one.where}: who answers is not offered to close`);
  const closing = await open(owning.page, `/do/close-finding?finding=${id}`);
  check(closing.status() === 403, `J3, ${one.where}: who answers does not close: ${closing.status()}`);
  await owning.context.close();
  await open(page, '/');
  await whole(one, await follow(page, `/do/close-finding?finding=${id}`), 'J3: closing');
  await fill(page, { because: 'Asked for Buddha’s birthday, it foresees fewer people.' });
  await whole(one, await send(page), 'J3: the closed finding');
  await isDone(one, 'J3: closing');
  await open(page, `/uses/${of}/validation`);
  await whole(one, await follow(page, '/do/give-opinion'), 'J3: an opinion');
  await fill(page, {
    id: `opinion-${set.tag}`, fitness: 'fit-with-conditions', conditions: 'Watch typhoons | 留意颱風日',
    limitations: 'Twelve months of three branches.', not_tested: 'Days with typhoon signals.',
  });
  await whole(one, await send(page), 'J3: the opinion');
  await isDone(one, 'J3: giving an opinion');
  await again(one);
  await one.context.close();
}

// Runs one check once more on the data whose digests are on record: the result is the validator's own.
async function again(one) {
  const { page } = one;
  const of = 'credit-card-default';
  await whole(one, (await open(page, `/uses/${of}/validation`)).status(), 'J3: the bench');
  const form = 'main form[action$="/assessment"]';
  const key = await page.locator(`${form} option`).nth(1).getAttribute('value');
  await page.selectOption(`${form} select`, key);
  await whole(one, await send(page, `${form} button`), 'J3: one check again');
  // Without scripts a page is read anew.
  const done = page.locator('main .notice.good a[href^="/ledger/entries/"]');
  for (let times = 0; times < 60 && await done.count() === 0; times += 1) {
    await page.waitForTimeout(500);
    if (one.where.includes('without script')) await page.reload();
  }
  check(await done.count() === 1, `J3, ${one.where}: the check ran: ${await page.locator('main').innerText()}`);
  const answer = await one.context.request.get(`${one.bank.address}/api/v1/evidence?limit=500`);
  const { items } = await answer.json();
  const own = items.map((item) => item.document ?? item).filter((piece) => piece.key === key && piece.by === one.account.person);
  check(own.length > 0, `J3, ${one.where}: the result is hers: ${key}`);
}

// J4: operations stop a use in one step; whoever owns it cannot start it again alone; an incident is opened and contained.
export async function operations(browser, bank, set) {
  const of = 'research-assistant';
  const one = await signedIn(browser, bank, 'operations', set);
  const { page } = one;
  await open(page, `/uses/${of}`);
  await whole(one, await follow(page, '/do/suspend'), 'J4: suspending');
  await fill(page, { 'because.en': 'It names clients.', 'because.zh-Hant': '輸出包含客戶姓名。' });
  await whole(one, await send(page), 'J4: the suspended use');
  await isDone(one, 'J4: suspending');
  check((await page.locator('.notice.stop').innerText()).includes(set.language === 'zh' ? '輸出包含客戶姓名' : 'It names clients'),
    `J4, ${one.where}: the page says why it is suspended`);
  // Whoever stopped it does not start it again alone.
  check(await page.locator('main a[href^="/do/resume"]').count() === 0, `J4, ${one.where}: whoever stopped it is not offered to start it`);
  const alone = await open(page, `/do/resume?use=${of}`);
  check(alone.status() === 403, `J4, ${one.where}: nor starts it: ${alone.status()}`);
  await open(page, `/uses/${of}`);
  await resume(browser, bank, set, of);
  await open(page, `/uses/${of}`);
  check(await page.locator('main .notice.stop').count() === 0, `J4, ${one.where}: it runs again`);
  const incident = `names-${set.tag}`;
  await whole(one, await follow(page, '/report-incident'), 'J4: an incident');
  await fill(page, { id: incident, title: 'Names of clients in a summary.', severity: 'low', discovered: '2026-11-30T09:30' });
  await whole(one, await send(page), 'J4: the incident');
  await open(page, `/incidents/${incident}`);
  const way = page.locator('main a[href*="/do/contain"][href*="measure=force-review"]').first();
  await whole(one, await follow(page, await way.getAttribute('href')), 'J4: forcing review');
  await fill(page, { because: 'Until the filter is mended.' });
  await whole(one, await send(page), 'J4: containing');
  await one.context.close();
}

// Lifts a suspension; where it takes two people, a second one confirms it.
async function resume(browser, bank, set, of) {
  const one = await signedIn(browser, bank, 'compliance', set);
  await open(one.page, `/uses/${of}`);
  await whole(one, await follow(one.page, '/do/resume'), 'J4: lifting the suspension');
  await fill(one.page, { because: 'The filter takes names out now.' });
  await whole(one, await send(one.page), 'J4: the use that may run again');
  await isDone(one, 'J4: lifting the suspension');
  const proposal = new URL(one.page.url()).searchParams.get('proposal');
  await one.context.close();
  if (!proposal) return;
  const two = await signedIn(browser, bank, 'risk', set);
  await open(two.page, `/record/proposal/${proposal}`);
  await whole(two, await follow(two.page, '/do/confirm-proposal'), 'J4: confirming');
  await whole(two, await send(two.page), 'J4: the use that runs again');
  await isDone(two, 'J4: confirming');
  await two.context.close();
}

// J2 once more, without touching a mouse: every step is reached by Tab, and what has the focus shows it.
export async function byKeyboard(browser, bank) {
  const one = await signedIn(browser, bank, 'assistant-owner', { tag: 'keys' });
  const { page } = one;
  await open(page, '/');
  // The first Tab leads past the frame.
  await page.keyboard.press('Tab');
  check(await page.evaluate(() => document.activeElement.classList.contains('skip')), 'by keyboard: the first Tab leads past the frame');
  await page.keyboard.press('Enter');
  check(await page.evaluate(() => document.activeElement.id === 'main'), 'by keyboard: the skip link leads to what the page says');
  await tabTo(page, 'nav.side a[href="/uses"]', true);
  await enter(page);
  await tabTo(page, 'main a[href="/new/use"]');
  await enter(page);
  const id = 'queue-forecast-by-keyboard';
  await tabTo(page, '[name="name.en"]');
  await page.keyboard.type('Queue forecast by keyboard');
  await tabTo(page, '[name="entity"]');
  await page.keyboard.press('ArrowDown');
  await tabTo(page, '[name="purpose.en"]');
  await page.keyboard.type('Foresees how many people come.');
  await tabTo(page, 'main form button[type=submit]');
  await enter(page);
  check(new URL(page.url()).pathname === `/uses/${id}`, `by keyboard: the use is registered: ${page.url()} ${await problems(page)}`);
  await tabTo(page, `a[href^="/uses/${id}/profile"]`);
  await enter(page);
  await tabTo(page, '[name="profile.personal_data"]');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowDown');
  await tabTo(page, 'main form button[type=submit]');
  await enter(page);
  await isDone(one, 'by keyboard: answering');
  await tabTo(page, `a[href^="/do/suspend?use=${id}"]`);
  await enter(page);
  await tabTo(page, '[name="because.en"]');
  await page.keyboard.type('A drill.');
  await tabTo(page, 'main form button[type=submit]');
  await enter(page);
  check(await page.locator('.notice.stop').count() > 0, `by keyboard: the use is suspended: ${page.url()} ${await problems(page)}`);
  await one.context.close();
}

// J3: a finding raised from the bench; J4: an incident reported, and the use paused for it.
export async function othersByKeyboard(browser, bank) {
  const validating = await signedIn(browser, bank, 'validator', { tag: 'keys' });
  await open(validating.page, '/uses/client-assistant/validation');
  await tabTo(validating.page, 'main a[href^="/do/find"]');
  await enter(validating.page);
  await tabTo(validating.page, '[name="severity"]');
  await validating.page.keyboard.press('ArrowDown');
  await tabTo(validating.page, '[name="statement"]');
  await validating.page.keyboard.type('Found by keyboard.');
  await tabTo(validating.page, 'main form button[type=submit]');
  await enter(validating.page);
  await isDone(validating, 'by keyboard: raising a finding');
  await validating.context.close();

  const operating = await signedIn(browser, bank, 'operations', { tag: 'keys' });
  const { page } = operating;
  await open(page, '/uses/client-assistant');
  await tabTo(page, 'main a[href^="/report-incident"]');
  await enter(page);
  await tabTo(page, '[name="title"]');
  await page.keyboard.type('It answers wrongly, by keyboard.');
  await tabTo(page, '[name="severity"]');
  await page.keyboard.press('ArrowDown');
  await tabTo(page, 'main form button[type=submit]');
  await enter(page);
  await isDone(operating, 'by keyboard: reporting an incident');
  if (!new URL(page.url()).pathname.startsWith('/incidents/')) {
    await tabTo(page, 'main a[href^="/incidents/"]');
    await enter(page);
  }
  await tabTo(page, 'main a[href*="/do/contain"][href*="measure=pause"]');
  await enter(page);
  await tabTo(page, '[name="because"]');
  await page.keyboard.type('It misleads.');
  await tabTo(page, 'main form button[type=submit]');
  await enter(page);
  await isDone(operating, 'by keyboard: pausing');
  await open(page, '/uses/client-assistant');
  check(await page.locator('main .notice.stop', { hasText: 'It misleads.' }).count() === 1, `by keyboard: the use says that it is paused: ${page.url()}`);
  await operating.context.close();
}

async function enter(page) {
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
}

// Presses Tab until what is looked for has the focus; each stop on the way shows that it has it.
async function tabTo(page, selector, back = false) {
  for (let times = 0; times < 250; times += 1) {
    await page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
    const at = await page.evaluate((wanted) => {
      const one = document.activeElement;
      const style = getComputedStyle(one);
      return {
        is: one.matches(wanted), body: one === document.body, name: one.outerHTML.slice(0, 80),
        shown: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 || one.id === 'main',
      };
    }, selector);
    if (!at.body) check(at.shown, `by keyboard: ${at.name} on ${page.url()} shows that it has the focus`, 'focus is not shown');
    if (at.is) return;
  }
  throw new Error(`by keyboard: ${selector} is not reached on ${page.url()}`);
}
