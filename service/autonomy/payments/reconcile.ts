import { transact } from '../../db/database.ts';
import { behindBreaker, RPC_TARGET } from '../control/breakers.ts';
import { type Payer, stepper } from '../parts.ts';
import { MOST_SIGNATURES, type SolanaRpc } from '../solana/rpc.ts';
import { signaturesOf } from '../solana/wire.ts';
import { abandonedPayments, changePayment, type PaymentRow, signedPayments } from './store.ts';

/** Blocks that a node behind a balancer may lag behind the one that told the height. */
const LAG_BLOCKS = 150;
/** Clocks of the network and of this machine may differ by so much. */
const SKEW_SECONDS = 300;

type Found =
  | { readonly outcome: 'settled'; readonly transaction: string }
  | { readonly outcome: 'void'; readonly reason: string }
  | { readonly outcome: 'unknown' };

/** Whether this is the payment's transaction: it bears the payer's own signature, which fits one message only. */
async function judgeTransaction(rpc: SolanaRpc, name: string, payment: PaymentRow): Promise<Found> {
  const seen = await rpc.transaction(name);
  if (!seen || !signaturesOf(seen.bytes).includes(payment.signature ?? '')) return { outcome: 'unknown' };
  return seen.failed
    ? { outcome: 'void', reason: 'the network refused the transaction' }
    : { outcome: 'settled', transaction: name };
}

/** Looks for the payment among the payer's transactions, whoever sent it there. */
async function lookUp(rpc: SolanaRpc, payment: PaymentRow): Promise<Found> {
  // The height comes first: what is not found after it was read cannot have been included before it.
  const height = await rpc.finalHeight();
  const listed = await rpc.signaturesOf(payment.payer);
  const from = payment.created_at.getTime() / 1000 - SKEW_SECONDS;
  for (const { signature, blockTime } of listed) {
    if (blockTime !== null && blockTime !== undefined && blockTime < from) continue;
    const found = await judgeTransaction(rpc, signature, payment);
    if (found.outcome !== 'unknown') return found;
  }
  // A full list may go on where nobody has looked.
  const complete = listed.length < MOST_SIGNATURES;
  return complete && height > Number(payment.last_valid_height) + LAG_BLOCKS
    ? { outcome: 'void', reason: 'its blockhash expired before anybody sent it' }
    : { outcome: 'unknown' };
}

export const settlePayment = (payer: Payer, payment: PaymentRow, transaction: string): Promise<void> =>
  transact(payer.db, async (tx) => {
    const { id: paymentId, task_id: taskId, amount } = payment;
    const change = { state: 'SETTLED', transaction, ended_at: payer.now() } as const;
    if (!(await changePayment(tx, paymentId, ['SIGNED'], change))) return;
    await stepper(payer, tx)('payer.payment-settled', { paymentId, taskId, transaction, amount });
  });

/** Somebody claims what the network does not confirm: written down once, as an alert. */
export const disputePayment = (
  payer: Payer,
  { id: paymentId, task_id: taskId, host }: Pick<PaymentRow, 'id' | 'task_id' | 'host'>,
  reason: string,
  claim: string,
): Promise<void> =>
  transact(payer.db, async (tx) => {
    await changePayment(tx, paymentId, ['SIGNED', 'SETTLED', 'VOID'], { disputed: true });
    await stepper(payer, tx)('payer.settlement-disputed', { paymentId, taskId, host, reason, claim });
  });

const voidPayment = (
  payer: Payer,
  payment: Pick<PaymentRow, 'id' | 'task_id' | 'state'>,
  reason: string,
): Promise<boolean> =>
  transact(payer.db, async (tx) => {
    const { id: paymentId, task_id: taskId, state } = payment;
    const change = { state: 'VOID', ended_reason: reason, ended_at: payer.now() } as const;
    if (!(await changePayment(tx, paymentId, [state], change))) return false;
    await stepper(payer, tx)('payer.payment-void', { paymentId, taskId, reason });
    return true;
  });

/** Nothing has left: its signature was never released. */
export const voidIntended = (payer: Payer, payment: Pick<PaymentRow, 'id' | 'task_id'>): Promise<boolean> =>
  voidPayment(payer, { ...payment, state: 'INTENDED' }, 'it was stopped before it was sent');

/** What the paid side claimed is asked of the network at once. @returns whether it is settled now */
export async function confirmClaim(
  payer: Payer,
  payment: PaymentRow,
  claimed: string,
): Promise<Found['outcome']> {
  await transact(payer.db, (tx) => changePayment(tx, payment.id, ['SIGNED'], { claimed }));
  const { rpc } = payer;
  if (!rpc) return 'unknown';
  const found = await behindBreaker(payer, RPC_TARGET, () => judgeTransaction(rpc, claimed, payment));
  if (found.outcome === 'settled') await settlePayment(payer, payment, found.transaction);
  return found.outcome;
}

/**
 * Finds out what became of a payment that may have been made. It is settled when the network shows it, void when the network can
 * no longer take it, and open otherwise: then nothing is paid again.
 */
export async function reconcile(payer: Payer, payment: PaymentRow): Promise<void> {
  const { rpc } = payer;
  if (!rpc || payment.signature === null) return;
  const found = await behindBreaker(payer, RPC_TARGET, () => lookUp(rpc, payment));
  if (found.outcome === 'settled') await settlePayment(payer, payment, found.transaction);
  if (found.outcome !== 'void') return;
  const ended = await voidPayment(payer, payment, found.reason);
  if (ended && payment.claimed !== null && !payment.disputed)
    await disputePayment(payer, payment, 'settlement-never-happened', payment.claimed);
}

/** The job: what crashes and lying paywalls have left open. */
export async function reconcileAll(payer: Payer): Promise<void> {
  for (const payment of await abandonedPayments(payer.db.kysely, payer.now()))
    await voidIntended(payer, payment);
  for (const payment of await signedPayments(payer.db.kysely)) await reconcile(payer, payment);
}
