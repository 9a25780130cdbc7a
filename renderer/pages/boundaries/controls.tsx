import {
  CONTROL_IDS,
  CONTROLS,
  type ControlId,
  type ProbeId,
  probesOf,
} from '../../../shared/boundaries/controls.ts';
import { THREATS } from '../../../shared/boundaries/threats.ts';
import type { BoundaryId } from '../../../shared/boundaries/tiles.ts';
import type { ProbesState } from '../../../shared/http/boundary-probes.ts';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Section } from '../../ui/section.tsx';
import { State } from '../../ui/state.tsx';
import { HEALTH_TONE, HEALTH_WORD } from '../parts/tones.ts';
import { TILE_WORD } from './words.ts';

interface Row {
  readonly control: ControlId;
  readonly probe: ProbeId;
  readonly last: ProbesState['probes'][number] | undefined;
}

const stateOf = ({ last }: Row) => last?.state ?? 'untried';

const columnsFor = (open: (probe: ProbeId) => void): Column<Row>[] => [
  {
    id: 'state',
    header: 'State',
    accessorFn: stateOf,
    meta: { className: 'w-32 whitespace-nowrap' },
    cell: ({ row }) => (
      <State tone={HEALTH_TONE[stateOf(row.original)]} word={HEALTH_WORD[stateOf(row.original)]} />
    ),
  },
  {
    id: 'control',
    header: 'Control',
    accessorFn: (row) => row.control,
    meta: { className: 'w-[24%]' },
    cell: ({ row }) => CONTROLS[row.original.control].enforces,
  },
  {
    id: 'probe',
    header: 'Probe',
    accessorFn: (row) => row.probe,
    meta: { className: 'w-[15%]' },
    cell: ({ row }) => (
      <Button kind="link" small onClick={() => open(row.original.probe)}>
        {row.original.probe}
      </Button>
    ),
  },
  {
    id: 'evidence',
    header: 'Evidence',
    accessorFn: (row) => row.last?.evidence ?? '',
    meta: { className: 'w-[38%] text-soft' },
    cell: ({ row }) => row.original.last?.evidence ?? 'Never tried here.',
  },
  {
    id: 'asvs',
    header: 'OWASP ASVS',
    accessorFn: (row) => CONTROLS[row.control].asvs.join(' '),
    meta: { className: 'w-[13%] font-mono text-small text-faint' },
    cell: ({ row }) => CONTROLS[row.original.control].asvs.join(' '),
  },
];

interface BoundaryControlsProps {
  readonly boundary: BoundaryId;
  readonly state: ProbesState;
  readonly onOpen: (probe: ProbeId) => void;
}

/** One boundary: what comes across, and each control with its probes and what they found last. */
export function BoundaryControls({ boundary, state, onOpen }: BoundaryControlsProps) {
  const rows = CONTROL_IDS.filter((id) => CONTROLS[id].boundary === boundary).flatMap((control) =>
    probesOf(control).map(
      (probe): Row => ({
        ...{ control, probe },
        last: state.probes.find((one) => one.probe === probe),
      }),
    ),
  );
  return (
    <Section title={TILE_WORD[boundary]} aside={THREATS[boundary].crossing} testId={`controls-${boundary}`}>
      <DataTable
        label={`Controls: ${TILE_WORD[boundary]}`}
        rows={rows}
        columns={columnsFor(onOpen)}
        rowId={({ probe }) => probe}
        rowTestId="control-row"
      />
    </Section>
  );
}
