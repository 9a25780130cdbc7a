import type { AccountsTables } from './tables/accounts.ts';
import type { AgentsTables } from './tables/agents.ts';
import type { IdentityTables } from './tables/identity.ts';
import type { LedgerTables } from './tables/ledger.ts';
import type { LimitsTables } from './tables/limits.ts';

/** Every table, one file per room in `tables/`. Constraints and grants are in the migration that makes the table. */
export interface Schema extends LedgerTables, IdentityTables, AccountsTables, AgentsTables, LimitsTables {}
