import { z } from 'zod';

/** Whose wallet it is. */
export interface WalletOwner {
  readonly type: 'account' | 'agent';
  readonly id: string;
}

/**
 * The accounts of the platform itself: where credits come from, what it lost, what it earned. Only the first two may be
 * negative.
 */
export const SYSTEM_WALLETS = ['issuance', 'platform-loss', 'revenue'] as const;

const ULID = '[0-9a-hjkmnp-tv-z]{26}';

const PREFIXES = {
  account: { id: 'acc_', address: 'tmu_' },
  agent: { id: 'agt_', address: 'tma_' },
} as const;

/** `tmu_…` of an account, `tma_…` of an agent. */
export const walletAddress = z
  .string()
  .regex(new RegExp(`^tm[ua]_${ULID}$`), 'expected an address like tmu_… or tma_…');

/** Any account of the books: a wallet's address, or the name of a system account. */
export const bookAddress = z.union([walletAddress, z.enum(SYSTEM_WALLETS)]);

/** The address of an owner's wallet is its id under another prefix: nobody can have two, and none must be looked up. */
export function addressOf({ type, id }: WalletOwner): string {
  const { id: prefix, address } = PREFIXES[type];
  if (!id.startsWith(prefix)) throw new RangeError(`an ${type} has an id like ${prefix}…`);
  return address + id.slice(prefix.length);
}

/** @returns null for a system account */
export function ownerOf(address: string): WalletOwner | null {
  for (const type of ['account', 'agent'] as const) {
    const prefix = PREFIXES[type];
    if (address.startsWith(prefix.address))
      return { type, id: prefix.id + address.slice(prefix.address.length) };
  }
  return null;
}
