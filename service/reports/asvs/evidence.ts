import {
  CONTROL_IDS,
  CONTROLS,
  type ControlId,
  type ProbeId,
  probesOf,
} from '../../../shared/boundaries/controls.ts';
import type { Health } from '../../../shared/boundaries/health.ts';
import type { ProbesState } from '../../../shared/http/boundary-probes.ts';
import { csvRow } from '../../../shared/ledger/csv.ts';
import { type Document, quoted } from '../document/blocks.ts';

/** One requirement, one control that serves it, one probe that attacks that control, and what it found last. */
export interface AsvsRow {
  readonly requirement: string;
  readonly control: ControlId;
  readonly probe: ProbeId;
  readonly state: Health;
  /** When it ran last, and what it saw then; null: never. */
  readonly last: { readonly at: string; readonly outcome: string; readonly evidence: string } | null;
}

const placeOf = (requirement: string): number[] =>
  requirement
    .replace(/^v4\.0\.3-/, '')
    .split('.')
    .map(Number);

/** As the standard numbers them. */
function inOrder(a: AsvsRow, b: AsvsRow): number {
  const [left, right] = [placeOf(a.requirement), placeOf(b.requirement)];
  const differs = left.findIndex((part, i) => part !== right[i]);
  return differs < 0 ? a.probe.localeCompare(b.probe) : (left[differs] ?? 0) - (right[differs] ?? 0);
}

/** What the probes found, by requirement of OWASP ASVS. A requirement that no control serves has no row: nothing is claimed of it. */
export function asvsRows({ probes }: Pick<ProbesState, 'probes'>): AsvsRow[] {
  const found = new Map(probes.map((one) => [one.probe, one]));
  const rows = CONTROL_IDS.flatMap((control) =>
    CONTROLS[control].asvs.flatMap((requirement) =>
      probesOf(control).map((probe): AsvsRow => {
        const one = found.get(probe);
        const last = one ? { at: one.at, outcome: one.outcome, evidence: one.evidence } : null;
        return { requirement, control, probe, state: one?.state ?? 'untried', last };
      }),
    ),
  );
  return rows.sort(inOrder);
}

const COLUMNS = [
  'requirement',
  'control',
  'enforces',
  'probe',
  'attack',
  'state',
  'outcome',
  'at',
  'evidence',
];

export const asvsCsv = (rows: readonly AsvsRow[]): string =>
  [
    csvRow(COLUMNS),
    ...rows.map(({ requirement, control, probe, state, last }) =>
      csvRow([
        ...[requirement, control, CONTROLS[control].enforces, probe, CONTROLS[control].probes[probe] ?? ''],
        ...[state, last?.outcome ?? null, last?.at ?? null, last?.evidence ?? null],
      ]),
    ),
  ].join('');

const WHAT_IT_IS =
  'Each row is a negative probe that attacks the running service, and what it found last. It is evidence for a requirement of ' +
  'OWASP ASVS 4.0.3, and no assessment: a requirement that is not listed is not probed.';

export const asvsDocument = (rows: readonly AsvsRow[], now: Date): Document => ({
  title: 'Evidence for OWASP ASVS 4.0.3 from negative probes',
  blocks: [
    { type: 'text', said: [`As of ${now.toISOString()}.`, WHAT_IT_IS] },
    {
      type: 'table',
      columns: ['Requirement', 'Control', 'Probe', 'State', 'Last run', 'What it saw'],
      widths: [2, 4, 2, 1, 2, 4],
      rows: rows.map(({ requirement, control, probe, state, last }) => [
        ...[requirement, CONTROLS[control].enforces, quoted(probe), state],
        ...[last?.at ?? 'never', last ? quoted(last.evidence) : '–'],
      ]),
      none: 'There is no control.',
    },
  ],
});
