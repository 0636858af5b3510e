// Sorting, filtering and paging change the page where one stands, and it stays a page: with its address, its title, the
// way back, and what went wrong said in full.
import { check } from './checks.mjs';
import { arrived, open, signedIn } from './visitor.mjs';

const pressed = async (page, link) => {
  const to = await link.getAttribute('href');
  await link.click();
  await arrived(page, (end) => window.location.href.endsWith(end)
    && !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling'), to.replace(/^[^?]*/, ''));
};

export async function inPlace(browser, bank) {
  const one = await signedIn(browser, bank, 'compliance');
  const { page } = one;
  await open(page, '/uses');
  const before = page.url();
  const isSame = () => page.evaluate(() => window.sameWindow === true);
  await page.evaluate(() => { window.sameWindow = true; });
  const names = () => page.locator('main tbody tr th a').allInnerTexts();
  const first = await names();
  const sort = page.locator('main thead a').first();
  for (let times = 0; times < 2; times += 1) {
    await pressed(page, sort);
  }
  const sorted = await names();
  check(await isSame(), 'sorting in place: the page is not loaded anew');
  check(sorted.length === first.length && sorted.join() === [...first].reverse().join(), `sorting in place: rows are sorted: ${first} then ${sorted}`);
  check(await page.locator('html > body > header').count() === 1 && await page.locator('main').count() === 1, 'sorting in place: it is one page still');
  check(await page.evaluate(() => document.activeElement.id) === 'main', 'sorting in place: the keyboard stands in the page');
  const back = await page.inputValue('header input[name=back]');
  check(back.includes('sort='), `sorting in place: another language is asked for at the same place: ${back}`);
  // The way back is the one that was taken.
  for (let times = 0; times < 2; times += 1) {
    const from = page.url();
    await page.evaluate(() => { window.sameWindow = true; window.history.back(); });
    await arrived(page, (left) => window.location.href !== left && !window.sameWindow
      && document.readyState === 'complete', from);
  }
  check(page.url() === before, `sorting in place: the back button leads to where one was: ${page.url()}`);
  check((await names()).join() === first.join(), 'sorting in place: the back button leads back');
  // A session that ended is said as a page of its own.
  await page.locator('main thead a').first().waitFor();
  await page.evaluate(() => { window.sameWindow = true; });
  await one.context.clearCookies({ name: '__Host-dualtrack' });
  await page.locator('main thead a').first().click();
  await page.locator('input[name=password]').waitFor();
  check(page.url().includes('/sign-in'), `sorting in place: an ended session leads to the door: ${page.url()}`);
  check(await page.locator('form[action="/sign-out"]').count() === 0, 'sorting in place: nothing of the session is left on the page');
  await one.context.close();
}
