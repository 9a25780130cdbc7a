import { hex } from '@scure/base';
import { describe, expect, it } from 'vitest';
import { crypto, newLedgerKey, sha256, TestLog } from '../../tests/fixtures/evidence-log.ts';
import { judgeHead, type SeenHead } from './head-watch.ts';
import { consistencyPlan } from './tiles.ts';
import type { TrustFile } from './trust.ts';

const log = new TestLog(300);
const forged = new TestLog(300, 'other salts');
const key = newLedgerKey();

const newsOf = (size: number, from: number, of = log, by = key) => ({
  note: by.checkpoint(size, of.rootAt(size)),
  trust: by.trust,
  proof:
    from > 0 && from < size
      ? consistencyPlan(from, size)
          .compute(sha256, of.read)
          .map((hash) => hex.encode(hash))
      : [],
});

function seenAt(size: number): SeenHead {
  const { remember } = judgeHead(crypto, null, newsOf(size, 0));
  if (!remember) throw new Error('the first head was not accepted');
  return remember;
}

describe('the newest head', () => {
  it('that is the first is verified by its signature and remembered with its key', () => {
    const { state, keyIds, remember } = judgeHead(crypto, null, newsOf(100, 0));
    expect([state, keyIds.length]).toEqual(['first', 1]);
    expect(remember).toEqual({
      origin: key.trust.origin,
      size: 100,
      root: hex.encode(log.rootAt(100)),
      keys: key.trust.ledgerKeys.map((known) => known.key),
    });
  });

  it.each([
    [1, 2],
    [100, 101],
    [255, 256],
    [256, 300],
    [300, 300],
  ])('continues the one that was seen, from %d to %d', (from, to) => {
    const { state, remember, problem } = judgeHead(crypto, seenAt(from), newsOf(to, from));
    expect([state, problem, remember?.size]).toEqual(['continues', null, to]);
  });

  it('that two keys sign makes the second one known', () => {
    const next = newLedgerKey();
    const trust: TrustFile = {
      ...key.trust,
      ledgerKeys: [...key.trust.ledgerKeys, ...next.trust.ledgerKeys],
    };
    const [mine, theirs] = [newsOf(200, 100), newsOf(200, 100, log, next)];
    const note = `${mine.note}${theirs.note.slice(theirs.note.indexOf('\n\n') + 2)}`;
    const both = judgeHead(crypto, seenAt(100), { note, trust, proof: mine.proof });
    expect([both.state, both.keyIds.length]).toEqual(['continues', 2]);
    const alone = judgeHead(crypto, both.remember, { ...newsOf(300, 200, log, next), trust });
    expect(alone.state).toBe('continues');
  });
});

describe('a log that is not the one that was seen', () => {
  const seen = seenAt(100);
  const stranger = newLedgerKey();
  const restoredTrust = {
    ...newLedgerKey('sallyport-ledger/test/2'),
  };

  it.each([
    ['of equal size', newsOf(100, 0, forged), 'fork'],
    ['that is larger, with its own proof', newsOf(200, 100, forged), 'fork'],
    [
      'with the proof of the true log',
      { ...newsOf(200, 100, forged), proof: newsOf(200, 100).proof },
      'fork',
    ],
    ['without a proof', { ...newsOf(200, 100), proof: [] }, 'fork'],
    ['that is smaller', newsOf(99, 0), 'shrunk'],
    ['that is empty', newsOf(0, 0), 'shrunk'],
    ['of another origin', newsOf(200, 100, log, newLedgerKey('another/log')), 'other-log'],
    ['signed by a key of its own', newsOf(200, 100, log, stranger), 'unknown-key'],
    [
      'signed by a key that its trust file leaves out',
      { ...newsOf(200, 100), trust: stranger.trust },
      'unsigned',
    ],
    ['without a signature', { ...newsOf(200, 100), note: 'nothing' }, 'unsigned'],
  ])('%s is an alarm, and what was seen stays remembered', (_, news, state) => {
    const verdict = judgeHead(crypto, seen, news);
    expect(verdict.state).toBe(state);
    expect(verdict.problem).toBeTruthy();
    expect(verdict.remember).toEqual(seen);
  });

  it('but a new epoch of it is said to be one', () => {
    const trust = { ...restoredTrust.trust, epochs: [...key.trust.epochs, ...restoredTrust.trust.epochs] };
    const verdict = judgeHead(crypto, seen, { ...newsOf(90, 0, log, restoredTrust), trust });
    expect([verdict.state, verdict.remember]).toEqual(['restored', seen]);
  });

  it('is refused as the first one too when no key signed it', () => {
    const verdict = judgeHead(crypto, null, { ...newsOf(200, 0), trust: stranger.trust });
    expect([verdict.state, verdict.remember]).toEqual(['unsigned', null]);
  });
});
