// What was found to hold and what not: every statement is counted, and those that fail are said at the end.
import { performance } from 'node:perf_hooks';

let passed = 0;
const failures = new Map();
const notes = [];

// A statement that must hold. Of statements that fail alike, the first is said and the others are counted.
export function check(holds, statement, alike = statement) {
  if (holds) {
    passed += 1;
    return true;
  }
  const known = failures.get(alike);
  if (known) known.more += 1;
  else failures.set(alike, { statement, more: 0 });
  return false;
}

// A figure, printed and not judged.
export function note(text) {
  notes.push(text);
}

// Runs a part; what breaks in it fails that part and no other.
export async function part(name, run) {
  if (process.env.DUALTRACK_PART && !name.includes(process.env.DUALTRACK_PART)) return;
  const begun = performance.now();
  try {
    await run();
  } catch (error) {
    check(false, `${name}: ${String(error.stack ?? error).split('\n').slice(0, 12).join('\n    ')}`);
  }
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  console.log(`console: ${name} (${seconds} s)`);
}

// Says what came of it; whether all of it holds.
export function summary() {
  for (const text of notes) console.log(`console: ${text}`);
  for (const { statement, more } of failures.values()) {
    console.log(`FAILED ${statement}${more > 0 ? ` (and ${more} alike)` : ''}`);
  }
  console.log(`console: ${passed} passed, ${failures.size} failed`);
  return failures.size === 0 && passed > 0;
}
