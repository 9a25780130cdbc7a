import { describe, expect, it } from 'vitest';
import type { Proposal } from '../../shared/http/proposal.ts';
import { retirementProposal } from '../../tests/fixtures/retirement.ts';
import { CustodyError } from './custody-error.ts';
import { retirementOf } from './retirement.ts';

const WALLETS = {
  wallet: { address: '4'.repeat(44), fingerprint: 'a'.repeat(64) },
  former: { address: '5'.repeat(44), fingerprint: 'b'.repeat(64), item: 'item' },
};
const SIGNED = retirementProposal(WALLETS);

const said = (proposal: Proposal): string => {
  try {
    retirementOf(proposal, WALLETS);
    return 'taken';
  } catch (error) {
    return error instanceof CustodyError ? error.message : 'another error';
  }
};
const content = (change: Partial<Proposal['content']>) => ({ ...SIGNED.content, ...change });
const approved = (change: object) => ({
  ...(SIGNED.approved as NonNullable<Proposal['approved']>),
  ...change,
});

describe('the retirement that a custodian destroys a key for', () => {
  it('is kept with both persons', () => {
    const { proposer } = SIGNED.content;
    expect(retirementOf(SIGNED, WALLETS)).toEqual({
      ...{ seen: 'service', proposal: SIGNED.id, digest: SIGNED.digest },
      ...{ proposer: proposer.id, approver: SIGNED.approved?.operatorId },
    });
  });

  it.each<[string, Proposal, string]>([
    ['was not approved', { ...SIGNED, approved: null }, 'second person'],
    ['is still open', { ...SIGNED, state: 'open' }, 'second person'],
    ['was withdrawn', { ...SIGNED, state: 'withdrawn' }, 'second person'],
    [
      'has a signature that does not hold',
      { ...SIGNED, approved: approved({ valid: false }) },
      'do not hold',
    ],
    ['was changed after it was signed', { ...SIGNED, content: content({ body: '{}' }) }, 'do not hold'],
    ['is another proposal’s digest', { ...SIGNED, digest: 'e'.repeat(64) }, 'do not hold'],
    [
      'was signed twice by one person',
      { ...SIGNED, approved: approved({ operatorId: SIGNED.content.proposer.id }) },
      'twice',
    ],
    ['was signed twice by one key', { ...SIGNED, approved: approved({ keyId: 'A'.repeat(43) }) }, 'twice'],
    ['is of another wallet', retirementProposal(WALLETS, { fingerprint: 'c'.repeat(64) }), 'another wallet'],
    ['is of another address', retirementProposal(WALLETS, { address: '6'.repeat(44) }), 'another wallet'],
    [
      'is for another successor',
      retirementProposal(WALLETS, { successor: 'c'.repeat(64) }),
      'another wallet',
    ],
    ['says more than a retirement', retirementProposal(WALLETS, { more: 1 }), 'another wallet'],
  ])('is refused when it %s', (_name, proposal, words) => {
    expect(said(proposal)).toContain(words);
  });

  it('is refused when two persons signed something else', () => {
    const other = retirementProposal(WALLETS);
    expect(said({ ...other, content: { ...other.content, route: 'limits.raise' } })).toContain('do not hold');
  });
});
