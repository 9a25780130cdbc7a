import { describe, expect, it } from 'vitest';
import { chunksOf, crypto, judge, newLedgerKey, TestLog } from '../../../tests/fixtures/evidence-log.ts';
import { verifyBundle } from './verify.ts';

const key = newLedgerKey();
const log = new TestLog(700);
const whole = await log.bundle(key);

describe('a bundle of the whole log', () => {
  it('is verified by what is pinned, and merely consistent without', async () => {
    const report = await judge(whole, key.trust);
    expect(report).toMatchObject({
      verdict: 'verified',
      problem: null,
      entries: 700,
      complete: true,
      size: 700,
    });
    expect(report.root).toBe(Buffer.from(log.rootAt(700)).toString('hex'));
    expect(await judge(whole, null)).toMatchObject({ verdict: 'consistent' });
  });

  it.each([1, 7, 1_000, 10_000_000])('is the same in chunks of %i bytes', async (size) => {
    const small = await new TestLog(3).bundle(key);
    const bytes = Buffer.from(size < 100 ? small : whole);
    const report = await verifyBundle(chunksOf(bytes, size), { crypto, trust: key.trust, open: true });
    expect(report.verdict).toBe('verified');
  });

  it('says how far it is, and ends when it is told to', async () => {
    const seen: number[] = [];
    await judge(whole, key.trust, { onProgress: ({ numbers }) => seen.push(numbers) });
    expect(seen.at(-1)).toBe(700);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    let asked = 0;
    const cancelled = () => {
      asked += 1;
      return asked > 2;
    };
    expect(await judge(whole, key.trust, { cancelled })).toMatchObject({ verdict: 'cancelled' });
  });

  it.each([0, 1, 255, 256, 257, 512, 1000])('of %i entries is verified', async (count) => {
    const bundle = await new TestLog(count).bundle(key);
    expect(await judge(bundle, key.trust)).toMatchObject({ verdict: 'verified', entries: count });
  });
});

describe('a bundle that shows less', () => {
  it('of a filter carries every leaf hash of its range', async () => {
    const bundle = await log.bundle(key, { complete: false, filter: { kind: 'x' } }, (n) => n % 100 === 3);
    const report = await judge(bundle, key.trust);
    expect(report).toMatchObject({ verdict: 'verified', entries: 7, complete: false, filter: { kind: 'x' } });
    const lines = bundle.split('\n');
    const without = lines.filter((line) => !line.startsWith('{"n":203')).join('\n');
    expect(await judge(without, key.trust)).toMatchObject({ problem: { code: 'missing', number: 203 } });
  });

  it('of a part of the log is proven by what is beside it', async () => {
    for (const [first, end] of [
      [256, 512],
      [512, 700],
      [0, 256],
      [300, 310],
    ] as const) {
      const bundle = await log.bundle(key, { first, end });
      expect(await judge(bundle, key.trust)).toMatchObject({ verdict: 'verified' });
    }
  });

  it('withholds fields that nobody can guess, and no others', async () => {
    const bundle = await log.bundle(key, {}, undefined, ['data.reason']);
    expect(bundle).not.toContain('left the team');
    expect(await judge(bundle, key.trust)).toMatchObject({ verdict: 'verified', withheld: 700 });
    const base = await log.bundle(key, {}, undefined, ['actor']);
    expect(await judge(base, key.trust)).toMatchObject({ verdict: 'refused', problem: { number: 0 } });
  });
});

describe('two heads of one log', () => {
  it.each([0, 1, 255, 256, 300, 512, 700])('of %i and 700 entries are consistent', async (size) => {
    const older = { size, root: new TestLog(size).rootAt(size) };
    expect(await judge(whole, key.trust, { older })).toMatchObject({ verdict: 'verified' });
  });

  it.each([1, 256, 300, 700])(
    'of which the one of %i entries is of another history are not',
    async (size) => {
      const older = { size, root: new TestLog(size, 'other').rootAt(size) };
      expect(await judge(whole, key.trust, { older })).toMatchObject({ problem: { code: 'inconsistent' } });
    },
  );

  it('cannot be compared when the beginning is not there', async () => {
    const part = await log.bundle(key, { first: 256, end: 700 });
    const older = { size: 3, root: log.rootAt(3) };
    expect(await judge(part, key.trust, { older })).toMatchObject({ problem: { code: 'inconsistent' } });
  });
});

describe('a verification without opening', () => {
  it('verifies the tree and not what entries say', async () => {
    const said = whole.replace('left the team 300"', 'left the team 301"');
    expect(await judge(said, key.trust, { open: false })).toMatchObject({ verdict: 'verified' });
    expect(await judge(said, key.trust)).toMatchObject({ problem: { code: 'opening', number: 300 } });
  });
});
