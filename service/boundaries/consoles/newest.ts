import type { Database } from '../../db/database.ts';
import type { OutcomeRow } from '../probes/rules.ts';
import { lastOutcomes } from '../probes/store.ts';
import { ofAllConsoles } from './rules.ts';
import { lastOfConsoles } from './store.ts';

/** The newest outcome of every probe: those of rounds, and those that consoles run on themselves. */
export async function newestOutcomes(db: Database['kysely'], now: Date): Promise<OutcomeRow[]> {
  const [rounds, consoles] = await Promise.all([lastOutcomes(db), lastOfConsoles(db)]);
  return [...rounds, ...ofAllConsoles(consoles, now)];
}
