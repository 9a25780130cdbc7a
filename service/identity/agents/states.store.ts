import type { Tx } from '../../db/database.ts';
import { EVERY_ROW_PAGE, everyRow } from '../../db/every-row.ts';

const agentsAfter = (tx: Tx, after: string) =>
  tx
    .selectFrom('agents')
    .select(['id', 'name', 'owner_id', 'connected_at'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(EVERY_ROW_PAGE)
    .execute();

const keysAfter = (tx: Tx, after: string) =>
  tx
    .selectFrom('agent_keys')
    .select(['id', 'agent_id', 'display_prefix', 'requests_per_minute', 'revoked_at'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(EVERY_ROW_PAGE)
    .execute();

const tokensAfter = (tx: Tx, after: string) =>
  tx
    .selectFrom('identity_tokens')
    .select(['id', 'agent_id', 'display_prefix', 'expires_at', 'revoked_at'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(EVERY_ROW_PAGE)
    .execute();

export const everyAgent = (tx: Tx) => everyRow((after) => agentsAfter(tx, after));
export const everyAgentKey = (tx: Tx) => everyRow((after) => keysAfter(tx, after));
export const everyIdentityToken = (tx: Tx) => everyRow((after) => tokensAfter(tx, after));
