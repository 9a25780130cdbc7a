import type { AgentCadence } from '../../../shared/http/heartbeat-list.ts';
import type { Database } from '../../db/database.ts';
import type { Handlers } from '../../gate/context.ts';
import { CHALLENGE_DEADLINE_MS, cadenceOf, slotOf, WINDOW_MS } from '../heartbeat/rules.ts';
import { healthOf } from '../heartbeat/score.ts';
import { listBeats, readChallenges, readSlots } from './store.ts';

export interface CadenceDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly now: () => Date;
}

const SHOWN_AGENTS = 100;

type Rows<T extends (...args: never[]) => Promise<unknown[]>> = Awaited<ReturnType<T>>;

function cadenceFrom(
  beat: Rows<typeof listBeats>[number],
  slots: Rows<typeof readSlots>,
  challenges: Rows<typeof readChallenges>,
  now: Date,
): AgentCadence {
  const latenciesMs = challenges.flatMap(({ outcome, issued_at, answered_at }) =>
    outcome === 'passed' && answered_at ? [answered_at.getTime() - issued_at.getTime()] : [],
  );
  const heartbeats = slots.reduce((all, { beats }) => all + beats, 0);
  const cadence = cadenceOf(
    slots.map(({ slot }) => slotOf(slot)),
    beat.first_at,
    now,
  );
  const { chain } = beat;
  const health = healthOf({ cadence, heartbeats, chain, challenges: challenges.length, latenciesMs });
  const { score, confidence, ...parts } = health;
  return {
    ...{ agentId: beat.agent_id, name: beat.name, chain, heartbeats, score, confidence, parts },
    ...{ firstAt: beat.first_at.toISOString(), lastAt: beat.last_at.toISOString() },
    challenges: { passed: latenciesMs.length, over: challenges.length },
  };
}

/** Every agent's health in three queries, whatever their number. */
export const cadenceHandlers = ({ db, now }: CadenceDeps): Pick<Handlers, 'limits.heartbeats'> => ({
  'limits.heartbeats': async () => {
    const at = now();
    const beats = await listBeats(db.kysely, SHOWN_AGENTS);
    const ids = beats.map(({ agent_id }) => agent_id);
    const from = new Date(at.getTime() - WINDOW_MS);
    const overdue = new Date(at.getTime() - CHALLENGE_DEADLINE_MS);
    const [slots, challenges] = await Promise.all([
      readSlots(db.kysely, ids, from),
      readChallenges(db.kysely, ids, { from, overdue }),
    ]);
    const of = <T extends { readonly agent_id: string }>(rows: readonly T[], id: string): T[] =>
      rows.filter(({ agent_id }) => agent_id === id);
    const agents = beats.map((beat) =>
      cadenceFrom(beat, of(slots, beat.agent_id), of(challenges, beat.agent_id), at),
    );
    return { status: 200, body: { at: at.toISOString(), agents } };
  },
});
