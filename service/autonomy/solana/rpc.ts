import { z } from 'zod';
import { AutonomyError } from '../autonomy-error.ts';
import type { Send } from '../outbound.ts';

const ANSWER_BYTES = 4 * 1024 * 1024;
const CALL_MS = 5_000;
/** The most that a node lists at once. */
export const MOST_SIGNATURES = 1000;

const CONFIRMED = { commitment: 'confirmed' } as const;

const height = z.number().int().nonnegative();
const latestBlockhash = z.object({
  value: z.object({ blockhash: z.string().min(32).max(44), lastValidBlockHeight: height }),
});
const accountInfo = z.object({
  value: z.object({ owner: z.string(), data: z.tuple([z.string(), z.literal('base64')]) }).nullable(),
});
const signatures = z
  .array(z.object({ signature: z.string(), blockTime: z.number().nullish() }))
  .max(MOST_SIGNATURES);
const transaction = z
  .object({
    slot: height,
    transaction: z.tuple([z.string(), z.literal('base64')]),
    meta: z.object({ err: z.unknown() }),
  })
  .nullable();

export interface SeenTransaction {
  readonly bytes: Buffer;
  readonly failed: boolean;
}

/** What the payer asks of a Solana node (JSON-RPC 2.0). Its answers are checked, and one that is none is a failure. */
export class SolanaRpc {
  readonly #send: Send;
  readonly #url: string;

  constructor(send: Send, url: string) {
    this.#send = send;
    this.#url = url;
  }

  async #call<T>(method: string, params: readonly unknown[], result: z.ZodType<T>): Promise<T> {
    const answer = await this.#send({
      method: 'POST',
      url: this.#url,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      limit: ANSWER_BYTES,
      signal: AbortSignal.timeout(CALL_MS),
    });
    const parsed = z.object({ result }).safeParse(jsonOf(answer.body));
    if (answer.status !== 200 || !parsed.success) throw new AutonomyError('network', `rpc-${method}`);
    return parsed.data.result as T;
  }

  genesisHash = (): Promise<string> => this.#call('getGenesisHash', [], z.string());

  async latestBlockhash() {
    return (await this.#call('getLatestBlockhash', [CONFIRMED], latestBlockhash)).value;
  }

  /** What is finalized: a height that no fork takes back. */
  finalHeight = (): Promise<number> => this.#call('getBlockHeight', [{ commitment: 'finalized' }], height);

  /** The account's owner program and data; null when there is none. */
  async account(address: string): Promise<{ readonly owner: string; readonly data: Buffer } | null> {
    const options = { ...CONFIRMED, encoding: 'base64' };
    const { value } = await this.#call('getAccountInfo', [address, options], accountInfo);
    return value && { owner: value.owner, data: Buffer.from(value.data[0], 'base64') };
  }

  /** Of transactions that name the address, newest first. */
  signaturesOf = (address: string) =>
    this.#call('getSignaturesForAddress', [address, { ...CONFIRMED, limit: MOST_SIGNATURES }], signatures);

  /** Null while the network has not confirmed it. */
  async transaction(signature: string): Promise<SeenTransaction | null> {
    const options = { ...CONFIRMED, encoding: 'base64', maxSupportedTransactionVersion: 0 };
    const found = await this.#call('getTransaction', [signature, options], transaction);
    if (!found) return null;
    const failed = found.meta.err !== null && found.meta.err !== undefined;
    return { bytes: Buffer.from(found.transaction[0], 'base64'), failed };
  }
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
