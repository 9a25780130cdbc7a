import { z } from 'zod';
import type { Alert } from '../../../shared/http/incidents.ts';
import { sha256Hex } from '../../../shared/ledger/hex.ts';
import { ruleOf } from './catalogue.ts';
import type { ReadEntry } from './rules.ts';
import { type AlertRow, type Reader, readNumbered } from './store.ts';

const text = (at: Date | null): string | null => at?.toISOString() ?? null;

const toAlert = (row: AlertRow, heads: Alert['heads']): Alert => ({
  id: row.id,
  incidentId: row.incident_id,
  rule: row.rule,
  title: ruleOf(row.rule)?.title ?? row.rule,
  subject: row.subject,
  severity: row.severity,
  state: row.state,
  value: row.value,
  threshold: row.threshold,
  occurrences: Number(row.occurrences),
  firstAt: row.first_at.toISOString(),
  lastAt: row.last_at.toISOString(),
  quietAt: text(row.quiet_at),
  heads,
  evidence: row.evidence.map(Number),
  acknowledgedAt: text(row.acknowledged_at),
  acknowledgedBy: row.acknowledged_by,
});

const head = z.object({ size: z.number().int().nonnegative(), root: sha256Hex });

/** Whose entry tells heads: the first behind the alert, which its subject names. */
const tellingEntry = (row: AlertRow): number | null =>
  ruleOf(row.rule)?.heads && row.evidence[0] !== undefined ? Number(row.evidence[0]) : null;

function headsIn(row: AlertRow, entry: ReadEntry | undefined): Alert['heads'] {
  return (ruleOf(row.rule)?.heads ?? []).flatMap(({ field, label }) => {
    const found = head.safeParse(entry?.data[field]);
    return found.success ? [{ label, ...found.data }] : [];
  });
}

/** Shows alerts to people; where a rule is about heads of the log, with those that the entry behind the alert tells. */
export async function alertViewer(db: Reader, rows: readonly AlertRow[]): Promise<(row: AlertRow) => Alert> {
  const numbers = rows.flatMap((row) => tellingEntry(row) ?? []);
  const entries = new Map((await readNumbered(db, numbers)).map((entry) => [entry.number, entry]));
  return (row) => toAlert(row, headsIn(row, entries.get(tellingEntry(row) ?? -1)));
}
