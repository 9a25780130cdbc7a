import { z } from 'zod';

/** Genesis hash of Solana's Devnet: the network that this payer pays on unless configuration names another. */
export const DEVNET_GENESIS = 'EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG';

/** A public key or a hash of 32 bytes, in base58. */
export const SOLANA_ADDRESS = /^[1-9A-HJ-NP-Za-km-z]{32,44}$/;

const address = z.string().regex(SOLANA_ADDRESS);
/** Of the asset's smallest unit; it fits a signed column of 64 bits. */
const smallest = z.string().regex(/^(?:0|[1-9]\d{0,17})$/);

/** A token that may be paid with, and how much of it. */
export const payableAsset = z.object({
  mint: address,
  decimals: z.number().int().min(0).max(18),
  mostPerPayment: smallest,
  /** In one day of UTC, over every task. */
  mostPerDay: smallest,
});
export type PayableAsset = z.infer<typeof payableAsset>;

const milliseconds = z.number().int().min(1);

/** What configuration decides about the autonomous payer. Where it is silent, nothing is fetched and nothing is paid. */
export const autonomySettings = z.object({
  /** The node that is asked about balances and settlements; null: no payment is possible. */
  rpcUrl: z.string().nullable().default(null),
  genesisHash: address.default(DEVNET_GENESIS),
  /** Hosts, with their port where it is not the scheme's own, that tasks may fetch from. */
  hosts: z.array(z.string()).default([]),
  recipients: z.array(address).default([]),
  assets: z.array(payableAsset).default([]),
  /** Networks in CIDR that are private and may be connected to all the same. */
  privateNetworks: z.array(z.string()).default([]),
  headMs: milliseconds.default(15_000),
  idleMs: milliseconds.default(5_000),
  /** One fetch with its payment, from beginning to end. */
  totalMs: milliseconds.default(45_000),
  answerBytes: z
    .number()
    .int()
    .min(1024)
    .default(1024 * 1024),
});
export type AutonomySettings = z.infer<typeof autonomySettings>;

/** A payer that nobody has configured: it fetches nothing and pays nothing. */
export const DEFAULT_AUTONOMY: AutonomySettings = autonomySettings.parse({});
