import { hex as hexCode } from '@scure/base';
import { commitField, type EntryContent, fieldsOf } from '../commitment.ts';
import type { Sha256 } from '../merkle.ts';
import { entryLine, type OpenedEntry, openedEntry, salts } from './format.ts';
import { BundleProblem } from './problem.ts';

const FIXED = new Set(['actor', 'agent', 'at', 'kind', 'requestId']);

const MISWRITTEN = 'the entry is not written as entries are';

/** An entry in its one spelling; half a surrogate pair, among others, has none. @param hashed the text of its leaf */
function parse(line: Uint8Array, number: number, hashed: { readonly text: string; readonly bytes: number }) {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(line);
    const { leaf, entry, salts: opened } = JSON.parse(text);
    const read = { entry: openedEntry.parse(entry), salts: salts.parse(opened) };
    if (entryLine(number, hashed, read.entry, read.salts) === text)
      return { leaf: leaf as [string, string][], ...read };
  } catch (cause) {
    throw new BundleProblem('format', number, MISWRITTEN, { cause });
  }
  throw new BundleProblem('format', number, MISWRITTEN);
}

/**
 * Opens the commitments of an entry whose leaf is in the tree: every field that it shows must be what was committed to,
 * and every field that it does not show must be named as withheld.
 * @param leaf the bytes that were hashed
 * @returns what it says, and how many fields are withheld
 */
export function openEntry(
  sha256: Sha256,
  line: Uint8Array,
  number: number,
  leaf: Uint8Array,
): { readonly withheld: number; readonly entry: OpenedEntry } {
  const parsed = parse(line, number, { text: new TextDecoder().decode(leaf), bytes: leaf.length });
  const refuse = (why: string) => new BundleProblem('opening', number, why);
  const values = new Map(fieldsOf(parsed.entry as EntryContent));
  if (parsed.leaf.length !== parsed.salts.length) throw refuse('it has not as many salts as fields');
  let withheld = 0;
  for (const [i, [path, commitment]] of parsed.leaf.entries()) {
    const salt = parsed.salts[i] ?? null;
    if (salt === null) {
      if (values.has(path) || FIXED.has(path)) throw refuse(`its field ${path} has no salt`);
      withheld += 1;
      continue;
    }
    if (!values.has(path)) throw refuse(`its field ${path} is not shown`);
    const field = { entryId: parsed.entry.id, path, salt: hexCode.decode(salt), value: values.get(path) };
    if (commitField(sha256, field) !== commitment)
      throw refuse(`its field ${path} is not what the log committed to`);
    values.delete(path);
  }
  const [extra] = values.keys();
  if (extra !== undefined) throw refuse(`its field ${extra} is not in the log`);
  return { withheld, entry: parsed.entry };
}
