// Passkeys in a real browser, with the authenticator that Chromium plays: a person adds one, signs in with it, and
// approves with it.

// `bank` is the address of a demo and its accounts by name.
export async function passkeys(browser, bank, check) {
  for (const language of ['en-GB', 'zh-HK']) await inLanguage(browser, bank, check, language);
  await elsewhere(browser, bank, check);
  await withoutScript(browser, bank, check);
}

async function inLanguage(browser, bank, check, language) {
  // Browsers make passkeys for names: this machine is called localhost.
  const address = bank.address.replace('127.0.0.1', 'localhost');
  const one = await person(browser, check, language, address);
  const { page } = one;
  const account = bank.accounts.get('compliance');
  await page.goto(`${address}/sign-in?next=/account`);
  await byPassword(page, account);
  check(new URL(page.url()).pathname === '/account', `signing in goes on to the account: ${page.url()}`);

  await page.fill('form[action="/account/passkeys"] [name=name]', `Phone ${language}`);
  await press(page, 'form[action="/account/passkeys"] .passkey button');
  check(page.url().includes('said=passkey-added'), `a passkey is added: ${page.url()} ${await said(page)}`);
  check(await page.locator('#passkeys ~ div', { hasText: `Phone ${language}` }).count() > 0, 'the passkey is listed');
  check((await one.keys()).length === 1, 'the device holds one passkey');

  // The same device makes no second one.
  await page.fill('form[action="/account/passkeys"] [name=name]', 'The same');
  await page.locator('form[action="/account/passkeys"] .passkey button').click();
  const refused = page.locator('form[action="/account/passkeys"] .passkey .problem');
  await refused.filter({ hasText: /./ }).waitFor();
  check((await one.keys()).length === 1, `a device that holds one makes no other: ${await refused.innerText()}`);

  await Promise.all([page.waitForNavigation(), page.click('form[action="/sign-out"] button')]);
  await page.goto(`${address}/sign-in?next=/uses`);
  await press(page, '.passkey button');
  check(new URL(page.url()).pathname === '/uses', `a passkey signs in and goes on: ${page.url()} ${await said(page)}`);

  // Nobody is at the device: the page says so, and the password is asked for as before.
  await Promise.all([page.waitForNavigation(), page.click('form[action="/sign-out"] button')]);
  await one.verified(false);
  await page.locator('.passkey button').click();
  await page.locator('.passkey .problem').filter({ hasText: /./ }).waitFor();
  check(await page.locator('input[name=password][required]').count() === 1, 'what failed leaves the form as it was');
  await one.verified(true);
  await press(page, '.passkey button');

  const use = `passkey-${language.toLowerCase()}-${Date.now().toString(36)}`;
  await registered(browser, bank, check, use);
  await grown(browser, bank, check, account.person, 'grant-role');
  // Her offices changed, so what approvals need is to be shown again.
  await page.goto(`${address}/uses/${use}`);
  const digest = (await page.locator('dl code').allInnerTexts()).find((text) => text.startsWith('sha256:'));
  await page.goto(`${address}/do/approve?use=${use}&stage=sandbox&role=compliance-officer&snapshot=${digest}`);
  check(await page.locator('main form input[name=password]').count() === 1, 'the form asks who she is again');
  const role = page.locator('main form select[name=role]');
  if (await role.count() > 0) await role.selectOption('compliance-officer');
  await press(page, 'main form .passkey button');
  check(page.url().includes('done=approve'), `a passkey approves: ${page.url()} ${await said(page)}`);
  await grown(browser, bank, check, account.person, 'revoke-role');

  // She removes it; the device has it still, and it lets nobody in.
  await page.goto(`${address}/account`);
  await Promise.all([page.waitForNavigation(), page.locator('a[href^="/account/passkeys/"]').first().click()]);
  await press(page, 'form[action$="/remove"] button');
  check(page.url().includes('said=passkey-removed'), `a passkey is removed: ${page.url()}`);
  await Promise.all([page.waitForNavigation(), page.click('form[action="/sign-out"] button')]);
  await press(page, '.passkey button');
  check(await page.locator('form[action="/sign-out"]').count() === 0, 'a removed passkey lets nobody in');
  check((await said(page)) !== '', 'and the page says why');
  await one.context.close();
}

// Under a number browsers make none: the page leads to where they do.
async function elsewhere(browser, bank, check) {
  const one = await person(browser, check, 'en-GB', bank.address);
  await one.page.goto(`${bank.address}/sign-in?next=/uses`);
  check(!(await one.page.locator('.passkey button').isVisible()), 'no button where there are no passkeys');
  const to = await one.page.locator('.passkey .elsewhere a').getAttribute('href');
  check(to === `${bank.address.replace('127.0.0.1', 'localhost')}/sign-in?next=/uses`, `the page leads there: ${to}`);
  await one.context.close();
}

// Without script the password stays, and nothing is shown that does nothing.
async function withoutScript(browser, bank, check) {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  const address = bank.address.replace('127.0.0.1', 'localhost');
  await page.goto(`${address}/sign-in?next=/account`);
  check(!(await page.locator('.passkey button').isVisible()), 'no button without script');
  await byPassword(page, bank.accounts.get('committee'));
  check(new URL(page.url()).pathname === '/account', 'the password signs in without script');
  check(await page.locator('.passkey .without').isVisible(), 'the account says that adding takes script');
  await context.close();
}

// A browser of a person, with a device that verifies her.
async function person(browser, check, locale, address) {
  const context = await browser.newContext({ locale, viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  page.on('pageerror', (error) => check(false, `${page.url()}: script fails: ${error}`));
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' && !text.startsWith('Failed to load')) check(false, `${page.url()}: ${text}`);
  });
  page.on('request', (request) => check(request.url().startsWith(address), `${request.url()} is elsewhere`));
  const devices = await context.newCDPSession(page);
  await devices.send('WebAuthn.enable');
  const { authenticatorId } = await devices.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  const keys = async () => (await devices.send('WebAuthn.getCredentials', { authenticatorId })).credentials;
  const verified = (isUserVerified) => devices.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
  return { context, page, keys, verified };
}

async function byPassword(page, account) {
  await page.fill('input[name=name]', account.name);
  await page.fill('input[name=password]', account.password);
  await Promise.all([page.waitForNavigation(), page.click('form.form button[type=submit]')]);
}

async function press(page, button) {
  await Promise.all([page.waitForNavigation(), page.locator(button).first().click()]);
}

async function said(page) {
  return (await page.locator('[role=alert]').allInnerTexts()).join(' ').trim();
}

// A use that waits for an approval.
async function registered(browser, bank, check, id) {
  const page = await asked(browser, bank, 'business-owner');
  await page.goto(`${bank.address}/new/use`);
  for (const [name, value] of Object.entries({
    'name.en': id,
    'name.zh-Hant': `人流預測 ${id}`,
    'purpose.en': 'Foresees how many people come to a branch.',
    'purpose.zh-Hant': '預測分行的人流。',
  })) await page.fill(`main form [name="${name}"]`, value);
  await page.locator('main form [name=entity]').selectOption('harbour-bank');
  await press(page, 'main form.form button[type=submit]');
  check(page.url().includes(`/uses/${id}`), `a use is registered: ${page.url()} ${await said(page)}`);
  await page.context().close();
}

// One office more for a person, or that one less.
async function grown(browser, bank, check, of, action) {
  const page = await asked(browser, bank, 'administrator');
  const data = { person: of, role: 'operations' };
  const answer = await page.request.post(`${bank.address}/api/v1/actions/${action}`, { data, headers: OURS });
  check(answer.ok(), `${action}: ${answer.status()} ${await answer.text()}`);
  await page.context().close();
}

async function asked(browser, bank, name) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${bank.address}/sign-in`);
  await byPassword(page, bank.accounts.get(name));
  return page;
}

const OURS = { 'sec-fetch-site': 'same-origin' };
