import type { Actor } from '../../../shared/ledger/entry.ts';
import { type Database, transact } from '../../db/database.ts';
import type { StagedEvent, Staging } from '../../ledger/staging.ts';
import type { BreakerTurn } from './health.ts';

/** While the database is away nothing is held, so nothing is called and nothing turns: this is never reached. */
const KEPT = 100;

const ACTOR: Actor = { type: 'system', id: 'providers', name: null };

function eventOf(turn: BreakerTurn): StagedEvent {
  const by = { actor: ACTOR, agent: null, requestId: null };
  const told = { provider: turn.provider, openedAt: new Date(turn.openedAt).toISOString() };
  if (turn.to === 'closed') return { ...by, kind: 'provider.breaker-closed', data: told };
  const { failures, waitMs, reason } = turn;
  const data = { ...told, failures, waitSeconds: Math.ceil(waitMs / 1000), reason };
  return { ...by, kind: 'provider.breaker-opened', data };
}

/** Breakers turn in the middle of a call, which waits for nothing: what turned is told to the ledger a moment later. */
export class BreakerTurns {
  #untold: readonly BreakerTurn[] = [];

  note(turn: BreakerTurn): void {
    this.#untold = [...this.#untold, turn].slice(-KEPT);
  }

  /** Tells what is untold, in order. What cannot be told stays for the next time. */
  async flush(db: Pick<Database, 'kysely'>, staging: Staging): Promise<void> {
    const turns = this.#untold;
    if (turns.length === 0) return;
    await transact(db, (tx) => staging.stageAll(tx, turns.map(eventOf)));
    this.#untold = this.#untold.filter((turn) => !turns.includes(turn));
  }
}
