import { z } from 'zod';
import { SOLANA_ADDRESS } from '../../../shared/service/autonomy-settings.ts';
import { AutonomyError } from '../autonomy-error.ts';
import type { OutboundAnswer } from '../outbound.ts';

/** A requirement is a few hundred bytes; what is larger is no requirement. */
export const MOST_REQUIREMENT_BYTES = 64 * 1024;
const MOST_OPTIONS = 16;

/** One way to pay, in the words of either version. All of it is attacker-controlled. */
export interface Requirement {
  readonly version: 1 | 2;
  readonly scheme: string;
  readonly network: string;
  readonly asset: string;
  /** Of the asset's smallest unit. */
  readonly amount: bigint;
  readonly payTo: string;
  readonly resource: string;
  readonly feePayer: string;
  readonly memo: string | null;
  /** As it was asked for: version 2 sends it back word by word. */
  readonly raw: unknown;
  readonly rawResource: unknown;
}

export interface Offer {
  readonly version: 1 | 2;
  readonly requirements: readonly Requirement[];
}

const word = z.string().min(1).max(100);
const address = z.string().regex(SOLANA_ADDRESS);
const amount = z.string().regex(/^[1-9]\d{0,17}$/);
const resource = z.string().max(2048);
const extra = z.looseObject({ feePayer: address, memo: z.string().max(256).optional() });

const v1Option = z.looseObject({
  ...{ scheme: word, network: word, asset: address, payTo: address },
  ...{ maxAmountRequired: amount, resource, extra },
});
const v1 = z.object({ x402Version: z.literal(1), accepts: z.array(z.unknown()).min(1).max(MOST_OPTIONS) });

const v2Option = z.looseObject({
  ...{ scheme: word, network: word, asset: address, payTo: address },
  ...{ amount, extra },
});
const v2 = z.object({
  x402Version: z.literal(2),
  resource: z.looseObject({ url: resource }),
  accepts: z.array(z.unknown()).min(1).max(MOST_OPTIONS),
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Ways that are not for Solana look otherwise; they are left out, as a wallet leaves out coins that it does not know. */
function understood<T>(schema: z.ZodType<T>, options: readonly unknown[]): { option: T; raw: unknown }[] {
  return options.flatMap((raw) => {
    const found = schema.safeParse(raw);
    return found.success ? [{ option: found.data, raw }] : [];
  });
}

function readV1(body: unknown): Requirement[] | null {
  const offer = v1.safeParse(body);
  if (!offer.success) return null;
  return understood(v1Option, offer.data.accepts).map(({ option, raw }) => ({
    version: 1,
    ...{ scheme: option.scheme, network: option.network, asset: option.asset, payTo: option.payTo },
    amount: BigInt(option.maxAmountRequired),
    resource: option.resource,
    feePayer: option.extra.feePayer,
    memo: null,
    raw,
    rawResource: null,
  }));
}

function readV2(body: unknown): Requirement[] | null {
  const offer = v2.safeParse(body);
  if (!offer.success) return null;
  return understood(v2Option, offer.data.accepts).map(({ option, raw }) => ({
    version: 2,
    ...{ scheme: option.scheme, network: option.network, asset: option.asset, payTo: option.payTo },
    amount: BigInt(option.amount),
    resource: offer.data.resource.url,
    feePayer: option.extra.feePayer,
    memo: option.extra.memo ?? null,
    raw,
    rawResource: offer.data.resource,
  }));
}

/**
 * What an answer 402 asks for: version 2 in its header `PAYMENT-REQUIRED` (base64 of JSON), version 1 in its body.
 * @throws AutonomyError `paywall`
 */
export function readOffer(answer: OutboundAnswer): Offer {
  const header = answer.header('payment-required');
  const version = header === undefined ? 1 : 2;
  if (answer.body.length > MOST_REQUIREMENT_BYTES)
    throw new AutonomyError('paywall', 'requirement-too-large');
  const requirements =
    header === undefined
      ? readV1(parsed(answer.body.toString('utf8')))
      : readV2(parsed(Buffer.from(header, 'base64').toString('utf8')));
  if (requirements === null || requirements.length === 0)
    throw new AutonomyError('paywall', 'requirement-malformed');
  return { version, requirements };
}
