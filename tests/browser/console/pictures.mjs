// Pictures of the main screens for people to look at, in both languages, dark and light, and on paper.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { check, note } from './checks.mjs';
import { open, signedIn } from './visitor.mjs';

// Screens and who looks at them; those that nothing links to yet are left out.
const SCREENS = [
  ['home', 'business-owner', '/'],
  ['uses', 'compliance', '/uses'],
  ['use', 'business-owner', '/uses/credit-card-default'],
  ['form', 'business-owner', '/new/use'],
  ['assessment', 'developer', '/uses/credit-card-default/assessment'],
  ['coverage', 'compliance', '/coverage'],
  ['guidelines', 'compliance', '/guidelines'],
  ['guideline', 'compliance', '/guidelines/hkma-ai-2019'],
  ['approval', 'committee', '/approvals/credit-card-default'],
  ['validation', 'validator', '/validation'],
  ['bench', 'validator', '/uses/credit-card-default/validation'],
  ['incidents', 'operations', '/incidents'],
  ['lapses', 'compliance', '/lapses'],
  ['providers', 'compliance', '/providers'],
  ['flows', 'data-protection', '/flows'],
  ['people', 'administrator', '/people'],
  ['ledger', 'auditor', '/ledger'],
  ['trail', 'auditor', '/trail'],
  ['settings', 'administrator', '/settings'],
  ['account', 'business-owner', '/account'],
];

export async function pictures(browser, bank, folder) {
  mkdirSync(folder, { recursive: true });
  for (const [language, theme] of [['en', 'light'], ['zh', 'light'], ['en', 'dark'], ['zh', 'dark']]) {
    const visitors = new Map();
    for (const [name, account, path] of SCREENS) {
      if (!visitors.has(account)) visitors.set(account, await signedIn(browser, bank, account, { language, theme }));
      const { page } = visitors.get(account);
      if (!(await open(page, path)).ok()) continue;
      const file = join(folder, `console-${name}.${language === 'zh' ? 'zh-Hant' : 'en'}`);
      if (theme === 'dark') {
        await page.screenshot({ path: `${file}.dark.png` });
        continue;
      }
      // Those of docs/pictures are these.
      const picture = await page.screenshot({ path: `${file}.png` });
      check(picture.length <= 200 * 1024, `the picture of ${path} takes ${picture.length} bytes`);
      await page.screenshot({ path: `${file}.whole.png`, fullPage: true });
    }
    for (const one of visitors.values()) await one.context.close();
  }
  note(`pictures are in ${folder}`);
}

// Pages print: what cannot be clicked on paper is not there, and what was folded is.
export async function paper(browser, bank) {
  const one = await signedIn(browser, bank, 'compliance');
  for (const path of ['/uses/credit-card-default', '/coverage', '/guidelines/hkma-ai-2019', '/']) {
    await open(one.page, path);
    const pdf = await one.page.pdf({ format: 'A4' });
    check(pdf.length > 10_000, `${path} prints`);
    await one.page.emulateMedia({ media: 'print' });
    const shown = await one.page.locator('nav.side, .top .tools, .top .search').evaluateAll((all) => all.filter((one) => one.offsetParent !== null).length);
    check(shown === 0, `${path} prints without what can only be clicked`);
    await one.page.emulateMedia({ media: null });
  }
  await one.context.close();
}
