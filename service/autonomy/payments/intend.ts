import { makeId } from '../../../shared/ids/ids.ts';
import { type Tx, transact } from '../../db/database.ts';
import { AutonomyError } from '../autonomy-error.ts';
import { lockControl } from '../control/store.ts';
import { PAYER, type Payer, stepper } from '../parts.ts';
import type { PayerSigner } from '../payer-key.ts';
import type { TaskRow } from '../queue/rules.ts';
import { lockClaimed } from '../queue/store.ts';
import { decide, factsOf } from '../sessions/rules.ts';
import { lockSession, writeSession } from '../sessions/store.ts';
import type { Payable } from '../x402/policy.ts';
import { changePayment, insertPayment, spentSince, undeliveredSince } from './store.ts';

/** The day that caps count in begins at midnight, UTC. */
export const dayOf = (now: Date): Date =>
  new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()));

/** @throws AutonomyError `halted` when the payer was paused, or the task stopped or taken over, since the run began */
async function stillAllowed(tx: Tx, task: TaskRow): Promise<void> {
  if ((await lockControl(tx)).paused) throw new AutonomyError('halted', 'payer-paused');
  const current = await lockClaimed(tx, task);
  if (current?.state !== 'READY') throw new AutonomyError('halted', 'task-stopped');
}

/** One signature of the session's allowance, before anything is signed. @throws AutonomyError `halted` */
async function spendSignature(tx: Tx, payer: Payer, signer: PayerSigner, sessionId: string): Promise<void> {
  const row = await lockSession(tx, sessionId);
  if (
    !row ||
    row.key_generation !== row.current_generation ||
    row.payer_key?.toString('hex') !== signer.fingerprint
  )
    throw new AutonomyError('halted', 'session-of-another-key');
  const at = payer.now();
  const verdict = decide(factsOf(row), { act: 'increment' }, at);
  if (!verdict.ok) throw new AutonomyError('halted', `session-${verdict.state.toLowerCase()}`);
  const { signatures_used: signaturesUsed, signature_allowance: signatureAllowance } = await writeSession(
    tx,
    sessionId,
    { next: verdict.next, at, by: PAYER.id, signed: true },
  );
  const exhausted = verdict.next.state === 'EXHAUSTED';
  await stepper(payer, tx)('payer.session-signed', {
    sessionId,
    signaturesUsed,
    signatureAllowance,
    exhausted,
  });
}

/** @throws AutonomyError `refused` */
async function withinPromises(
  tx: Tx,
  payer: Payer,
  task: TaskRow,
  { requirement, asset }: Payable,
): Promise<void> {
  const undelivered = await undeliveredSince(tx, task.id, task.resumed_at);
  if (undelivered) throw new AutonomyError('refused', 'paid-already', undelivered.id);
  const spent = await spentSince(tx, asset.mint, dayOf(payer.now()));
  if (spent + requirement.amount > BigInt(asset.mostPerDay))
    throw new AutonomyError('refused', 'amount-above-day', String(requirement.amount));
}

/**
 * Writes the payment down, with the signature that it takes from its session, in one transaction and before anything is signed:
 * whoever crashes after it leaves a row that says so.
 * @returns the payment's id
 * @throws AutonomyError `refused`, `halted`
 */
export const intendPayment = (
  payer: Payer,
  signer: PayerSigner,
  task: TaskRow,
  payable: Payable,
  lastValidHeight: number,
): Promise<string> =>
  transact(payer.db, async (tx) => {
    const { requirement, asset } = payable;
    await stillAllowed(tx, task);
    await withinPromises(tx, payer, task, payable);
    await spendSignature(tx, payer, signer, task.session_id);
    const at = payer.now();
    const id = makeId('payment', payer.random(10), at.getTime());
    const { network, amount, payTo, feePayer } = requirement;
    const session = { taskId: task.id, sessionId: task.session_id };
    await insertPayment(tx, {
      ...{ id, ...session, host: task.host, network, asset: asset.mint, decimals: asset.decimals },
      ...{ amount, payer: signer.address, payTo, feePayer, lastValidHeight, at },
    });
    await stepper(payer, tx)('payer.payment-intended', {
      ...{ paymentId: id, ...session, network, asset: asset.mint, amount: String(amount), payTo },
    });
    return id;
  });

/**
 * The last look before the signature leaves: from here on the payment may happen.
 * @throws AutonomyError `halted` when the payer, the task or the session was stopped meanwhile
 */
export const releasePayment = (
  payer: Payer,
  task: TaskRow,
  paymentId: string,
  signature: string,
): Promise<void> =>
  transact(payer.db, async (tx) => {
    await stillAllowed(tx, task);
    const session = await lockSession(tx, task.session_id);
    if (session?.state === 'REVOKED') throw new AutonomyError('halted', 'session-revoked');
    if (!(await changePayment(tx, paymentId, ['INTENDED'], { state: 'SIGNED', signature })))
      throw new AutonomyError('halted', 'task-stopped');
    await stepper(payer, tx)('payer.payment-signed', { paymentId, taskId: task.id, signature });
  });
