import { hex } from '@scure/base';
import { describe, expect, it } from 'vitest';
import { sha256, TestLog } from '../../tests/fixtures/evidence-log.ts';
import { type InclusionAnswer, judgeInclusion, type Known } from './inclusion.ts';
import { sha256 as pureSha256 } from './pure-sha256.ts';
import { inclusionPlan, rangeHash } from './tiles.ts';

const log = new TestLog(300);
const SIZES = [1, 2, 3, 7, 8, 255, 256, 257, 300];

function claim(number: number, size: number): { known: Known; answer: InclusionAnswer } {
  const leaf = rangeHash(sha256, { begin: number, end: number + 1 }, log.read);
  const known = {
    id: `evt_${String(number).padStart(26, '0')}`,
    number,
    leafHash: hex.encode(leaf),
    head: { size, root: hex.encode(log.rootAt(size)) },
  };
  const proof = inclusionPlan(number, size).compute(sha256, log.read);
  return { known, answer: { ...known, proof: proof.map((hash) => hex.encode(hash)) } };
}

describe('a proof of inclusion', () => {
  it.each(SIZES)('of entries all over a log of %d is verified, and its path ends at the root', (size) => {
    const numbers = Array.from({ length: size }, (_, n) => n).filter((n) => n % 13 === 0 || n > size - 3);
    for (const number of numbers) {
      const { known, answer } = claim(number, size);
      const { state, steps, differences } = judgeInclusion(pureSha256, known, answer);
      expect([state, differences]).toEqual(['verified', []]);
      expect(steps.at(-1)?.hash ?? known.leafHash).toBe(known.head.root);
    }
  });

  it('names the side of each sibling and the entries that it covers', () => {
    const { known, answer } = claim(2, 7);
    expect(judgeInclusion(sha256, known, answer).steps).toMatchObject([
      { side: 'right', begin: 3, end: 4 },
      { side: 'left', begin: 0, end: 2 },
      { side: 'right', begin: 4, end: 7 },
    ]);
  });
});

const other = 'f'.repeat(64);

describe('a service that lies', () => {
  const { known, answer } = claim(41, 300);
  it.each<[string, Partial<InclusionAnswer>, string]>([
    ['another number', { number: 42 }, 'number'],
    ['another entry', { id: 'evt_other' }, 'entry'],
    ['another leaf', { leafHash: other }, 'leaf hash'],
    ['another size', { head: { ...answer.head, size: 299 } }, 'size of the log'],
    ['another root', { head: { ...answer.head, root: other } }, 'root'],
    ['a hash too few', { proof: answer.proof.slice(1) }, 'hashes in the proof'],
    ['a hash too many', { proof: [...answer.proof, other] }, 'hashes in the proof'],
    ['no proof', { proof: [] }, 'hashes in the proof'],
    ['another sibling', { proof: [other, ...answer.proof.slice(1)] }, 'root that the path leads to'],
    ['siblings in another order', { proof: [...answer.proof].reverse() }, 'root that the path leads to'],
  ])('with %s fails, and what differs is named', (_, change, what) => {
    const verdict = judgeInclusion(sha256, known, { ...answer, ...change });
    expect(verdict.state).toBe('failed');
    expect(verdict.differences.map((difference) => difference.what)).toContain(what);
  });

  it('with a true proof of another leaf fails', () => {
    const verdict = judgeInclusion(sha256, { ...known, leafHash: other }, answer);
    expect(verdict.differences.map(({ what }) => what)).toEqual(['leaf hash', 'root that the path leads to']);
  });

  it('about an entry beyond the head fails', () => {
    expect(judgeInclusion(sha256, { ...known, number: 300 }, answer).state).toBe('failed');
  });
});
