import type { SolanaRpc } from './rpc.ts';
import { tokenAmount } from './wire.ts';

/** What a wallet holds of a token, in its smallest unit: nothing when it has no account of it. */
export async function tokenBalance(rpc: SolanaRpc, owner: string, mint: string): Promise<bigint> {
  const { tokenAccountOf, TOKEN_PROGRAM } = await import('../x402/transaction.ts');
  const account = await rpc.account(await tokenAccountOf(owner, mint));
  if (account?.owner !== TOKEN_PROGRAM) return 0n;
  return tokenAmount(account.data, owner, mint) ?? 0n;
}
