import type { Payer } from '../parts.ts';
import { tokenBalance } from '../solana/balance.ts';
import { behindBreaker, RPC_TARGET } from './breakers.ts';

interface Balance {
  readonly amount: string;
  readonly at: string;
}

/** What the node told this instance last; the wallet's truth is the network's, so nothing of it is stored. */
export class Balances {
  readonly #known = new Map<string, Balance>();

  of(mint: string): Balance | null {
    return this.#known.get(mint) ?? null;
  }

  /** The job. While the node does not answer, the last figure stays with its time. */
  async measure(payer: Payer): Promise<void> {
    const { rpc, signer, settings } = payer;
    if (!rpc || !signer) return;
    for (const { mint } of settings.assets) {
      const amount = await behindBreaker(payer, RPC_TARGET, () => tokenBalance(rpc, signer.address, mint));
      this.#known.set(mint, { amount: String(amount), at: payer.now().toISOString() });
    }
  }
}
