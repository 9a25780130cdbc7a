import { type ExpressionBuilder, type ExpressionWrapper, type SqlBool, sql } from 'kysely';
import { EVENT_KINDS, EVENTS, type EventCategory, type EventKind } from '../../shared/ledger/events.ts';
import type { Schema } from '../db/schema.ts';

export interface LedgerFilter {
  readonly category?: EventCategory | undefined;
  readonly kind?: EventKind | undefined;
  /** Id or name of the actor. */
  readonly actor?: string | undefined;
  readonly agent?: string | undefined;
  readonly requestId?: string | undefined;
  /** From this moment on, and before that one. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly text?: string | undefined;
}

type Builder = ExpressionBuilder<Schema, 'ledger_staged'> | ExpressionBuilder<Schema, 'ledger_entries'>;

/** Attacker-controlled text is looked for as it is: the wildcards of LIKE lose their meaning. */
const containing = (text: string): string => `%${text.replace(/[\\%_]/g, (wildcard) => `\\${wildcard}`)}%`;

const kindsOf = (category: EventCategory): EventKind[] =>
  EVENT_KINDS.filter((kind) => EVENTS[kind].category === category);

/** The conditions of a query, alike for staged and numbered entries. */
export function matching(filter: LedgerFilter) {
  return (builder: Builder): ExpressionWrapper<Schema, never, SqlBool> => {
    const eb = builder as ExpressionBuilder<Schema, 'ledger_entries'>;
    const conditions = [
      filter.category && eb('kind', 'in', kindsOf(filter.category)),
      filter.kind && eb('kind', '=', filter.kind),
      filter.actor && eb.or([eb('actor_id', '=', filter.actor), eb('actor_name', '=', filter.actor)]),
      filter.agent && eb('agent', '=', filter.agent),
      filter.requestId && eb('request_id', '=', filter.requestId),
      filter.from && eb('at', '>=', new Date(filter.from)),
      filter.to && eb('at', '<', new Date(filter.to)),
      filter.text &&
        sql<SqlBool>`concat_ws(' ', kind, actor_id, actor_name, request_id, data) ILIKE ${containing(filter.text)}`,
    ].filter((condition) => condition !== undefined && condition !== '');
    return eb.and(conditions) as unknown as ExpressionWrapper<Schema, never, SqlBool>;
  };
}
