import { randomBytes } from 'node:crypto';
import { makeId } from '../../shared/ids/ids.ts';
import { ownerOf } from '../../shared/money/wallets.ts';
import type { Tx } from '../db/database.ts';
import { isRefusedBy } from '../db/database-error.ts';
import type { Handlers } from '../gate/context.ts';
import { HttpError } from '../gate/http-error.ts';
import { actorOf, type Done, type Mutate } from '../identity/mutation.ts';
import { criticalExecutor, type Executor } from '../identity/proposals/executor.ts';
import { unknownWallet } from './moves.ts';
import { readWallet } from './reads.store.ts';
import { toWallet } from './rules.ts';
import { freezeWallet, unfreezeWallet } from './wallet-freeze.store.ts';

/** What the database's refusal is, should something spend that has not looked at the wallet; null for anything else. */
export const classifyWalletFreeze = (error: unknown): HttpError | null =>
  isRefusedBy(error, 'wallet_is_frozen')
    ? new HttpError('wallet_frozen', 'an operator has frozen this wallet; nothing was charged', {
        cause: error,
      })
    : null;

/** @throws HttpError `conflict` for what everybody is paid through */
function requireOwned(address: string): void {
  if (ownerOf(address) !== null) return;
  throw new HttpError(
    'conflict',
    `${address} is a system account, through which everybody pays; to stop it, stop all spending`,
  );
}

/** Why it could not be frozen: nobody has it, or somebody was first. */
async function refusalOf(tx: Tx, address: string): Promise<Error> {
  const row = await readWallet(tx, address);
  return row ? new HttpError('conflict', `${address} is frozen already`) : unknownWallet(address);
}

export const walletFreezeHandlers = ({
  mutate,
}: {
  readonly mutate: Mutate;
}): Pick<Handlers, 'wallets.freeze'> => ({
  'wallets.freeze': ({ body: { wallet, reason } }, ctx) =>
    mutate('wallets.freeze', ctx, async (tx, stage): Promise<Done<'wallets.freeze'>> => {
      requireOwned(wallet);
      const at = ctx.now();
      const id = makeId('walletFreeze', randomBytes(10), at.getTime());
      const row = await freezeWallet(tx, wallet, { id, at, by: actorOf(ctx).id, reason });
      if (!row) throw await refusalOf(tx, wallet);
      const eventId = await stage('wallet.frozen', { freezeId: id, wallet, reason });
      return { subject: wallet, answer: { status: 201, body: { wallet: toWallet(row), eventId } } };
    }),
});

const notInForce = (wallet: string, freezeId: string): HttpError =>
  new HttpError('conflict', `${freezeId} does not freeze ${wallet}`);

/** Letting what is in a wallet be spent again, once two persons want it: this freeze of it, and no later one. */
export const unfreezeExecutor = (): Executor =>
  criticalExecutor('wallets.unfreeze', {
    check: async (tx, { body: { wallet, freezeId } }) => {
      const row = await readWallet(tx, wallet);
      if (!row) throw unknownWallet(wallet);
      if (row.freeze_id !== freezeId) throw notInForce(wallet, freezeId);
    },
    execute: async (tx, { body: { wallet, freezeId, reason } }, { stage, proposalId }) => {
      if (!(await unfreezeWallet(tx, wallet, freezeId))) throw notInForce(wallet, freezeId);
      await stage('wallet.unfrozen', { freezeId, wallet, reason, proposalId });
      return wallet;
    },
  });
