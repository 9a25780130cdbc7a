/** Half a surrogate pair is no character: no ledger entry can hold it. NUL is one that PostgreSQL cannot store. */
const UNSTORABLE = /[\p{Cs}\0]/u;

/** Whether all text of a value could be stored, names of fields included. Walks with a list of its own: a body nests deeper than a stack. */
export function isStorable(value: unknown): boolean {
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next === 'string' && UNSTORABLE.test(next)) return false;
    if (typeof next !== 'object' || next === null) continue;
    if (!Array.isArray(next)) waiting.push(...Object.keys(next));
    waiting.push(...Object.values(next));
  }
  return true;
}
