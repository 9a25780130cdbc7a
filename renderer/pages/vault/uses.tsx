import type { VaultUses } from '../../../shared/ipc/vault.ts';
import { useService } from '../../stores/stores.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { formatCount } from '../../ui/format.ts';
import { EmptyState } from '../../ui/message.tsx';
import { Section } from '../../ui/section.tsx';
import { State } from '../../ui/state.tsx';
import { LocalTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';

type Use = VaultUses['uses'][number];

const WORDS: Readonly<Record<string, string>> = {
  unlock: 'Unlocked: every secret checked',
  reveal: 'Revealed',
  copy: 'Copied',
  export: 'Exported, encrypted',
  rename: 'Renamed',
  rekey: 'Re-keyed: every secret sealed again',
  drill: 'Shares drilled',
  check: 'Fingerprint compared',
  seal: 'Sealed into a package',
  import: 'Imported into the secrets manager',
  sign: 'Used to sign',
  supply: 'Given to the service’s process',
  approve: 'Used for an approval between consoles',
  'journal-restarted': 'Journal was damaged and began anew',
};

function At({ at }: { readonly at: string }) {
  return <LocalTime at={at} now={useNow()} />;
}

const COLUMNS: Column<Use>[] = [
  {
    id: 'at',
    header: 'When',
    enableSorting: false,
    meta: { className: 'w-[200px]' },
    cell: ({ row }) => <At at={row.original.at} />,
  },
  {
    id: 'action',
    header: 'What',
    enableSorting: false,
    cell: ({ row }) => WORDS[row.original.action] ?? row.original.action,
  },
  {
    id: 'item',
    header: 'Which',
    enableSorting: false,
    cell: ({ row: { original } }) => (
      <span className="flex items-center gap-2">
        {original.item?.label ?? 'the whole vault'}
        {original.item?.canary ? <State tone="bad" word="canary touched" /> : null}
      </span>
    ),
  },
];

function Delivery({ unsent }: { readonly unsent: number }) {
  const running = useService().status?.state === 'running';
  if (unsent === 0) return <State tone="ok" word="all in the ledger" />;
  const why = running ? 'being sent' : 'the service is away';
  return (
    <State tone={running ? 'busy' : 'warn'} word={`${formatCount(unsent)} wait for the ledger: ${why}`} />
  );
}

/** Who may look at the journal sees uses, never values. */
export function Uses({ uses: { uses, unsent } }: { readonly uses: VaultUses }) {
  return (
    <Section title="Uses" testId="vault-uses" aside={<Delivery unsent={unsent} />}>
      {uses.length === 0 ? (
        <EmptyState title="No secret was used yet">
          Each use is one signed line here and in the ledger.
        </EmptyState>
      ) : (
        <DataTable
          label="Uses of secrets"
          rows={uses}
          columns={COLUMNS}
          rowId={(use) => use.id}
          rowTestId="vault-use"
        />
      )}
    </Section>
  );
}
