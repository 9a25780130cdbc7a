import type { Actor } from '../../../shared/ledger/entry.ts';
import { type Database, transact } from '../../db/database.ts';
import type { Staging } from '../../ledger/staging.ts';
import type { DeepStep } from './deep.ts';

const SYSTEM: Actor = { type: 'system', id: 'deep-verification', name: null };

/** What a verification has found so far: figures, and no finding itself. */
export class Findings {
  #log = 0;
  #states = 0;
  #first: number | null = null;

  get count(): number {
    return this.#log + this.#states;
  }

  take(step: DeepStep): void {
    if (step.step === 'progress') return;
    if (step.step === 'log') this.#log += 1;
    else this.#states += 1;
    if (step.number !== null) this.#first = Math.min(this.#first ?? step.number, step.number);
  }

  /** The log and its rules hear of it, whoever asked and whether or not they stayed to the end. */
  async tell(db: Pick<Database, 'kysely'>, staging: Staging): Promise<void> {
    if (this.count === 0) return;
    const data = { findings: this.count, log: this.#log, states: this.#states, firstNumber: this.#first };
    await transact(db, async (tx) => {
      const kind = 'ledger.verification-failed';
      await staging.stage(tx, { kind, data, actor: SYSTEM, agent: null, requestId: null });
    });
  }
}
