import { z } from 'zod';
import { Refusal } from '../ipc/refusal.ts';
import type { Remains } from '../keeper/protocol.ts';

const ANSWER_MS = 15_000;
const MAX_ANSWER = 4 * 1024 * 1024;
const TOKEN_PROGRAMS = [
  'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA',
  'TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb',
] as const;

const at = { commitment: 'confirmed' } as const;
const amount = z.number().int().nonnegative();
const withValue = <T extends z.ZodType>(value: T) => z.object({ value });
const balance = withValue(amount);
const blockhash = withValue(z.object({ blockhash: z.string().max(64), lastValidBlockHeight: amount }));
const decimals = z.number().int().min(0).max(255);
const tokenInfo = z.object({
  mint: z.string().max(64),
  tokenAmount: z.object({ amount: z.string().regex(/^\d{1,20}$/), decimals }),
});
const tokenAccount = z.object({
  pubkey: z.string().max(64),
  account: z.object({ data: z.object({ parsed: z.object({ info: tokenInfo }) }) }),
});
const tokenAccounts = withValue(z.array(tokenAccount).max(10_000));
const status = z
  .object({
    confirmationStatus: z.enum(['processed', 'confirmed', 'finalized']).nullable(),
    err: z.unknown(),
  })
  .nullable();
const statuses = withValue(z.array(status));
const answer = z.object({ result: z.unknown(), error: z.object({ message: z.string() }).optional() });

const failed = (message: string, cause?: unknown): Refusal =>
  new Refusal('request-failed', message, { retryable: true, cause });

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** https, or a validator on this machine: an address and its balance are nobody's business on the way. */
function endpointOf(text: string): URL {
  const url = new URL(text);
  const isPlainLocal = url.protocol === 'http:' && LOOPBACK.has(url.hostname);
  if ((url.protocol !== 'https:' && !isPlainLocal) || url.username || url.password)
    throw new Refusal(
      'invalid-payload',
      'The RPC address must begin with https://, or with http:// on this machine.',
    );
  return url;
}

export type Fetch = (url: URL, init: RequestInit) => Promise<Pick<Response, 'ok' | 'status' | 'text'>>;

/** One question and its answer, parsed and bounded. */
function askingAt(endpoint: string, fetch: Fetch) {
  const url = endpointOf(endpoint);

  return async function ask<T extends z.ZodType>(
    method: string,
    params: unknown[],
    shape: T,
  ): Promise<z.output<T>> {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    const init = {
      ...{ method: 'POST', body, headers: { 'content-type': 'application/json' } },
      ...{ redirect: 'error' as const, signal: AbortSignal.timeout(ANSWER_MS) },
    };
    let said: unknown;
    try {
      const response = await fetch(url, init);
      const text = await response.text();
      if (!response.ok || text.length > MAX_ANSWER) throw new RangeError(`status ${response.status}`);
      said = JSON.parse(text);
    } catch (cause) {
      throw failed(`${url.host} did not answer ${method}. Try again, or choose another RPC address.`, cause);
    }
    const parsed = answer.safeParse(said);
    if (!parsed.success || parsed.data.error)
      throw failed(`${url.host} refused ${method}. Nothing was changed.`);
    const result = shape.safeParse(parsed.data.result);
    if (!result.success) throw failed(`${url.host} answered ${method} in a way that is not Solana’s.`);
    return result.data;
  };
}

/** What is left of a wallet, and a blockhash to move it with. */
async function remainsOf(ask: ReturnType<typeof askingAt>, of: string): Promise<Remains> {
  const { value } = await ask('getLatestBlockhash', [at], blockhash);
  const tokens: Remains['tokens'][number][] = [];
  for (const program of TOKEN_PROGRAMS) {
    const config = { ...at, encoding: 'jsonParsed' };
    const found = await ask('getTokenAccountsByOwner', [of, { programId: program }, config], tokenAccounts);
    for (const { pubkey, account } of found.value) {
      const { mint, tokenAmount } = account.data.parsed.info;
      tokens.push({ ...tokenAmount, account: pubkey, mint, program });
    }
  }
  const lamports = (await ask('getBalance', [of, at], balance)).value;
  return {
    blockhash: value.blockhash,
    lastValidBlockHeight: String(value.lastValidBlockHeight),
    lamports: String(lamports),
    tokens,
  };
}

/** The few questions that a rotation asks a Solana cluster. Its answers are attacker-controlled: never believed alone. */
export function solanaRpc(endpoint: string, fetch: Fetch) {
  const ask = askingAt(endpoint, fetch);

  return {
    genesisHash: () => ask('getGenesisHash', [], z.string().max(64)),
    version: async () =>
      (await ask('getVersion', [], z.object({ 'solana-core': z.string().max(100) })))['solana-core'],
    /** Refused by a node that is behind. */
    health: () => ask('getHealth', [], z.literal('ok')),
    balance: async (of: string) => (await ask('getBalance', [of, at], balance)).value,
    remains: (of: string) => remainsOf(ask, of),
    /** The node looks at it before it takes it; a refusal says that it would fail. */
    send: (wire: string) =>
      ask('sendTransaction', [wire, { encoding: 'base64', preflightCommitment: 'confirmed' }], z.string()),
    blockHeight: () => ask('getBlockHeight', [at], amount),
    async status(signature: string): Promise<'unknown' | 'pending' | 'confirmed' | 'failed'> {
      const { value } = await ask(
        'getSignatureStatuses',
        [[signature], { searchTransactionHistory: true }],
        statuses,
      );
      const [known] = value;
      if (!known) return 'unknown';
      if (known.err !== null && known.err !== undefined) return 'failed';
      return known.confirmationStatus === 'processed' ? 'pending' : 'confirmed';
    },
  };
}
export type SolanaRpc = ReturnType<typeof solanaRpc>;
