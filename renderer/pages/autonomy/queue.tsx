import { useMemo } from 'react';
import type { PayerTask } from '../../../shared/http/autonomy.ts';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { formatCount, formatDuration } from '../../ui/format.ts';
import { EmptyState } from '../../ui/message.tsx';
import { Section } from '../../ui/section.tsx';
import { State } from '../../ui/state.tsx';
import { useNow } from '../../ui/use-now.ts';
import { type TaskVerb, taskSign } from './use-autonomy.ts';

function NextRun({ task }: { readonly task: PayerTask }) {
  const left = Date.parse(task.nextRunAt) - useNow();
  if (task.state !== 'READY') return <span className="text-faint">never</span>;
  return <>{left > 0 ? `in ${formatDuration(left)}` : 'due'}</>;
}

const right = { className: 'text-right tabular-nums whitespace-nowrap' };

const DATA: Column<PayerTask>[] = [
  {
    ...{
      id: 'url',
      header: 'Resource',
      accessorFn: (task) => task.url,
      meta: { className: 'max-w-[360px]' },
    },
    cell: ({ row }) => (
      <code className="block truncate font-mono text-small" title={`${row.original.id}: ${row.original.url}`}>
        {row.original.url}
      </code>
    ),
  },
  {
    ...{ id: 'state', header: 'State', accessorFn: (task) => taskSign(task).word },
    cell: ({ row }) => <State {...taskSign(row.original)} />,
  },
  {
    ...{ id: 'priority', header: 'Priority', accessorFn: (task) => Number(task.priority), meta: right },
    cell: ({ row }) => row.original.priority,
  },
  {
    id: 'cost',
    header: 'Cost',
    accessorFn: (task) => Number(task.cost),
    meta: right,
    cell: ({ row }) => row.original.cost,
  },
  {
    id: 'value',
    header: 'Value',
    accessorFn: (task) => Number(task.value),
    meta: right,
    cell: ({ row }) => row.original.value,
  },
  {
    ...{ id: 'next', header: 'Next run', accessorFn: (task) => task.nextRunAt, meta: right },
    cell: ({ row }) => <NextRun task={row.original} />,
  },
  {
    ...{ id: 'backoff', header: 'Backoff', accessorFn: (task) => task.backoffSeconds, meta: right },
    cell: ({ row }) =>
      row.original.backoffSeconds === 0 ? (
        <span className="text-faint">none</span>
      ) : (
        `${row.original.backoffSeconds} s, ${formatCount(row.original.failures)} failed`
      ),
  },
  {
    ...{ id: 'error', header: 'Last error', accessorFn: (task) => task.pausedReason ?? task.lastError ?? '' },
    cell: ({ row }) =>
      row.original.pausedReason ?? row.original.lastError ?? <span className="text-faint">none</span>,
  },
];

interface QueueProps {
  readonly tasks: readonly PayerTask[];
  /** Why this console may not; `null` when it may. */
  readonly whyNot: Readonly<Record<TaskVerb, string | null>>;
  readonly onAct: (verb: TaskVerb, task: PayerTask) => void;
  /** Why none can be added; `null` when one can. */
  readonly whyNotAdd: string | null;
  readonly onAdd: () => void;
}

const VERBS: Record<PayerTask['state'], readonly TaskVerb[]> = {
  READY: ['pause', 'cancel'],
  PAUSED: ['resume', 'cancel'],
  CANCELLED: [],
};

const WORD: Record<TaskVerb, string> = { pause: 'Pause', resume: 'Resume', cancel: 'Cancel' };

/** What is fetched, when, and what came of it last. */
export function Queue({ tasks, whyNot, onAct, whyNotAdd, onAdd }: QueueProps) {
  const columns = useMemo(
    (): Column<PayerTask>[] => [
      ...DATA,
      {
        id: 'act',
        header: () => <span className="sr-only">Actions</span>,
        enableSorting: false,
        meta: { className: 'text-right whitespace-nowrap' },
        cell: ({ row }) => (
          <span className="inline-flex gap-2">
            {VERBS[row.original.state].map((verb) => (
              <Button
                key={verb}
                small
                aria-label={`${WORD[verb]} the task of ${row.original.url}`}
                disabled={whyNot[verb] !== null}
                title={whyNot[verb] ?? undefined}
                onClick={() => onAct(verb, row.original)}
              >
                {WORD[verb]}
              </Button>
            ))}
          </span>
        ),
      },
    ],
    [whyNot, onAct],
  );
  const add = (
    <Button small disabled={whyNotAdd !== null} title={whyNotAdd ?? undefined} onClick={onAdd}>
      Add a task
    </Button>
  );
  return (
    <Section title="Queue" aside={<>amounts in the token’s smallest unit {add}</>} testId="queue">
      {tasks.length > 0 ? (
        <div className="overflow-x-auto">
          <DataTable
            label="Queue"
            rows={tasks}
            columns={columns}
            rowId={(task) => task.id}
            rowTestId="task-row"
          />
        </div>
      ) : (
        <EmptyState testId="no-tasks" title="No task was ever added">
          <p>A task names a resource, what it is worth and what it may cost.</p>
        </EmptyState>
      )}
    </Section>
  );
}
