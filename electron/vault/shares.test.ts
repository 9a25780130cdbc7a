import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VaultError } from './errors.ts';
import { decodeShare, encodeShare, SHARE_WORDS } from './share-words.ts';
import { combineShares, MAX_SHARES, makeShares, readShare } from './shares.ts';

const codeOf = async (run: () => unknown): Promise<string> => {
  try {
    await run();
    return 'accepted';
  } catch (error) {
    return error instanceof VaultError ? error.code : 'another error';
  }
};
const schemes = fc
  .tuple(fc.integer({ min: 2, max: MAX_SHARES }), fc.integer({ min: 2, max: MAX_SHARES }))
  .filter(([threshold, count]) => threshold <= count);

describe('the words of a share', () => {
  it('come back as they went, also by their first four letters and with numbers between them', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 4, maxLength: 4 }),
        fc.integer({ min: 1, max: 10 }),
        fc.uint8Array({ minLength: 33, maxLength: 33 }),
        (set, index, value) => {
          const share = { set, index, threshold: 2, value };
          const words = encodeShare(share);
          const short = words.split(' ').map((word, at) => `${at + 1}. ${word.slice(0, 4).toUpperCase()}`);
          expect(words.split(' ')).toHaveLength(SHARE_WORDS);
          expect(decodeShare(words)).toEqual(share);
          expect(decodeShare(short.join('\n'))).toEqual(share);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('are refused when one is wrong, missing, doubled or out of place', async () => {
    const words = encodeShare({ set: randomBytes(4), index: 1, threshold: 2, value: randomBytes(33) }).split(
      ' ',
    );
    const swapped = [...words];
    const other = words.findIndex((word) => word !== words[0]);
    [swapped[0], swapped[other]] = [words[other] ?? '', words[0] ?? ''];
    const replaced = words.with(5, words[5] === 'abandon' ? 'zoo' : 'abandon');
    for (const text of [swapped, replaced, words.slice(1), [...words, 'zoo'], words.with(3, 'sallyport')])
      expect(await codeOf(() => decodeShare(text.join(' ')))).toBe('wrong-share');
    await expect(async () => decodeShare(words.with(3, 'sallyport').join(' '))).rejects.toThrow('Word 4');
  });
});

describe('shares of a secret', () => {
  it('give it back from every quorum of every scheme', async () => {
    await fc.assert(
      fc.asyncProperty(schemes, async ([threshold, count]) => {
        const secret = randomBytes(32);
        const { set, words } = await makeShares(secret, { threshold, count }, randomBytes);
        expect(words).toHaveLength(count);
        const chosen = fc.sample(
          fc.shuffledSubarray([...words], { minLength: threshold, maxLength: threshold }),
          1,
        )[0];
        expect((await combineShares(chosen ?? [], set)).equals(secret)).toBe(true);
        expect((await combineShares(words, set)).equals(secret)).toBe(true);
      }),
      { numRuns: 15 },
    );
  });

  it('are refused when they are too few, twice the same, or of another set', async () => {
    const secret = randomBytes(32);
    const [ours, theirs] = await Promise.all([
      makeShares(secret, { threshold: 3, count: 5 }, randomBytes),
      makeShares(secret, { threshold: 3, count: 5 }, randomBytes),
    ]);
    const [a = '', b = '', c = ''] = ours.words;
    expect(await codeOf(() => combineShares([a, b], ours.set))).toBe('too-few-shares');
    expect(await codeOf(() => combineShares([a, b, a], ours.set))).toBe('wrong-share');
    expect(await codeOf(() => combineShares([a, b, theirs.words[2] ?? ''], ours.set))).toBe('wrong-share');
    await expect(async () => readShare(theirs.words[2] ?? '', ours.set)).rejects.toThrow(
      'share 3 of another set',
    );
    expect(await codeOf(() => combineShares([a, b, c], ours.set))).toBe('accepted');
  });

  it('are refused when one was forged to fit its words', async () => {
    const { set, words } = await makeShares(randomBytes(32), { threshold: 2, count: 3 }, randomBytes);
    const real = decodeShare(words[0] ?? '');
    const forged = encodeShare({ ...real, value: randomBytes(33) });
    const moved = encodeShare({ ...real, index: 2 });
    for (const text of [forged, moved, encodeShare({ ...real, index: 9 })])
      expect(await codeOf(() => readShare(text, set))).toBe('wrong-share');
  });

  it.each([
    [1, 3],
    [4, 3],
    [2, 11],
    [2.5, 4],
    [0, 0],
  ])('are not made as %d of %d', async (threshold, count) => {
    expect(await codeOf(() => makeShares(randomBytes(32), { threshold, count }, randomBytes))).toBe(
      'share-scheme',
    );
  });
});
