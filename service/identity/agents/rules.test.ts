import { describe, expect, it } from 'vitest';
import { newSecret } from '../secret.ts';
import { newClaimCode, requireIdentity, requireOwned, toAgent } from './rules.ts';

const at = new Date('2030-01-01T00:00:00Z');
const row = {
  id: 'agt_1',
  name: 'a',
  owner_id: null,
  registered_at: at,
  connected_at: null,
  claimed_at: null,
};
const claimed = { ...row, owner_id: 'acc_1', claimed_at: at };
const codeOf = (work: () => unknown) => {
  try {
    work();
    return 'good';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('the secrets of an agent', () => {
  it('carry their family and 32 random bytes; a claim code 16', () => {
    expect(newSecret('platform', new Uint8Array(32)).secret).toMatch(/^tokenmart_[A-Za-z0-9_-]{43}$/);
    expect(newSecret('identity', new Uint8Array(32)).secret).toMatch(/^tmid_[A-Za-z0-9_-]{43}$/);
    expect(newSecret('platform', new Uint8Array(32)).displayPrefix).toBe('tokenmart_AAAAAAAA');
    expect(newClaimCode(new Uint8Array(16))).toHaveLength(22);
  });

  it('are not made of less', () => {
    expect(() => newSecret('platform', new Uint8Array(31))).toThrow(RangeError);
    expect(() => newClaimCode(new Uint8Array(15))).toThrow(RangeError);
  });
});

describe('the state of an agent', () => {
  it.each([
    ['registered_unclaimed', row],
    ['connected_unclaimed', { ...row, connected_at: at }],
    ['claimed', claimed],
    ['claimed', { ...claimed, connected_at: at }],
  ])('is %s', (state, found) => {
    expect(toAgent(found).state).toBe(state);
  });
});

describe('an agent to be rekeyed', () => {
  it('is the account’s own', () => {
    expect(requireOwned(claimed, 'acc_1')).toBe(claimed);
    expect(codeOf(() => requireOwned(claimed, 'acc_2'))).toBe('forbidden');
    expect(codeOf(() => requireOwned(row, 'acc_1'))).toBe('forbidden');
    expect(codeOf(() => requireOwned(undefined, 'acc_1'))).toBe('not_found');
  });
});

describe('an identity token', () => {
  it('is good until it expires', () => {
    const identity = { ...claimed, expires_at: new Date(at.getTime() + 1) };
    expect(requireIdentity(identity, at)).toBe(identity);
    expect(codeOf(() => requireIdentity({ ...identity, expires_at: at }, at))).toBe('unauthorized');
    expect(codeOf(() => requireIdentity(undefined, at))).toBe('not_found');
  });
});
