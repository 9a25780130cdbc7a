import type { AgentCadence } from '../../../shared/http/heartbeat-list.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { formatCount, formatRate } from '../../ui/format.ts';
import { Section } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { State, type Tone } from '../../ui/state.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { RemoteValue } from '../parts/remote.tsx';
import { useHeartbeats } from './use-replay.ts';

const HALF_HOUR_MS = 30 * 60_000;

/** A heartbeat is due in each half hour; reviewers are drawn from agents alive within three hours (SPEC 7). */
export function beatState(lastAt: string, now: number): { tone: Tone; word: string } {
  const age = now - Date.parse(lastAt);
  if (age <= HALF_HOUR_MS) return { tone: 'ok', word: 'alive' };
  if (age <= 6 * HALF_HOUR_MS) return { tone: 'warn', word: 'late' };
  return { tone: 'bad', word: 'silent' };
}

function LastBeat({ at }: { readonly at: string }) {
  const now = useNow();
  const { tone, word } = beatState(at, now);
  return (
    <span className="flex items-center gap-3">
      <State tone={tone} word={word} className="w-16" />
      <RelativeTime at={at} now={now} />
    </span>
  );
}

const right = { className: 'text-right tabular-nums whitespace-nowrap' };

const partsOf = ({ parts, confidence }: AgentCadence): string =>
  `cadence ${formatRate(parts.cadence)} of 35, challenges ${formatRate(parts.challenge)} of 25, ` +
  `latency ${formatRate(parts.latency)} of 20, chain ${formatRate(parts.chain)} of 20, ` +
  `confidence ${formatRate(confidence * 100)} %`;

const COLUMNS: Column<AgentCadence>[] = [
  {
    id: 'agent',
    header: 'Agent',
    accessorFn: (a) => a.name ?? a.agentId,
    cell: ({ row }) => (
      <span title={row.original.agentId}>
        {row.original.name ?? <code className="font-mono text-small">{row.original.agentId}</code>}
      </span>
    ),
  },
  {
    id: 'last',
    header: 'Last heartbeat',
    accessorFn: (a) => a.lastAt,
    cell: ({ row }) => <LastBeat at={row.original.lastAt} />,
  },
  {
    id: 'beats',
    header: 'In 7 days',
    accessorFn: (a) => a.heartbeats,
    meta: right,
    cell: ({ row }) => formatCount(row.original.heartbeats),
  },
  {
    id: 'chain',
    header: 'Chain',
    accessorFn: (a) => a.chain,
    meta: right,
    cell: ({ row }) => formatCount(row.original.chain),
  },
  {
    id: 'challenges',
    header: 'Challenges passed',
    accessorFn: (a) => a.challenges.passed,
    meta: right,
    cell: ({ row: { original } }) => (
      <>
        {formatCount(original.challenges.passed)}
        <span className="text-faint"> / {formatCount(original.challenges.over)}</span>
      </>
    ),
  },
  {
    id: 'score',
    header: 'Score',
    accessorFn: (a) => a.score,
    meta: right,
    cell: ({ row: { original } }) => (
      <span title={partsOf(original)}>
        {formatRate(original.score)}
        <span className="text-faint"> / 100</span>
      </span>
    ),
  },
];

/** How agents beat: last heartbeat, nonce chain, challenges, and the score that comes of them. */
export function Heartbeats() {
  const heartbeats = useHeartbeats();
  return (
    <Section title="Heartbeats of agents" aside="newest first, at most 100" testId="heartbeats">
      <RemoteValue
        remote={heartbeats}
        what="the heartbeats"
        skeleton={<SkeletonRows rows={3} waitingFor="the heartbeats" />}
      >
        {({ agents }) =>
          agents.length > 0 ? (
            <DataTable
              label="Heartbeats of agents"
              rows={agents}
              columns={COLUMNS}
              rowId={(a) => a.agentId}
              rowTestId="heartbeat-row"
            />
          ) : (
            <p className="py-3 text-body text-soft" data-testid="no-heartbeats">
              No agent has sent a heartbeat yet.
            </p>
          )
        }
      </RemoteValue>
    </Section>
  );
}
