import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import {
  type AutonomySettings,
  autonomySettings,
  payableAsset,
  SOLANA_ADDRESS,
} from '../../shared/service/autonomy-settings.ts';

export const AUTONOMY_USAGE = `  AUTONOMY_HOSTS           hosts that the payer's tasks may fetch from, with their port where they have one, separated by
                           commas; without it no task is taken
  AUTONOMY_RECIPIENTS      Solana addresses that may be paid, separated by commas; without it none may
  AUTONOMY_ASSETS          tokens that may be paid with, MINT:DECIMALS:MOST:DAY separated by commas, the most of one
                           payment and of a day in the token's smallest unit; without it none may
  AUTONOMY_PRIVATE_NETWORKS   networks in CIDR, separated by commas, whose addresses those hosts may have although they are
                           private, e.g. 127.0.0.0/8
  SOLANA_RPC_URL           the node that tells balances and settlements; https only, in development http as well; without it
                           nothing is paid
  SOLANA_GENESIS_HASH      genesis hash of the network that the node must be on (Devnet's)`;

const listed = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

const addresses = z
  .string()
  .transform(listed)
  .refine((all) => all.every((one) => SOLANA_ADDRESS.test(one)), 'must be Solana addresses in base58');

const networks = z
  .string()
  .transform(listed)
  .refine((all) => all.every((one) => ipaddr.isValidCIDR(one)), 'must be networks like 127.0.0.0/8');

const assets = z.string().transform((text, ctx) => {
  const parsed = z.array(payableAsset).safeParse(
    listed(text).map((one) => {
      const [mint, decimals, mostPerPayment, mostPerDay, ...rest] = one.split(':');
      return { mint: rest.length > 0 ? '' : mint, decimals: Number(decimals), mostPerPayment, mostPerDay };
    }),
  );
  if (parsed.success && new Set(parsed.data.map(({ mint }) => mint)).size === parsed.data.length)
    return parsed.data;
  ctx.addIssue('must be MINT:DECIMALS:MOST:DAY separated by commas, every mint once');
  return z.NEVER;
});

/** Variables of the autonomous payer. */
export const autonomyVariables = {
  AUTONOMY_HOSTS: z.string().transform(listed).optional(),
  AUTONOMY_RECIPIENTS: addresses.optional(),
  AUTONOMY_ASSETS: assets.optional(),
  AUTONOMY_PRIVATE_NETWORKS: networks.optional(),
  SOLANA_RPC_URL: z.url('must be a URL').optional(),
  SOLANA_GENESIS_HASH: z.string().regex(SOLANA_ADDRESS, 'must be a hash in base58').optional(),
};

const variables = z.object(autonomyVariables);

export const autonomyFrom = (env: z.infer<typeof variables>): AutonomySettings =>
  autonomySettings.parse({
    hosts: env.AUTONOMY_HOSTS,
    recipients: env.AUTONOMY_RECIPIENTS,
    assets: env.AUTONOMY_ASSETS,
    privateNetworks: env.AUTONOMY_PRIVATE_NETWORKS,
    rpcUrl: env.SOLANA_RPC_URL,
    genesisHash: env.SOLANA_GENESIS_HASH,
  });
