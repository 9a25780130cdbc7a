import type { z } from 'zod';
import { accountEvents } from './kinds/accounts.ts';
import { agentEvents } from './kinds/agents.ts';
import { evidenceEvents } from './kinds/evidence.ts';
import { generationEvents } from './kinds/generations.ts';
import { incidentEvents } from './kinds/incidents.ts';
import { keyEvents } from './kinds/keys.ts';
import { limitEvents } from './kinds/limits.ts';
import { marketEvents } from './kinds/market.ts';
import { mintExportEvents } from './kinds/mint-exports.ts';
import { mintingEvents } from './kinds/minting.ts';
import { operatorEvents } from './kinds/operators.ts';
import { payerEvents } from './kinds/payer.ts';
import { paymentEvents } from './kinds/payments.ts';
import { probeEvents } from './kinds/probes.ts';
import { providerSecretEvents } from './kinds/provider-secrets.ts';
import { scanEvents } from './kinds/scans.ts';
import { serviceEvents } from './kinds/service.ts';
import { treasuryEvents } from './kinds/treasury.ts';
import { vaultEvents } from './kinds/vault.ts';
import { webhookEvents } from './kinds/webhook.ts';

/** Every kind of ledger entry. Staging, stream, screens, alerts and exports read this table. */
export const EVENTS = {
  ...serviceEvents,
  ...evidenceEvents,
  ...operatorEvents,
  ...keyEvents,
  ...accountEvents,
  ...agentEvents,
  ...limitEvents,
  ...payerEvents,
  ...paymentEvents,
  ...generationEvents,
  ...treasuryEvents,
  ...marketEvents,
  ...providerSecretEvents,
  ...vaultEvents,
  ...incidentEvents,
  ...webhookEvents,
  ...mintExportEvents,
  ...mintingEvents,
  ...scanEvents,
  ...probeEvents,
} as const;

export type EventKind = keyof typeof EVENTS;
export const EVENT_KINDS = Object.keys(EVENTS) as EventKind[];
export type EventData<K extends EventKind> = z.infer<(typeof EVENTS)[K]['data']>;
