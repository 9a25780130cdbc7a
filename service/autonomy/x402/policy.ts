import {
  type AutonomySettings,
  DEVNET_GENESIS,
  type PayableAsset,
} from '../../../shared/service/autonomy-settings.ts';
import { AutonomyError } from '../autonomy-error.ts';
import type { Offer, Requirement } from './requirements.ts';

/** What version 1 of the protocol calls the networks; version 2 uses CAIP-2, which is made of the genesis hash. */
const V1_NAMES: Readonly<Record<string, string>> = {
  [DEVNET_GENESIS]: 'solana-devnet',
  '5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d': 'solana',
};

/** CAIP-2: the namespace, and the first 32 characters of the genesis hash. */
export const networkOf = (genesisHash: string): string => `solana:${genesisHash.slice(0, 32)}`;

export type Policy = Pick<AutonomySettings, 'genesisHash' | 'hosts' | 'recipients' | 'assets'>;

export interface PolicyTask {
  readonly url: string;
  readonly asset: string;
  readonly cost: bigint;
}

/** One way to pay that policy allows. */
export interface Payable {
  readonly requirement: Requirement;
  readonly asset: PayableAsset;
}

type Judgement = { readonly payable: Payable } | { readonly refusal: string; readonly claim: string };

const sameResource = (claimed: string, url: string): boolean =>
  URL.canParse(claimed) && new URL(claimed).href === new URL(url).href;

function networkAllowed({ version, network }: Requirement, genesisHash: string): boolean {
  return network === networkOf(genesisHash) || (version === 1 && network === V1_NAMES[genesisHash]);
}

/** Every rule stands here, and the first that is broken is the reason. */
function judge(requirement: Requirement, task: PolicyTask, policy: Policy, payer: string): Judgement {
  const { scheme, network, asset: mint, amount, payTo, resource, feePayer } = requirement;
  const asset = policy.assets.find((one) => one.mint === mint && mint === task.asset);
  const refusal = (reason: string, claim: string): Judgement => ({ refusal: reason, claim });
  if (scheme !== 'exact') return refusal('scheme', scheme);
  if (!networkAllowed(requirement, policy.genesisHash)) return refusal('network', network);
  if (!sameResource(resource, task.url)) return refusal('resource', resource);
  if (!asset) return refusal('asset', mint);
  if (!policy.recipients.includes(payTo)) return refusal('recipient', payTo);
  // Who pays the network's fee signs last; were it the payer, its signature would be worth more than the amount.
  if (feePayer === payer || payTo === payer) return refusal('fee-payer', feePayer);
  if (amount > task.cost) return refusal('amount-above-cost', String(amount));
  if (amount > BigInt(asset.mostPerPayment)) return refusal('amount-above-cap', String(amount));
  return { payable: { requirement, asset } };
}

/**
 * The cheapest way that policy allows.
 * @throws AutonomyError `refused` with the reason against the first of them
 */
export function choosePayable(offer: Offer, task: PolicyTask, policy: Policy, payer: string): Payable {
  const judged = offer.requirements.map((one) => judge(one, task, policy, payer));
  const payable = judged
    .flatMap((one) => ('payable' in one ? [one.payable] : []))
    .sort((a, b) => (a.requirement.amount < b.requirement.amount ? -1 : 1))[0];
  if (payable) return payable;
  const first = judged.find((one) => 'refusal' in one);
  throw new AutonomyError('refused', first?.refusal ?? 'nothing-offered', first?.claim);
}

/** The host as configuration names it: with its port where it is not the scheme's own. */
export const hostOf = (url: string): string => new URL(url).host;
