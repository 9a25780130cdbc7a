import type { EventCategory } from '../../shared/ledger/event-definition.ts';

/** How the ledger is narrowed. Empty strings are "any". Times are ISO 8601 in UTC. */
export interface LedgerFilter {
  readonly category: EventCategory | '';
  readonly kind: string;
  readonly actor: string;
  /** Id of the agent acted for. */
  readonly agent: string;
  readonly requestId: string;
  readonly text: string;
  readonly from: string;
  readonly to: string;
}

export const NO_FILTER: LedgerFilter = {
  category: '',
  kind: '',
  actor: '',
  agent: '',
  requestId: '',
  text: '',
  from: '',
  to: '',
};
