import { describe, expect, it } from 'vitest';
import { judge, newLedgerKey, TestLog } from '../../../tests/fixtures/evidence-log.ts';

const ENTRIES = 300;
const key = newLedgerKey();
const log = new TestLog(ENTRIES);

describe('a forger with keys of his own', () => {
  const thief = newLedgerKey();

  it('convinces nobody who pinned the log: another history, and the same one signed again', async () => {
    for (const forged of [await new TestLog(50, 'forged').bundle(thief), await log.bundle(thief)]) {
      expect(await judge(forged, key.trust)).toMatchObject({
        verdict: 'refused',
        problem: { code: 'origin', number: 0 },
      });
      expect(await judge(forged, null)).toMatchObject({ verdict: 'consistent' });
    }
  });

  it('cannot move a signature of the log to a head of his own', async () => {
    const forged = new TestLog(50, 'forged');
    const [body = ''] = thief.checkpoint(50, forged.rootAt(50)).split('\n\n');
    const [, signature = ''] = key.checkpoint(ENTRIES, log.rootAt(ENTRIES)).split('\n\n');
    const moved = await forged.bundle(key, { checkpoint: `${body}\n\n${signature}` });
    expect(await judge(moved, key.trust)).toMatchObject({
      verdict: 'refused',
      problem: { code: 'origin', number: 0 },
    });
  });

  it('does not become the log by its name, nor by a signature that he puts beside the right one', async () => {
    const text = log.rootAt(ENTRIES);
    const both = `${key.checkpoint(ENTRIES, text)}${thief.checkpoint(ENTRIES, text).split('\n\n')[1]}`;
    const beside = await log.bundle(key, { checkpoint: both });
    expect(await judge(beside, key.trust)).toMatchObject({ verdict: 'verified' });
    expect(
      await judge(beside, {
        ...key.trust,
        ledgerKeys: [{ ...key.trust.ledgerKeys[0], key: 'x', fromSize: 0, untilSize: null }],
      }),
    ).toMatchObject({
      verdict: 'refused',
    });
  });

  it('cannot point to a witness who saw another log', async () => {
    const seen = { checkpoint: key.checkpoint(9, new TestLog(9, 'other').rootAt(9)), proof: [] };
    const bundle = await log.bundle(key, { witnessed: seen });
    expect(await judge(bundle, key.trust)).toMatchObject({ problem: { code: 'witness' } });
  });
});

describe('what is no bundle at all', () => {
  it.each(['', '\n', '{}', 'x'.repeat(100), '[[[[[[', '{"format":"sallyport-evidence/1"}\n', '\u0000\n'])(
    '%j is refused and harms nobody',
    async (text) => {
      expect((await judge(text, key.trust)).verdict).toBe('refused');
    },
  );

  it('a line without an end is not read into memory', async () => {
    const endless = Buffer.alloc(9 * 1024 * 1024, 0x61);
    expect(await judge(endless, key.trust)).toMatchObject({ problem: { code: 'format' } });
  });
});
