// Which words a page may show. On a Chinese page English is left only where the record itself holds it in English
// alone (what people typed, citations, names), and on no page does the id of a message stand in the place of its words.
import { check } from './checks.mjs';

// Every text that the record holds in one language, from the API: whatever stands beside a Chinese text is none of them.
export async function singleTexts(one, request) {
  const ask = async (path) => {
    const answer = await request.get(one.bank.address + path);
    return answer.ok() ? answer.json() : null;
  };
  const texts = [];
  const gather = (value) => {
    if (typeof value === 'string') texts.push(plain(value));
    else if (Array.isArray(value)) value.forEach(gather);
    else if (value && typeof value === 'object') {
      const both = 'en' in value && 'zh-Hant' in value;
      for (const [name, inner] of Object.entries(value)) {
        if (both && name === 'en' && value.en !== value['zh-Hant']) continue;
        gather(inner);
      }
    }
  };
  const { paths } = await ask('/api/v1/openapi.json');
  for (const path of Object.keys(paths).filter((path) => paths[path].get && !path.includes('{'))) {
    if (/export|openapi|events/.test(path)) continue;
    const isList = (paths[path].get.parameters ?? []).some(({ name }) => name === 'limit');
    const answer = await ask(isList ? `${path}?limit=500` : path);
    gather(answer);
    if (!/\/(?:guidelines|uses)$/.test(path)) continue;
    for (const { id } of answer?.items ?? answer ?? []) gather(await ask(`${path}/${id}`));
  }
  return texts.join('\n');
}

const plain = (text) => text.replace(/\s+/g, ' ').trim();

// Three words in Latin letters in a row.
const ENGLISH = /[A-Za-z][A-Za-z'’-]+(?:[ ,;:]+[A-Za-z][A-Za-z'’-]*){2,}/g;

// Words, names and ids in Latin letters, as they stand between blanks and Chinese letters.
const WORD = /[A-Za-z][A-Za-z0-9_.@:/'’+-]*/g;
// What is written so in Chinese too: the product, formats, units, and what is all capitals or holds a figure.
const OURS = new Set(['Dualtrack', 'dualtrack', 'English', 'webhook', 'Webhook', 'KiB', 'MiB', 'GiB', 'KB', 'MB', 'cookie', 'passkey']);
const tokens = new Map();

// Every word that the record holds in one language.
function wordsOf(known) {
  if (!tokens.has(known)) tokens.set(known, new Set((known.match(WORD) ?? []).map(bare)));
  return tokens.get(known);
}
const bare = (word) => word.replace(/[.:/'’-]+$/, '');
// What is written together with signs is an id: of a control, a check, a dataset.
const isOurs = (word) => OURS.has(word) || word.length < 2 || /[\d_.:/+-]/.test(word) || word === word.toUpperCase();

// Looks at the texts of a Chinese page.
export async function isChinese(page, where, known) {
  const texts = await page.evaluate(() => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const parent = node.parentElement;
      if (!parent || parent.closest('code, pre, textarea, script, style, kbd')) continue;
      if (!parent.closest('[lang]')?.lang.startsWith('zh')) continue;
      const text = node.textContent.replace(/\s+/g, ' ').trim();
      if (text) found.push(text);
    }
    for (const named of document.querySelectorAll('[aria-label], [title], [placeholder], img[alt]')) {
      if (!named.closest('[lang]')?.lang.startsWith('zh')) continue;
      for (const name of ['aria-label', 'title', 'placeholder', 'alt']) {
        const text = named.getAttribute(name)?.replace(/\s+/g, ' ').trim();
        if (text) found.push(text);
      }
    }
    return found;
  });
  const left = texts.flatMap((text) => text.match(ENGLISH) ?? []).filter((english) => !known.includes(plain(english)));
  for (const english of new Set(left)) check(false, `${where}: English is left on a Chinese page: ${english}`, `English: ${english}`);
  const single = texts.flatMap((text) => text.match(WORD) ?? []).map(bare).filter((word) => !isOurs(word) && !wordsOf(known).has(word));
  for (const word of new Set(single)) check(false, `${where}: a word is left in English: ${word}`, `a word in English: ${word}`);
  if (left.length + single.length === 0) check(true, `${where}: no English is left`);
  check((await page.locator('html').getAttribute('lang')) === 'zh-Hant-HK', `${where}: says that it is Chinese`);
}

// Looks for ids of messages, and for words that were put together wrongly.
export async function isSaid(page, where) {
  const text = await page.evaluate(() => {
    const attributes = [...document.querySelectorAll('[aria-label], [title], [placeholder]')]
      .flatMap((one) => ['aria-label', 'title', 'placeholder'].map((name) => one.getAttribute(name) ?? ''));
    const main = document.body.cloneNode(true);
    main.querySelectorAll('code, pre, textarea, script, input').forEach((one) => one.remove());
    return [document.title, main.textContent, ...attributes].join('\n');
  });
  const missing = text.match(/\[[a-z]+(?:-[a-z0-9_]+)*\]|\{ ?\$[a-z-]+ ?\}/g) ?? [];
  check(missing.length === 0, `${where}: words are missing: ${[...new Set(missing)]}`, `words missing ${missing}`);
  const odd = text.match(/\b(?:undefined|NaN|null)\b|\bSome\(|\bNone\b(?=\))/g) ?? [];
  check(odd.length === 0, `${where}: says ${[...new Set(odd)]}`);
}
