import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_UNITS } from '../../shared/money/units.ts';
import { HttpError } from '../gate/http-error.ts';
import {
  balanceFrom,
  classifyTreasury,
  lockOrder,
  requireAmount,
  requireFunds,
  requireSpender,
  settle,
} from './rules.ts';
import { TreasuryError } from './treasury-error.ts';

const ACCOUNT = `acc_${'0'.repeat(26)}`;
const AGENT = `agt_${'1'.repeat(26)}`;
const OF_ACCOUNT = `tmu_${'0'.repeat(26)}`;
const OF_AGENT = `tma_${'1'.repeat(26)}`;

const codeOf = (work: () => unknown) => {
  try {
    work();
    return 'good';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

const units = fc.bigInt({ min: 0n, max: MAX_UNITS });

/** What a wallet is after spends, holds, posts and voids in any order, as the rules allow them. */
type Step =
  | { readonly do: 'spend' | 'hold'; readonly units: bigint }
  | { readonly do: 'post'; readonly units: bigint }
  | { readonly do: 'void' };
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('spend' as const, 'hold' as const), units: fc.bigInt(1n, 60n) }),
  fc.record({ do: fc.constant('post' as const), units: fc.bigInt(0n, 60n) }),
  fc.record({ do: fc.constant('void' as const) }),
);

describe('the rules of a wallet', () => {
  it('never let it spend what it has not, whatever happens in whatever order', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 200n), fc.array(step, { maxLength: 60 }), (start, steps) => {
        let posted = start;
        let paid = 0n;
        const holds: bigint[] = [];
        const held = () => holds.reduce((sum, one) => sum + one, 0n);
        const balance = () => balanceFrom({ posted: String(posted), held: String(held()) });
        for (const one of steps) {
          if (one.do === 'spend' && codeOf(() => requireFunds(OF_ACCOUNT, balance(), one.units)) === 'good') {
            posted -= one.units;
            paid += one.units;
          }
          if (one.do === 'hold' && codeOf(() => requireFunds(OF_ACCOUNT, balance(), one.units)) === 'good')
            holds.push(one.units);
          const open = holds[0];
          if (open === undefined) continue;
          if (one.do === 'void') holds.shift();
          if (one.do === 'post' && codeOf(() => settle(open, one.units)) === 'good') {
            const { taken, released } = settle(open, one.units);
            expect(taken + released).toBe(open);
            holds.shift();
            posted -= taken;
            paid += taken;
          }
          expect(balance().available >= 0n && posted >= 0n).toBe(true);
        }
        expect(posted + paid).toBe(start);
      }),
    );
  });

  it('post no more than is held', () => {
    fc.assert(
      fc.property(units, units, (held, taken) => {
        expect(codeOf(() => settle(held, taken))).toBe(taken <= held ? 'good' : 'over-hold');
      }),
    );
    expect(codeOf(() => settle(5n, -1n))).toBe('over-hold');
  });

  it('let only issuance and platform-loss owe', () => {
    const empty = balanceFrom({ posted: '0', held: '0' });
    expect(codeOf(() => requireFunds('issuance', empty, 1n))).toBe('good');
    expect(codeOf(() => requireFunds('platform-loss', empty, 1n))).toBe('good');
    expect(codeOf(() => requireFunds('revenue', empty, 1n))).toBe('insufficient-funds');
    expect(codeOf(() => requireFunds(OF_ACCOUNT, empty, 1n))).toBe('insufficient-funds');
  });

  it('move what is above zero and bounded', () => {
    for (const good of [1n, MAX_UNITS]) expect(codeOf(() => requireAmount(good))).toBe('good');
    for (const bad of [0n, -1n, MAX_UNITS + 1n])
      expect(codeOf(() => requireAmount(bad))).toBe('amount-invalid');
  });

  it('lock in one order, however the wallets are named', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (addresses) => {
        const order = lockOrder(addresses);
        expect(lockOrder([...addresses].reverse())).toEqual(order);
        expect(order.every((one, i) => i === 0 || (order[i - 1] ?? '') > one)).toBe(true);
      }),
    );
    expect(lockOrder(['issuance', 'revenue', OF_AGENT, OF_ACCOUNT])).toEqual([
      ...[OF_ACCOUNT, OF_AGENT],
      ...['revenue', 'issuance'],
    ]);
  });
});

describe('who may spend from a wallet', () => {
  const account = { type: 'account', id: ACCOUNT, agent: null } as const;
  const agent = { type: 'agent', id: AGENT, ownerId: ACCOUNT } as const;
  it.each([
    ['an account, its own', account, OF_ACCOUNT, null, 'good'],
    ['an account, its agent’s', account, OF_AGENT, ACCOUNT, 'good'],
    ['an account that acts as an agent, the agent’s', { ...account, agent: AGENT }, OF_AGENT, null, 'good'],
    ['an account that acts as an agent, its own', { ...account, agent: AGENT }, OF_ACCOUNT, null, 'good'],
    ['an account, another’s agent’s', account, OF_AGENT, `acc_${'2'.repeat(26)}`, 'forbidden'],
    ['an account, nobody’s agent’s', account, OF_AGENT, null, 'forbidden'],
    ['an account, another’s', account, `tmu_${'2'.repeat(26)}`, null, 'forbidden'],
    ['an agent, its own', agent, OF_AGENT, null, 'good'],
    ['an agent, its owner’s', agent, OF_ACCOUNT, null, 'forbidden'],
    ['an agent, another of its owner', agent, `tma_${'2'.repeat(26)}`, ACCOUNT, 'forbidden'],
    ['an agent that nobody has claimed, its own', { ...agent, ownerId: null }, OF_AGENT, null, 'forbidden'],
  ] as const)('%s', (_what, spender, source, owner, expected) => {
    expect(codeOf(() => requireSpender(spender, source, owner))).toBe(expected);
  });
});

describe('what a refusal is to a caller', () => {
  it.each([
    ['insufficient-funds', 402],
    ['unknown-wallet', 404],
    ['same-wallet', 400],
    ['amount-invalid', 400],
    ['unknown-hold', 404],
    ['hold-not-open', 409],
    ['over-hold', 409],
  ] as const)('%s is %s', (code, status) => {
    expect(classifyTreasury(new TreasuryError(code, 'x'))?.status).toBe(status);
  });

  it('says nothing about anybody else’s errors', () => {
    expect(classifyTreasury(new HttpError('forbidden', 'x'))).toBeNull();
  });
});
