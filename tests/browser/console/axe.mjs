// axe-core in a page: nothing serious may be found.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { check } from './checks.mjs';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// Looks at the page as it is shown now; with `rules`, at those alone.
export async function axe(page, where, rules) {
  await page.evaluate(source);
  const found = await page.evaluate(async (only) => {
    const set = { resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } };
    if (only) set.runOnly = { type: 'rule', values: only };
    const result = await window.axe.run(document, set);
    return result.violations.map((one) => ({
      id: one.id, impact: one.impact, count: one.nodes.length, at: String(one.nodes[0]?.target),
      html: one.nodes[0]?.html.slice(0, 160), said: one.nodes[0]?.failureSummary?.split('\n')[1],
    }));
  }, rules);
  const serious = found.filter((one) => ['serious', 'critical'].includes(one.impact));
  for (const one of serious) {
    check(false, `${where}: axe: ${one.id} ${one.at}: ${one.said} ${one.html} (${one.count} places)`, `axe ${one.id} ${one.at}`);
  }
  if (serious.length === 0) check(true, `${where}: axe finds nothing serious`);
}
