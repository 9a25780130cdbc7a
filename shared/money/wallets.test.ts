import { describe, expect, it } from 'vitest';
import { addressOf, bookAddress, ownerOf, walletAddress } from './wallets.ts';

const ULID = '0'.repeat(26);

describe('an address', () => {
  it.each([
    [{ type: 'account', id: `acc_${ULID}` } as const, `tmu_${ULID}`],
    [{ type: 'agent', id: `agt_${ULID}` } as const, `tma_${ULID}`],
  ])('of %o', (owner, address) => {
    expect(addressOf(owner)).toBe(address);
    expect(ownerOf(address)).toEqual(owner);
    expect(walletAddress.safeParse(address).success).toBe(true);
  });

  it('is made of no other id, and a system account has no owner', () => {
    expect(() => addressOf({ type: 'account', id: `agt_${ULID}` })).toThrow(RangeError);
    expect(ownerOf('revenue')).toBeNull();
    expect(walletAddress.safeParse('revenue').success).toBe(false);
    expect(bookAddress.safeParse('revenue').success).toBe(true);
    for (const bad of [`tmx_${ULID}`, `tmu_${ULID}0`, 'tmu_', 'other'])
      expect(bookAddress.safeParse(bad).success).toBe(false);
  });
});
