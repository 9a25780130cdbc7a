import type { AccessTables } from './tables/access.ts';
import type { AccountsTables } from './tables/accounts.ts';
import type { AgentsTables } from './tables/agents.ts';
import type { AutonomyTables } from './tables/autonomy.ts';
import type { IdentityTables } from './tables/identity.ts';
import type { IncidentTables } from './tables/incidents.ts';
import type { LedgerTables } from './tables/ledger.ts';
import type { LimitsTables } from './tables/limits.ts';
import type { MarketTables } from './tables/market.ts';
import type { MintExportTables } from './tables/mint-exports.ts';
import type { MintingTables } from './tables/minting.ts';
import type { ProbeTables } from './tables/probes.ts';
import type { ProposalTables } from './tables/proposals.ts';
import type { ProviderSecretTables } from './tables/provider-secrets.ts';
import type { ScanTables } from './tables/scans.ts';
import type { SecretUsesTables } from './tables/secret-uses.ts';
import type { StreamTicketTables } from './tables/stream-tickets.ts';
import type { TokenhallTables } from './tables/tokenhall.ts';
import type { TreasuryTables } from './tables/treasury.ts';
import type { WebhookTables } from './tables/webhook.ts';

/** Every table, one file per room in `tables/`. Constraints and grants are in the migration that makes the table. */
export interface Schema
  extends LedgerTables,
    IdentityTables,
    ProposalTables,
    ProbeTables,
    StreamTicketTables,
    AccessTables,
    SecretUsesTables,
    AccountsTables,
    AgentsTables,
    LimitsTables,
    IncidentTables,
    AutonomyTables,
    TokenhallTables,
    WebhookTables,
    TreasuryTables,
    MarketTables,
    ProviderSecretTables,
    MintingTables,
    MintExportTables,
    ScanTables {}
