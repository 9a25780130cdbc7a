import { base58 } from '@scure/base';
import { z } from 'zod';
import { AutonomyError } from '../autonomy-error.ts';
import type { OutboundAnswer } from '../outbound.ts';
import type { Requirement } from './requirements.ts';

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');

/** The header that pays. @param transaction as it travels, base64 */
export function paymentHeader(requirement: Requirement, transaction: string): Record<string, string> {
  const { version, scheme, network, raw, rawResource } = requirement;
  const payload = { transaction };
  return version === 1
    ? { 'x-payment': base64({ x402Version: 1, scheme, network, payload }) }
    : { 'payment-signature': base64({ x402Version: 2, resource: rawResource, accepted: raw, payload }) };
}

const settlement = z.object({
  success: z.boolean(),
  transaction: z.string().max(100),
  network: z.string().max(100),
  payer: z.string().max(100).optional(),
});

const isSignature = (text: string): boolean => {
  try {
    return base58.decode(text).length === 64;
  } catch {
    return false;
  }
};

/**
 * What the answer says about the payment, attacker-controlled like all of it.
 * @returns the transaction that it names, which only the network can confirm; null when it says nothing
 * @throws AutonomyError `refused` when it contradicts what was signed
 */
export function claimedTransaction(
  answer: OutboundAnswer,
  requirement: Requirement,
  payer: string,
): string | null {
  const header = answer.header(requirement.version === 1 ? 'x-payment-response' : 'payment-response');
  if (header === undefined) return null;
  let said: unknown;
  try {
    said = JSON.parse(Buffer.from(header, 'base64').toString('utf8'));
  } catch {
    said = undefined;
  }
  const parsed = settlement.safeParse(said);
  if (!parsed.success) throw new AutonomyError('refused', 'settlement-malformed', header);
  const { success, transaction, network, payer: named } = parsed.data;
  if (!success) return null;
  if (network !== requirement.network) throw new AutonomyError('refused', 'settlement-network', network);
  if (named !== undefined && named !== payer) throw new AutonomyError('refused', 'settlement-payer', named);
  if (!isSignature(transaction)) throw new AutonomyError('refused', 'settlement-transaction', transaction);
  return transaction;
}
