import { describe, expect, it } from 'vitest';
import { crypto, newLedgerKey, TestLog } from '../../tests/fixtures/evidence-log.ts';
import { linkLine } from './mirror.ts';
import { mirrorSentences, verifyMirror } from './mirror-verify.ts';

const key = newLedgerKey();
const log = new TestLog(5);

const judged = async (heads: readonly number[], bundle: string | null) =>
  verifyMirror(
    {
      stretches: bundle === null ? [] : [{ first: 0, end: 5 }],
      chain: async function* () {
        for (const size of heads) yield linkLine({ note: key.checkpoint(size, log.rootAt(size)), proof: [] });
      },
      bundle: async function* () {
        yield Buffer.from(bundle ?? '');
      },
    },
    { crypto, trust: key.trust, isPinned: true, cancelled: () => false },
  );

describe('a mirror whose bundles are gone', () => {
  it('does not verify by its chain of heads alone', async () => {
    const report = await judged([5], null);
    expect(report).toMatchObject({ verdict: 'refused', files: 0, problem: { number: 0 } });
    expect(mirrorSentences(report)).toContain('NOT VERIFIED');
  });

  it('verifies with them, and says what it does not reach', async () => {
    const report = await judged([5], await log.bundle(key));
    expect(report).toMatchObject({ verdict: 'verified', reach: 5 });
    expect(mirrorSentences(report)).toContain('numbers 0 to 4 in 1 files\n');
    const head = { origin: key.trust.origin, size: 9, root: 'aa' };
    expect(mirrorSentences({ ...report, head })).toContain('the last 4 of the newest head are NOT in it');
  });

  it('of an empty log has nothing to lose', async () => {
    const report = await judged([0], null);
    expect(report.verdict).toBe('verified');
    expect(mirrorSentences(report)).toContain('no entries');
  });
});
