import { sql } from 'kysely';
import type { Agent } from '../../../shared/http/agents.ts';
import type { Database, Tx } from '../../db/database.ts';
import { holds } from './accounts.store.ts';
import type { PageOf } from './page.ts';
import type { AgentEntryRow } from './rules.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

const entries = (db: Reader) =>
  db
    .selectFrom('agents as g')
    .leftJoin('accounts as a', 'a.id', 'g.owner_id')
    .leftJoin('agent_heartbeats as h', 'h.agent_id', 'g.id')
    .select(['g.id', 'g.name', 'g.owner_id', 'g.registered_at', 'g.connected_at', 'g.claimed_at'])
    .select(['a.email', 'h.last_at'])
    .select((eb) => [
      eb
        .selectFrom('agent_keys as k')
        .select(sql<string>`count(*)`.as('n'))
        .whereRef('k.agent_id', '=', 'g.id')
        .where('k.revoked_at', 'is', null)
        .$asScalar()
        .$notNull()
        .as('active_keys'),
      eb
        .selectFrom('agent_keys as k')
        .select('k.display_prefix')
        .whereRef('k.agent_id', '=', 'g.id')
        .orderBy('k.id', 'desc')
        .limit(1)
        .$asScalar()
        .$notNull()
        .as('display_prefix'),
      eb
        .selectFrom('agent_keys as k')
        .select(({ fn }) => fn.max('k.last_used_at').as('at'))
        .whereRef('k.agent_id', '=', 'g.id')
        .$asScalar()
        .as('last_used_at'),
    ]);

export const readIdentityAgent = (db: Reader, id: string): Promise<AgentEntryRow | undefined> =>
  entries(db).where('g.id', '=', id).executeTakeFirst();

export interface AgentsWanted extends PageOf {
  readonly state: Agent['state'] | undefined;
  readonly account: string | undefined;
}

export function pageAgents(db: Reader, wanted: AgentsWanted): Promise<AgentEntryRow[]> {
  const { before, limit, search, state, account } = wanted;
  let query = entries(db).orderBy('g.id', 'desc').limit(limit);
  if (before !== undefined) query = query.where('g.id', '<', before);
  if (account !== undefined) query = query.where('g.owner_id', '=', account);
  if (state !== undefined) query = query.where('g.owner_id', state === 'claimed' ? 'is not' : 'is', null);
  if (state === 'registered_unclaimed') query = query.where('g.connected_at', 'is', null);
  if (state === 'connected_unclaimed') query = query.where('g.connected_at', 'is not', null);
  if (search !== undefined)
    query = query.where((eb) =>
      eb.or([
        holds(eb.ref('g.name'), search),
        holds(eb.ref('a.email'), search),
        eb('g.id', '=', search),
        eb.exists(
          eb
            .selectFrom('agent_keys as k')
            .select('k.id')
            .whereRef('k.agent_id', '=', 'g.id')
            .where('k.display_prefix', '=', search),
        ),
      ]),
    );
  return query.execute();
}

/** Whether a key with this beginning is, or was, the agent's. */
export async function hasKeyNamed(tx: Tx, agentId: string, displayPrefix: string): Promise<boolean> {
  const row = await tx
    .selectFrom('agent_keys')
    .select('id')
    .where('agent_id', '=', agentId)
    .where('display_prefix', '=', displayPrefix)
    .executeTakeFirst();
  return row !== undefined;
}
