import type { Schema } from '../../db/schema.ts';

/**
 * Tables that no re-deriver compares with the log, and why each is none of it. Whoever adds a table derives it again or names it here;
 * `docs/EVIDENCE.md` says the same list.
 */
export const UNDERIVED: readonly {
  readonly why: string;
  readonly tables: readonly (keyof Schema | 'schema_migrations')[];
}[] = [
  {
    why: 'the log itself: every byte is judged by its seals, its tree and its signatures',
    tables: [
      ...(['ledger_staged', 'ledger_entries', 'ledger_salts', 'ledger_tiles', 'ledger_head'] as const),
      'ledger_checkpoints',
    ],
  },
  {
    why: 'signed by its witness, and judged by whoever reads it',
    tables: ['ledger_cosignatures'],
  },
  {
    why: 'parts of rows that are derived: what transfers add up to, and steps, of which the number is compared',
    tables: ['postings', 'containment_steps'],
  },
  {
    why: 'not yet: figures that change with every use; the money in them is derived, as holds, transfers and payments',
    tables: ['generations', 'key_spend', 'payer_tasks', 'payer_breakers'],
  },
  {
    why: 'counts and outcomes that are told in sums, or told and pruned',
    tables: [
      ...([
        'refusal_signals',
        'refusal_sources',
        'limiter_outages',
        'probe_rounds',
        'probe_outcomes',
      ] as const),
      ...(['console_outcomes', 'scans', 'scan_passers', 'secret_uses'] as const),
    ],
  },
  {
    why: 'working memory that no entry tells of: nonces, windows, cursors, leases, tickets, outboxes, what was refused',
    tables: [
      ...(['admin_nonces', 'admin_nonce_horizon', 'approval_nonces', 'approval_nonce_horizon'] as const),
      ...(['idempotent_requests', 'operator_roster', 'stream_tickets', 'member_lookups', 'leases'] as const),
      ...(['agent_heartbeats', 'heartbeat_slots', 'heartbeat_challenges', 'alert_cursor'] as const),
      ...(['alert_windows', 'alert_deliveries', 'ledger_quarantine', 'schema_migrations'] as const),
    ],
  },
];
