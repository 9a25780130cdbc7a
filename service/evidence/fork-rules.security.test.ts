import { describe, expect, it } from 'vitest';
import { newLedgerKey, TestLog } from '../../tests/fixtures/evidence-log.ts';
import { HttpError } from '../gate/http-error.ts';
import { believedHead, comparableSize, forkId, forkOf, requireComparable } from './fork-rules.ts';

const key = newLedgerKey();
const LOG = new TestLog(40);
const OTHER = new TestLog(40, 'rewritten');
const noteOf = (size: number, log = LOG, by = key) => by.checkpoint(size, log.rootAt(size));
const headOf = (size: number, log = LOG) => believedHead(noteOf(size, log), key.trust, 'seen');

/** What the route does, for a log that has 30 entries. */
function judge(seen: string, shown: string, trust = key.trust, size = 30) {
  const [a, b] = [believedHead(seen, trust, 'seen'), believedHead(shown, trust, 'shown')];
  requireComparable(a, b);
  const most = comparableSize(trust, a.origin, size);
  const own = (of: number) => (of > most ? null : Buffer.from(LOG.rootAt(of)));
  return forkOf(a, b, { seen: own(a.size), shown: own(b.size) });
}
const refused = (status: number, message: RegExp) =>
  expect.objectContaining({ status, message: expect.stringMatching(message) });
const refusalOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    if (error instanceof HttpError) return error;
  }
  throw new Error('it was believed');
};

describe('a reported fork', () => {
  it.each([
    ['two roots of one size', noteOf(20), noteOf(20, OTHER), 'one-size-two-roots'],
    [
      'two roots of a size that this log has not reached',
      noteOf(35),
      noteOf(35, OTHER),
      'one-size-two-roots',
    ],
    ['a seen head that this log does not hold', noteOf(20, OTHER), noteOf(25), 'seen-not-in-log'],
    ['a shown head that this log does not hold', noteOf(20), noteOf(25, OTHER), 'shown-not-in-log'],
    ['a longer seen head that this log does not hold', noteOf(25, OTHER), noteOf(20), 'seen-not-in-log'],
    ['two heads that this log does not hold', noteOf(20, OTHER), noteOf(25, OTHER), 'neither-in-log'],
    ['a foreign head, and one beyond the log', noteOf(20, OTHER), noteOf(35), 'seen-not-in-log'],
  ])('is believed of %s', (_, seen, shown, because) => {
    expect(judge(seen, shown)).toBe(because);
  });

  it('has one name, whichever head was seen first', () => {
    const [a, b] = [headOf(20), headOf(20, OTHER)];
    expect(forkId(a, b)).toBe(forkId(b, a));
    expect(forkId(a, b)).not.toBe(forkId(a, headOf(21, OTHER)));
  });

  it('keeps no line of a note that no known key signed', () => {
    const junk = `— junk ${Buffer.alloc(200, 7).toString('base64')}\n`;
    expect(believedHead(`${noteOf(20)}${junk}`, key.trust, 'seen').note).toBe(noteOf(20));
  });
});

describe('a false report', () => {
  const stranger = newLedgerKey();
  const unsigned = `${noteOf(20, OTHER).split('\n\n')[0]}\n\n${noteOf(20).split('\n\n')[1]}`;
  it.each([
    ['two heads of this log', noteOf(20), noteOf(25), 409, /no fork: this log holds both heads/],
    ['one head twice', noteOf(20), noteOf(20), 409, /both are one head/],
    ['a head beyond the log', noteOf(20), noteOf(35), 409, /does not reach one of the heads/],
    [
      'a head that a stranger signed',
      noteOf(20),
      noteOf(20, OTHER, stranger),
      409,
      /shown is not believed: no pinned/,
    ],
    [
      'a root with the signature of another',
      noteOf(20),
      unsigned,
      409,
      /shown is not believed: the signature/,
    ],
    [
      'a seen head that a stranger signed',
      noteOf(20, OTHER, stranger),
      noteOf(20),
      409,
      /seen is not believed/,
    ],
    ['what is no head', noteOf(20), 'nothing', 400, /the head that was shown: the signed note/],
  ])('of %s is refused with a reason', (_, seen, shown, status, reason) => {
    expect(refusalOf(() => judge(seen, shown))).toEqual(refused(status, reason));
  });

  it('names both heads that were held together, so that they can be compared', () => {
    const { message } = refusalOf(() => judge(noteOf(20), noteOf(25)));
    for (const size of [20, 25])
      expect(message).toContain(`${size} entries, root ${Buffer.from(LOG.rootAt(size)).toString('hex')}`);
  });

  it('of a head that its key was not for is refused: a retired key makes no new history', () => {
    const [signer] = key.trust.ledgerKeys;
    if (!signer) throw new Error('no key');
    const trust = { ...key.trust, ledgerKeys: [{ ...signer, untilSize: 19 }] };
    expect(refusalOf(() => judge(noteOf(19), noteOf(20, OTHER), trust))).toEqual(
      refused(409, /not valid at size 20/),
    );
  });

  it('of another epoch is refused, and of what a restore has lost nothing is concluded', () => {
    const second = `${key.trust.origin}/epoch-2`;
    const trust = { ...key.trust, epochs: [...key.trust.epochs, { origin: second, fromSize: 22 }] };
    const moved = newLedgerKey(second);
    const both = { ...trust, ledgerKeys: [...trust.ledgerKeys, ...moved.trust.ledgerKeys] };
    expect(refusalOf(() => judge(noteOf(20), noteOf(20, OTHER, moved), both))).toEqual(
      refused(409, /another log or epoch/),
    );
    // Lost with the restore: that it is not in the log of now proves nothing.
    expect(refusalOf(() => judge(noteOf(20), noteOf(25, OTHER), trust))).toEqual(
      refused(409, /does not reach one of the heads/),
    );
    expect(judge(noteOf(20), noteOf(21, OTHER), trust)).toBe('shown-not-in-log');
  });
});
