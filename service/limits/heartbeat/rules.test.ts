import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  answerOf,
  cadenceOf,
  carriesChallenge,
  judgeAnswer,
  nextChain,
  nonceHash,
  readNonce,
  SLOT_MS,
  WINDOW_SLOTS,
} from './rules.ts';

const nonce = () => randomBytes(16);

describe('the nonce chain', () => {
  it('starts at 1, whatever a first heartbeat echoes', () => {
    expect(nextChain(null, null)).toBe(1);
    expect(nextChain(null, nonce())).toBe(1);
  });

  it('is extended by the nonce that was given last, and by nothing else', () => {
    const last = nonce();
    const state = { nonceHash: nonceHash(last), chain: 41 };
    expect(nextChain(state, last)).toBe(42);
    for (const echo of [null, nonce(), last.subarray(0, 15), Buffer.concat([last, Buffer.alloc(1)])])
      expect(nextChain(state, echo)).toBe(1);
  });

  it('has the length of the unbroken run of echoes, for any sequence of them', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (echoes) => {
        let given = nonce();
        let state = { nonceHash: nonceHash(given), chain: nextChain(null, null) };
        for (const right of echoes) {
          const chain = nextChain(state, right ? given : nonce());
          given = nonce();
          state = { nonceHash: nonceHash(given), chain };
        }
        const unbroken = echoes.length - 1 - echoes.lastIndexOf(false);
        expect(state.chain).toBe(1 + unbroken);
      }),
    );
  });

  it('reads one spelling of 16 bytes', () => {
    const text = nonce().toString('base64url');
    expect(readNonce(text)?.toString('base64url')).toBe(text);
    expect(readNonce(`${'A'.repeat(21)}A`)).toEqual(Buffer.alloc(16));
    for (const odd of [
      null,
      '',
      'x',
      `${text}=`,
      `${text}A`,
      `${'A'.repeat(21)}B`,
      ` ${text}`,
      '+'.repeat(22),
    ])
      expect(readNonce(odd), String(odd)).toBeNull();
  });
});

describe('challenges', () => {
  it('are carried by one heartbeat in ten', () => {
    const draw = (value: number) => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return carriesChallenge(bytes);
    };
    const share = Array.from({ length: 1_000 }, (_, i) => draw(Math.floor(((i + 0.5) / 1_000) * 2 ** 32)));
    expect(share.filter(Boolean)).toHaveLength(100);
    expect([draw(0), draw(2 ** 32 - 1)]).toEqual([true, false]);
  });

  const bytes = Buffer.alloc(16, 9);
  const issuedAt = new Date('2030-01-01T00:00:00.000Z');
  const right = createHash('sha256').update(bytes).digest('hex');
  const after = (ms: number) => new Date(issuedAt.getTime() + ms);

  it.each([
    ['at once', right, 0, 'passed'],
    ['at the deadline', right, 10_000, 'passed'],
    ['after the deadline', right, 10_001, 'late'],
    ['wrongly after the deadline', 'x', 10_001, 'late'],
    ['with another hash', answerOf(Buffer.alloc(16, 8)), 10, 'wrong'],
    ['in capitals', right.toUpperCase(), 10, 'wrong'],
    ['with too much', `${right}0`, 10, 'wrong'],
    ['with nothing', '', 10, 'wrong'],
    ['with text of the same length that is no hex', 'é'.repeat(32), 10, 'wrong'],
  ] as const)('answered %s are judged', (_, answer, ms, outcome) => {
    expect(judgeAnswer({ bytes, issuedAt }, answer, after(ms))).toBe(outcome);
  });
});

describe('cadence', () => {
  const at = (slot: number, ms = 0) => new Date(slot * SLOT_MS + ms);

  it.each<[string, number[], Date | null, Date, number]>([
    ['never beaten', [], null, at(1_000), 0],
    ['the first heartbeat', [1_000], at(1_000), at(1_000, 5), 1],
    ['the slot after, not over yet', [1_000], at(1_000), at(1_001), 1],
    ['one slot missed', [1_000, 1_002], at(1_000), at(1_002, 1), 2 / 3],
    ['one slot missed, the next going on', [1_000], at(1_000), at(1_002), 1 / 2],
    ['beats of before the window', [10, 2_000], at(10), at(2_000), 1 / WINDOW_SLOTS],
    ['a slot of the future, by a clock set back', [1_000, 1_005], at(1_000), at(1_001), 1],
  ])('of %s', (_, kept, first, now, share) => {
    expect(cadenceOf(kept, first, now)).toBeCloseTo(share, 12);
  });

  it('is the share of slots kept, for any agent and any time', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 5_000, max: 5_800 }), { minLength: 1 }),
        fc.nat(900),
        (kept, wait) => {
          const first = Math.min(...kept);
          const share = cadenceOf(kept, at(first), at(first + wait));
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});
