import { readBounded } from '../upstream/client.ts';
import { UpstreamError } from '../upstream/upstream-error.ts';
import type { Begun } from './begin.ts';
import type { OpenCall } from './call.ts';
import type { ReadAnswer } from './dialect.ts';
import { providerJson } from './provider-json.ts';

export interface WholeAnswer {
  readonly bytes: Buffer;
  readonly read: ReadAnswer;
}

function parsed(bytes: Buffer): unknown {
  try {
    return providerJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

/**
 * Reads a whole answer. Nothing of it has reached the caller, so it is either understood or refused.
 * @throws UpstreamError, and what the transport throws
 */
export async function readWhole(
  { dialect }: Begun,
  { answer }: OpenCall,
  limit: number,
): Promise<WholeAnswer> {
  const bytes = await readBounded(answer.body, limit);
  const read = dialect.readAnswer(parsed(bytes));
  if (read === null) throw new UpstreamError('garbage', 'the provider’s answer is not one');
  return { bytes, read };
}
