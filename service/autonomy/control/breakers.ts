import { transact } from '../../db/database.ts';
import { OutboundError } from '../../outbound/outbound-error.ts';
import { AutonomyError } from '../autonomy-error.ts';
import { type Payer, stepper } from '../parts.ts';
import { afterFailure, afterSuccess, enter } from './rules.ts';
import { lockBreaker, writeBreaker } from './store.ts';

type Deps = Pick<Payer, 'db' | 'staging' | 'now'>;

/** The one that stands before the Solana node; the others bear the names of hosts, which hold a dot, a colon or more letters. */
export const RPC_TARGET = 'rpc';

/** @throws AutonomyError `halted` while it is open */
const pass = (deps: Deps, target: string): Promise<void> =>
  transact(deps.db, async (tx) => {
    const breaker = await lockBreaker(tx, target, deps.now());
    const next = enter(breaker, deps.now());
    if (!next) throw new AutonomyError('halted', 'breaker-open', target);
    if (next !== breaker) await writeBreaker(tx, target, next);
  });

const note = (deps: Deps, target: string, failed: boolean): Promise<void> =>
  transact(deps.db, async (tx) => {
    const before = await lockBreaker(tx, target, deps.now());
    const after = (failed ? afterFailure : afterSuccess)(before, deps.now());
    if (after === before) return;
    await writeBreaker(tx, target, after);
    if (after.state === before.state) return;
    const step = stepper(deps, tx);
    const { failures, waitSeconds } = after;
    if (after.state === 'open') await step('payer.breaker-opened', { target, failures, waitSeconds });
    else await step('payer.breaker-closed', { target });
  });

/** A failure of the network or of the other side; what somebody said or we refused is none. */
const isOutage = (error: unknown): boolean =>
  (error instanceof OutboundError && error.code !== 'too-large' && error.code !== 'address-refused') ||
  (error instanceof AutonomyError && error.code === 'network');

/** Does the work behind the breaker of its target. @throws AutonomyError `halted`, and what the work throws */
export async function behindBreaker<T>(deps: Deps, target: string, work: () => Promise<T>): Promise<T> {
  await pass(deps, target);
  try {
    const done = await work();
    await note(deps, target, false);
    return done;
  } catch (error) {
    // A trial that ended for another reason has shown that the other side is there.
    await note(deps, target, isOutage(error));
    throw error;
  }
}
