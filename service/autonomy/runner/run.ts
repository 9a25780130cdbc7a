import { createHash } from 'node:crypto';
import { transact } from '../../db/database.ts';
import { OutboundError } from '../../outbound/outbound-error.ts';
import { AutonomyError } from '../autonomy-error.ts';
import { readBreakers, readControl } from '../control/store.ts';
import type { OutboundAnswer } from '../outbound.ts';
import { type Payer, stepper } from '../parts.ts';
import { reconcile, voidIntended } from '../payments/reconcile.ts';
import { openPayment } from '../payments/store.ts';
import { backoffOf, ranked, type TaskRow } from '../queue/rules.ts';
import { claimTask, dueTasks, finishTask, lockClaimed, stopTask } from '../queue/store.ts';
import { fetchResource, isThere } from './fetch.ts';
import { payAndFetch } from './pay.ts';

/** Tasks that one instance runs at a time. */
const AT_ONCE = 4;
/** Beyond the longest fetch: what the node is asked around it. */
const LEASE_SLACK_MS = 60_000;
/** Until a payment whose outcome is unknown is looked up again. */
const PENDING_SECONDS = 15;

const after = (now: Date, seconds: number): Date => new Date(now.getTime() + seconds * 1000);

/** The resource came: the next run is when it is stale. */
const succeed = (payer: Payer, task: TaskRow, { status, body }: OutboundAnswer, paymentId: string | null) =>
  transact(payer.db, async (tx) => {
    const now = payer.now();
    const nextRunAt = after(now, task.freshness_seconds);
    const outcome = { failures: 0, backoffSeconds: 0, error: null, fetchedAt: now, nextRunAt };
    if (!(await finishTask(tx, task, outcome))) return;
    const sha256 = createHash('sha256').update(body).digest('hex');
    const { id: taskId, host } = task;
    await stepper(payer, tx)('payer.task-fetched', {
      taskId,
      host,
      status,
      bytes: body.length,
      sha256,
      paymentId,
    });
  });

/** It did not: the next run is a longer while away than the last one was. */
const fail = (payer: Payer, task: TaskRow, error: string) =>
  transact(payer.db, async (tx) => {
    const now = payer.now();
    const failures = task.failures + 1;
    const backoffSeconds = backoffOf(failures);
    const nextRunAt = after(now, backoffSeconds);
    const outcome = { failures, backoffSeconds, error, fetchedAt: null, nextRunAt };
    if (!(await finishTask(tx, task, outcome))) return;
    const { id: taskId, host } = task;
    await stepper(payer, tx)('payer.task-failed', { taskId, host, error, failures, backoffSeconds });
  });

/** It waits for something that is no failure of its own. */
async function defer(payer: Payer, task: TaskRow, error: string): Promise<void> {
  const breakers = await readBreakers(payer.db.kysely);
  const now = payer.now();
  const retry = error === 'breaker-open' ? breakers.flatMap(({ retryAt }) => retryAt ?? []) : [];
  const nextRunAt = new Date(Math.max(after(now, PENDING_SECONDS).getTime(), ...retry.map(Number)));
  const { failures, backoff_seconds: backoffSeconds } = task;
  const outcome = { failures, backoffSeconds, error, fetchedAt: null, nextRunAt };
  await transact(payer.db, (tx) => finishTask(tx, task, outcome));
}

/** It cannot go on by itself: an operator gives it another session, or lets it pay again. */
const stop = (payer: Payer, task: TaskRow, reason: string) =>
  transact(payer.db, async (tx) => {
    if (!(await lockClaimed(tx, task))) return;
    await stopTask(tx, task.id, { state: 'PAUSED', reason });
    await stepper(payer, tx)('payer.task-paused', { taskId: task.id, reason });
  });

/** An alert: a way was tried to make the payer do what it must not. */
const tellRefusal = (payer: Payer, { id: taskId, host }: TaskRow, { reason, claim }: AutonomyError) =>
  transact(payer.db, (tx) => stepper(payer, tx)('payer.payment-refused', { taskId, host, reason, claim }));

async function conclude(payer: Payer, task: TaskRow, error: unknown): Promise<void> {
  if (error instanceof OutboundError) return fail(payer, task, error.code);
  if (!(error instanceof AutonomyError)) throw error;
  const { code, reason } = error;
  if (code === 'refused' || code === 'paywall') await tellRefusal(payer, task, error);
  if (reason === 'paid-already' || reason.startsWith('session-')) return stop(payer, task, reason);
  if (code === 'halted') return defer(payer, task, reason);
  return fail(payer, task, reason);
}

/** Whether an earlier payment of the task is still undecided after it was looked up. */
async function hasOpenPayment(payer: Payer, task: TaskRow): Promise<boolean> {
  const payment = await openPayment(payer.db.kysely, task.id);
  if (!payment) return false;
  // Whoever had written it down has lost the task to this run, and can release nothing any more.
  if (payment.state === 'INTENDED') return !(await voidIntended(payer, payment));
  await reconcile(payer, payment);
  return (await openPayment(payer.db.kysely, task.id)) !== undefined;
}

/** One run of a claimed task: fetch; on 402 pay and fetch again; and what came of it. */
async function runTask(payer: Payer, task: TaskRow): Promise<void> {
  try {
    if (!payer.settings.hosts.includes(task.host)) throw new AutonomyError('refused', 'host', task.host);
    if (await hasOpenPayment(payer, task)) throw new AutonomyError('halted', 'payment-pending');
    const signal = AbortSignal.timeout(payer.settings.totalMs);
    const first = await fetchResource(payer, task, {}, signal);
    const { answer, paymentId } =
      first.status === 402
        ? await payAndFetch(payer, task, first, signal)
        : { answer: first, paymentId: null };
    if (!isThere(answer)) throw new AutonomyError('fetch', `status-${answer.status}`);
    await succeed(payer, task, answer, paymentId);
  } catch (error) {
    await conclude(payer, task, error);
  }
}

/** The job: claims the tasks of highest priority that are due, and runs them. */
export async function runDue(payer: Payer): Promise<void> {
  if ((await readControl(payer.db.kysely)).paused) return;
  const now = payer.now();
  const expiresAt = new Date(now.getTime() + payer.settings.totalMs + LEASE_SLACK_MS);
  const due = ranked(await dueTasks(payer.db.kysely, now), now).slice(0, AT_ONCE);
  await Promise.all(
    due.map(async (seen) => {
      const claimed = await claimTask(payer.db.kysely, seen, { owner: payer.instance, now, expiresAt });
      if (claimed) await runTask(payer, claimed);
    }),
  );
}
