import { prefixOf } from '../../../shared/ids/credentials.ts';
import type { Database } from '../../db/database.ts';
import type { Credentials } from '../../gate/bearer.ts';
import { hashOf } from '../secret.ts';
import { findAgentKey, listAgents, readAgent } from './store.ts';

const PLATFORM_KEY = new RegExp(`^${prefixOf('platform')}[A-Za-z0-9_-]{43}$`);
const AGENT_ID = /^agt_[0-9a-hjkmnp-tv-z]{26}$/;

/** What the gate asks about agents: whose key this is, and which one an account may act as. */
export const agentFinder = ({
  kysely,
}: Pick<Database, 'kysely'>): Pick<Credentials, 'findAgent' | 'ownsAgent' | 'someAgents'> => ({
  findAgent: async (token) => {
    if (!PLATFORM_KEY.test(token)) return null;
    const row = await findAgentKey(kysely, hashOf(token));
    return row
      ? {
          type: 'agent',
          id: row.agent_id,
          ownerId: row.owner_id,
          keyId: row.id,
          displayPrefix: row.display_prefix,
          requestsPerMinute: row.requests_per_minute,
        }
      : null;
  },
  ownsAgent: async (accountId, agentId) =>
    AGENT_ID.test(agentId) && (await readAgent(kysely, agentId))?.owner_id === accountId,
  someAgents: async (accountId, limit) => (await listAgents(kysely, accountId, limit)).map(({ id }) => id),
});
