import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commitField, hashLeaf, jcs } from '../../shared/ledger/commitment.ts';
import { judge, newLedgerKey, sha256, TestLog } from '../fixtures/evidence-log.ts';

/** The whole figure of the requirement is 5,000 mutations of 10,000 entries; `npm test` runs a short version of it. */
const FULL = process.env.SALLYPORT_FAULTS === 'full';
const ENTRIES = Number(process.env.SALLYPORT_MUTATION_ENTRIES ?? (FULL ? 10_000 : 400));
const MUTATIONS = Number(process.env.SALLYPORT_MUTATIONS ?? (FULL ? 5_000 : 150));
const SEED = Number(process.env.SALLYPORT_MUTATION_SEED ?? 20260101);
const PATIENCE_MS = 4 * 60 * 60_000;

const key = newLedgerKey();
const log = new TestLog(ENTRIES);
const bundle = await log.bundle(key);
const lines = bundle.split('\n').slice(0, -1);
const isEntry = (line: string) => line.startsWith('{"n":');
const places = lines.flatMap((line, i) => (isEntry(line) ? [i] : []));
const others = lines.flatMap((line, i) => (isEntry(line) ? [] : [i]));
const placeOf = (number: number): number => places[number] ?? -1;

interface Mutation {
  /** Made when it is wanted, and kept out of what a failure prints. */
  readonly make: () => string;
  /** The first number that is bad; undefined where it is a hash of many. */
  readonly bad?: number;
}

const joined = (changed: readonly (string | undefined)[]): string =>
  changed
    .filter((line) => line !== undefined)
    .join('\n')
    .concat('\n');
const withLine = (at: number, line: string): string => joined(lines.with(at, line));

/** Another character of the same kind, so that what is changed is the value and not only the syntax. */
const other = (character: string, by: number): string => {
  const digits = /[0-9a-f]/.test(character) ? '0123456789abcdef' : 'ghijklmnopqrstuvwxyz';
  return digits.charAt(
    (Math.max(digits.indexOf(character), 0) + 1 + (by % (digits.length - 1))) % digits.length,
  );
};
const flipped = (line: string, at: number, by: number): string =>
  line.slice(0, at) + other(line.charAt(at), by) + line.slice(at + 1);

/** An entry that says something else, with its commitments, its leaf and its hash in the tile all made to fit. */
function rewritten(number: number): string {
  const place = placeOf(number);
  const entry = JSON.parse(lines[place] ?? '');
  entry.entry.data.reason = 'nothing happened';
  const at = entry.leaf.findIndex(([path]: [string]) => path === 'data.reason');
  const salt = Buffer.from(entry.salts[at], 'hex');
  const field = { entryId: entry.entry.id, path: 'data.reason', salt, value: 'nothing happened' };
  entry.leaf[at][1] = commitField(sha256, field);
  const leaf = jcs(entry.leaf);
  const line = `{"n":${number},"l":${leaf.length},"leaf":${leaf},"entry":${jcs(entry.entry)},"salts":${jcs(entry.salts)}}`;
  const tilePlace = lines.findLastIndex((text, i) => i < place && text.startsWith('{"inner"'));
  const tile = JSON.parse(lines[tilePlace] ?? '');
  const offset = (number % 256) * 64;
  const hash = Buffer.from(hashLeaf(sha256, leaf)).toString('hex');
  tile.leaves = tile.leaves.slice(0, offset) + hash + tile.leaves.slice(offset + 64);
  return joined(lines.with(place, line).with(tilePlace, jcs(tile)));
}

const number = fc.nat({ max: ENTRIES - 1 });
const mutations: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(number, fc.nat(), fc.nat()).map(([n, at, by]) => {
    const line = lines[placeOf(n)] ?? '';
    // Past the number itself: a changed number is another entry's, which is the next mutations' subject.
    const from = `{"n":${n}`.length;
    return {
      make: () => withLine(placeOf(n), flipped(line, from + (at % (line.length - from)), by)),
      bad: n,
    };
  }),
  number.map((n) => ({ make: () => joined(lines.with(placeOf(n), undefined as unknown as string)), bad: n })),
  fc
    .tuple(number, number)
    .filter(([a, b]) => a !== b)
    .map(([a, b]) => {
      const [one = '', two = ''] = [lines[placeOf(a)], lines[placeOf(b)]];
      return { make: () => joined(lines.with(placeOf(a), two).with(placeOf(b), one)), bad: Math.min(a, b) };
    }),
  number.map((n) => ({
    make: () => joined(lines.toSpliced(placeOf(n), 0, lines[placeOf(n)] ?? '')),
    bad: n,
  })),
  fc.tuple(number, fc.nat()).map(([n, by]) => {
    const line = lines[placeOf(n)] ?? '';
    const from = line.indexOf('"salts":["') + 10;
    return { make: () => withLine(placeOf(n), flipped(line, from + (by % 64), by)), bad: n };
  }),
  // Two sibling hashes that do not give their node: which of them was changed, nobody can tell.
  number.map((n) => ({ make: () => rewritten(n), bad: n - (n % 2) })),
  number.map((n) => ({ make: () => joined(lines.slice(0, placeOf(n))), bad: n })),
  fc.nat({ max: bundle.length - 2 }).map((length) => ({ make: () => bundle.slice(0, length) })),
  fc.tuple(fc.nat(), fc.nat(), fc.nat()).map(([i, at, by]) => {
    const place = others[i % others.length] ?? 0;
    const line = lines[place] ?? '';
    return { make: () => withLine(place, flipped(line, at % line.length, by)) };
  }),
  fc.nat().map((i) => ({ make: () => joined(lines.toSpliced(others[i % others.length] ?? 0, 1)) })),
  number.map((size) => {
    const manifest = JSON.parse(lines[0] ?? '');
    return {
      make: () => withLine(0, jcs({ ...manifest, checkpoint: key.checkpoint(size, log.rootAt(size)) })),
    };
  }),
  fc.constantFrom('checkpoint', 'trust').map((what) => {
    const manifest = JSON.parse(lines[0] ?? '');
    const thief = newLedgerKey();
    const changed = what === 'trust' ? thief.trust : thief.checkpoint(ENTRIES, log.rootAt(ENTRIES));
    return { make: () => withLine(0, jcs({ ...manifest, [what]: changed })) };
  }),
);

describe(`${MUTATIONS} random mutations of a bundle of ${ENTRIES} entries`, () => {
  it('are caught, every one, with the first bad number', { timeout: PATIENCE_MS }, async () => {
    expect((await judge(bundle, key.trust)).verdict).toBe('verified');
    await fc.assert(
      fc.asyncProperty(mutations, async ({ make, bad }) => {
        const text = make();
        fc.pre(text !== bundle);
        const { verdict, problem } = await judge(text, key.trust);
        expect(verdict).toBe('refused');
        expect(problem?.number).toBeGreaterThanOrEqual(0);
        if (bad !== undefined) expect(problem?.number, problem?.message).toBe(bad);
      }),
      { numRuns: MUTATIONS, seed: SEED },
    );
  });
});
