import { transact } from '../../db/database.ts';
import { AutonomyError } from '../autonomy-error.ts';
import { behindBreaker, RPC_TARGET } from '../control/breakers.ts';
import { pausePayer } from '../control/pause.ts';
import type { OutboundAnswer } from '../outbound.ts';
import { type Payer, stepper } from '../parts.ts';
import type { PayerSigner } from '../payer-key.ts';
import { intendPayment, releasePayment } from '../payments/intend.ts';
import { confirmClaim, disputePayment, voidIntended } from '../payments/reconcile.ts';
import { changePayment, openPayment } from '../payments/store.ts';
import type { TaskRow } from '../queue/rules.ts';
import { tokenBalance } from '../solana/balance.ts';
import type { SolanaRpc } from '../solana/rpc.ts';
import { claimedTransaction, paymentHeader } from '../x402/headers.ts';
import { choosePayable, type Payable } from '../x402/policy.ts';
import { readOffer } from '../x402/requirements.ts';
import { fetchResource, isThere } from './fetch.ts';

interface Means {
  readonly rpc: SolanaRpc;
  readonly signer: PayerSigner;
}

/** @throws AutonomyError `refused` */
function meansOf({ rpc, signer }: Payer): Means {
  if (!rpc || !signer) throw new AutonomyError('refused', rpc ? 'no-payer-key' : 'no-rpc');
  return { rpc, signer };
}

/** What the paywall wants, judged by policy. @throws AutonomyError `paywall`, `refused` */
async function agree(
  payer: Payer,
  task: TaskRow,
  signer: PayerSigner,
  answer: OutboundAnswer,
): Promise<Payable> {
  const offer = readOffer(answer);
  const { version, requirements } = offer;
  await transact(payer.db, (tx) =>
    stepper(payer, tx)('payer.payment-required', {
      ...{ taskId: task.id, host: task.host, version, options: requirements.length },
    }),
  );
  return choosePayable(offer, { ...task, cost: BigInt(task.cost) }, payer.settings, signer.address);
}

/** The network that was configured, money enough on it, and a blockhash. @throws AutonomyError `halted` after pausing the payer */
async function prepare(payer: Payer, { rpc, signer }: Means, { requirement, asset }: Payable) {
  const { genesisHash } = payer.settings;
  const [genesis, balance, latest] = await behindBreaker(payer, RPC_TARGET, () =>
    Promise.all([rpc.genesisHash(), tokenBalance(rpc, signer.address, asset.mint), rpc.latestBlockhash()]),
  );
  if (genesis !== genesisHash) {
    await pausePayer(payer, {
      cause: 'wrong-network',
      reason: 'the node is on another network than configured',
    });
    throw new AutonomyError('halted', 'payer-paused');
  }
  if (balance < requirement.amount) {
    const reason = `the wallet holds ${balance} of ${asset.mint} and ${requirement.amount} is asked`;
    await pausePayer(payer, { cause: 'low-balance', reason });
    throw new AutonomyError('halted', 'payer-paused');
  }
  return latest;
}

/** Written down, signed, released: after this the payment may happen. */
async function sign(payer: Payer, means: Means, task: TaskRow, payable: Payable) {
  const latest = await prepare(payer, means, payable);
  const { lastValidBlockHeight } = latest;
  const paymentId = await intendPayment(payer, means.signer, task, payable, lastValidBlockHeight);
  try {
    // Loaded when it is needed: a service without a payer never pays for Solana's libraries.
    const { signPayment } = await import('../x402/transaction.ts');
    const salt = Buffer.from(payer.random(2)).readUInt16LE();
    const signed = await signPayment({ payable, paymentId, ...latest, salt }, means.signer);
    await releasePayment(payer, task, paymentId, signed.signature);
    return { paymentId, ...signed };
  } catch (error) {
    await voidIntended(payer, { id: paymentId, task_id: task.id });
    throw error;
  }
}

/** What the answer says of the settlement, against what the network says. @throws AutonomyError `fetch` when it lies */
async function judgeSettlement(
  payer: Payer,
  task: TaskRow,
  answer: OutboundAnswer,
  payable: Payable,
): Promise<void> {
  const payment = await openPayment(payer.db.kysely, task.id);
  if (!payment) return;
  try {
    const claimed = claimedTransaction(answer, payable.requirement, payment.payer);
    if (answer.status === 402) throw new AutonomyError('refused', 'asked-again', claimed ?? '');
    // A node that fails now leaves the payment open; the reconciliation asks again.
    if (claimed !== null) await confirmClaim(payer, payment, claimed).catch(() => 'unknown');
  } catch (error) {
    if (!(error instanceof AutonomyError)) throw error;
    await disputePayment(payer, payment, error.reason, error.claim);
    throw new AutonomyError('fetch', error.reason);
  }
}

/**
 * Pays what a 402 asks for, when policy allows it, and asks again with the payment.
 * @throws AutonomyError, OutboundError
 */
export async function payAndFetch(
  payer: Payer,
  task: TaskRow,
  answer: OutboundAnswer,
  signal: AbortSignal,
): Promise<{ readonly answer: OutboundAnswer; readonly paymentId: string }> {
  const means = meansOf(payer);
  const payable = await agree(payer, task, means.signer, answer);
  const { paymentId, transaction } = await sign(payer, means, task, payable);
  const paid = await fetchResource(payer, task, paymentHeader(payable.requirement, transaction), signal);
  await judgeSettlement(payer, task, paid, payable);
  if (isThere(paid))
    await transact(payer.db, (tx) =>
      changePayment(tx, paymentId, ['SIGNED', 'SETTLED', 'VOID'], { delivered: true }),
    );
  return { answer: paid, paymentId };
}
