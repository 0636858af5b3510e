// What goes wrong with forms in a browser: a double click, the back button, a session that ended, a form that is stale.
import { check } from './checks.mjs';
import { arrived, fill, open, send, signedIn } from './visitor.mjs';

// Two clicks at once count once.
export async function doubleClick(browser, bank) {
  for (const script of [true, false]) {
    const one = await signedIn(browser, bank, 'validator', { script });
    const { page } = one;
    await open(page, '/do/find?use=transaction-monitoring');
    const id = await page.inputValue('main form [name=id]');
    await fill(page, { severity: 'low', statement: `Clicked twice, ${script ? 'with' : 'without'} script.` });
    const button = page.locator('main form.form button[type=submit]');
    await button.dblclick({ noWaitAfter: true });
    await arrived(page, () => document.readyState === 'complete' && !window.location.pathname.startsWith('/do/'));
    const status = await page.evaluate(() => document.querySelector('main h1').textContent);
    check(page.url().includes(`/record/finding/${id}`), `a double click, ${one.where}: leads to what was done: ${page.url()} ${status}`);
    const versions = await page.locator('#history ~ .scroll tbody tr').count();
    check(versions === 1, `a double click, ${one.where}: counts once, not ${versions} times`);
    await one.context.close();
  }
}

// Going back after a decision and sending it again decides nothing more.
export async function backButton(browser, bank) {
  const one = await signedIn(browser, bank, 'operations');
  const { page } = one;
  const of = 'transaction-monitoring';
  const versions = async () => {
    const answer = await one.context.request.get(`${bank.address}/api/v1/uses/${of}/history`);
    return (await answer.json()).length;
  };
  await open(page, `/do/suspend?use=${of}`);
  await fill(page, { 'because.en': 'A drill.' });
  await send(page);
  const before = await versions();
  check(await page.locator('.notice.stop').count() > 0, 'the back button: the use is suspended');
  await page.goBack();
  check(page.url().includes('/do/suspend'), `the back button leads to the form: ${page.url()}`);
  await fill(page, { 'because.en': 'A drill.' });
  const status = await send(page);
  check(await versions() === before, `the back button: a decision that was made is not made again (${status})`);
  check(status === 200 || await page.locator('[role=alert]').count() > 0, `the back button: says why not: ${status}`);
  await one.context.close();
  const second = await signedIn(browser, bank, 'compliance');
  await open(second.page, `/do/resume?use=${of}`);
  await fill(second.page, { because: 'The drill is over.' });
  await send(second.page);
  await second.context.close();
}

// A session that ends while a form is filled in: what was typed waits behind the sign-in page.
export async function endedSession(browser, bank) {
  for (const set of [{ language: 'en' }, { language: 'zh', width: 320, script: false }]) {
    const one = await signedIn(browser, bank, 'validator', set);
    const { page, where } = one;
    await open(page, '/do/find?use=client-assistant');
    const typed = 'A new prompt: “calm”,\nand <b>shorter</b> answers.';
    await fill(page, { statement: typed, severity: 'medium' });
    await one.context.clearCookies({ name: '__Host-dualtrack' });
    const status = await send(page);
    check(status === 401, `an ended session, ${where}: asks to sign in: ${status}`);
    check(await page.locator('.notice.warn').count() === 1, `an ended session, ${where}: says that the form waits`);
    await fill(page, { name: 'validator', password: 'not this one' });
    check(await send(page) === 401, `an ended session, ${where}: a wrong password is refused`);
    await fill(page, { name: 'validator', password: one.account.password });
    check(await send(page) === 200, `an ended session, ${where}: signs in`);
    check(await send(page) === 200, `an ended session, ${where}: shows the form again: ${page.url()}`);
    const kept = await page.inputValue('main form [name="statement"]');
    check(kept.replace(/\r\n/g, '\n') === typed, `an ended session, ${where}: nothing typed is lost: ${kept}`);
    check(await page.isChecked('main form [name="severity"][value="medium"]'), `an ended session, ${where}: nothing chosen is lost`);
    check(await send(page) === 200 && page.url().includes('done=find'), `an ended session, ${where}: it can be sent: ${page.url()}`);
    await one.context.close();
  }
}

// Two people change the same use: the second is told, and keeps what she typed.
export async function staleForm(browser, bank) {
  const one = await signedIn(browser, bank, 'compliance');
  const two = await signedIn(browser, bank, 'business-owner');
  const path = '/edit/use/credit-card-default';
  await open(one.page, path);
  await open(two.page, path);
  await fill(two.page, { next_review: '2027-03-31' });
  check(await send(two.page) === 200, 'a stale form: the first change is made');
  await fill(one.page, { 'affects.en': 'People who ask for a card, as I typed it.' });
  check(await send(one.page) === 412, 'a stale form: the second is told');
  check(await one.page.inputValue('main form [name="affects.en"]') === 'People who ask for a card, as I typed it.', 'a stale form: keeps what was typed');
  check(await one.page.locator('.notice a[href="/uses/credit-card-default"]').count() > 0, 'a stale form: leads to what changed');
  await one.context.close();
  await two.context.close();
}

// Text that means harm, entered and shown: it is text everywhere.
export async function hostileText(browser, bank) {
  const one = await signedIn(browser, bank, 'validator', { width: 320 });
  const { page } = one;
  const hostile = '"><img src=x onerror="document.title=1"><script>document.title=2</script> ‮txet ' + 'W'.repeat(300) + '字'.repeat(300);
  await open(page, '/do/find?use=research-assistant');
  await fill(page, { id: 'hostile-text', severity: 'low', statement: hostile });
  await send(page);
  for (const path of ['/record/finding/hostile-text', '/uses/research-assistant', '/search?q=hostile', `/search?q=${encodeURIComponent('"><script>document.title=3</script>')}`]) {
    await open(page, path);
    check(!/^\d$/.test(await page.title()), `hostile text runs on ${path}`);
    check(await page.locator('main img, main script').count() === 0, `hostile text becomes a part of ${path}`);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    check(over <= 0, `hostile text breaks the layout of ${path} by ${over} px`);
  }
  await one.context.close();
}
