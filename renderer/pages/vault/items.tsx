import { useMemo, useState } from 'react';
import {
  ITEM_TASKS,
  type ItemTask,
  KEPT_NAMES,
  KEPT_TYPES,
  type KeptType,
} from '../../../shared/http/vault-items.ts';
import type { VaultItem } from '../../../shared/ipc/vault.ts';
import { Button, Segments } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { formatCount } from '../../ui/format.ts';
import { EmptyState } from '../../ui/message.tsx';
import { Section } from '../../ui/section.tsx';
import { State } from '../../ui/state.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import type { OpenTask } from './use-vault.ts';

const FILTERS: readonly { value: KeptType | 'all'; label: string }[] = [
  { value: 'all', label: 'All' },
  ...KEPT_TYPES.map((value) => ({ value, label: KEPT_NAMES[value] })),
];

const TASK_WORDS: Readonly<Record<ItemTask, string>> = {
  reveal: 'Reveal',
  rename: 'Rename',
  export: 'Export',
  remove: 'Remove',
};

const OWN: Readonly<Record<string, string>> = {
  'operator-key': 'This console’s operator key',
  'service-root': 'Root of the service’s keys',
  'witness-record': 'Verified heads of the log',
};
/** More rows than a person reads; filter to see the others. */
const SHOWN = 300;

const typeName = (type: string): string =>
  KEPT_TYPES.some((known) => known === type) ? KEPT_NAMES[type as KeptType] : 'Kept by the vault';

function Created({ at }: { readonly at: string }) {
  return <RelativeTime at={at} now={useNow()} />;
}

const columnsFor = (open: OpenTask): Column<VaultItem>[] => [
  {
    id: 'label',
    header: 'Label',
    accessorFn: (item) => item.label ?? OWN[item.type] ?? item.type,
    meta: { className: 'max-w-[260px] truncate' },
    cell: ({ row: { original } }) => (
      <span className="flex items-center gap-2" title={original.id}>
        {original.label ?? OWN[original.type] ?? original.type}
        {original.canary ? <State tone="warn" word="canary" /> : null}
      </span>
    ),
  },
  { id: 'type', header: 'Kind', accessorFn: (item) => typeName(item.type), meta: { className: 'w-[150px]' } },
  {
    id: 'createdAt',
    header: 'Added',
    accessorFn: (item) => item.createdAt,
    meta: { className: 'w-[120px]' },
    cell: ({ row }) => <Created at={row.original.createdAt} />,
  },
  {
    id: 'acts',
    header: '',
    enableSorting: false,
    meta: { className: 'w-[270px] text-right' },
    cell: ({ row: { original } }) =>
      original.label === null ? null : (
        <span className="inline-flex gap-1">
          {ITEM_TASKS.map((task) => (
            <Button
              key={task}
              small
              kind={task === 'remove' ? 'danger' : 'quiet'}
              aria-label={`${TASK_WORDS[task]} ${original.label}`}
              onClick={() => void open({ task, itemId: original.id })}
            >
              {TASK_WORDS[task]}
            </Button>
          ))}
        </span>
      ),
  },
];

/** What is in the vault, by kind and label. Values are in no answer that this page can ask for. */
export function Items({ items, open }: { readonly items: readonly VaultItem[]; readonly open: OpenTask }) {
  const [filter, setFilter] = useState<KeptType | 'all'>('all');
  const [text, setText] = useState('');
  const columns = useMemo(() => columnsFor(open), [open]);
  const wanted = text.trim().toLowerCase();
  const found = items.filter(
    ({ type, label }) =>
      (filter === 'all' || type === filter) && (label ?? OWN[type] ?? '').toLowerCase().includes(wanted),
  );
  return (
    <Section
      title="Secrets"
      testId="vault-items"
      aside={`${formatCount(Math.min(found.length, SHOWN))} of ${formatCount(items.length)} shown`}
    >
      <div className="flex flex-wrap items-center gap-3 py-2">
        <Segments label="Which kinds" value={filter} options={FILTERS} onChange={setFilter} />
        <input
          type="search"
          aria-label="Label contains"
          placeholder="Label contains"
          className="h-7 rounded border border-line bg-transparent px-2 text-body"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      {found.length === 0 ? (
        <EmptyState title="No secret matches">Choose another kind, or add one.</EmptyState>
      ) : (
        <DataTable
          label="Secrets of the vault"
          rows={found.slice(0, SHOWN)}
          columns={columns}
          rowId={(item) => item.id}
          rowTestId="vault-item"
        />
      )}
    </Section>
  );
}
