import type { Provenance, ValueSource } from '../../../shared/http/settings.ts';
import { useCall } from '../../bridge/use-remote.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/message.tsx';
import { Section } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { State, type Tone } from '../../ui/state.tsx';
import { RemoteValue } from '../parts/remote.tsx';

type Value = Provenance['values'][number];

const SOURCE: Record<ValueSource, { readonly tone: Tone; readonly word: string }> = {
  environment: { tone: 'ok', word: 'environment' },
  file: { tone: 'ok', word: 'file' },
  aws: { tone: 'ok', word: 'AWS Secrets Manager' },
  // Good enough to develop with: whoever reads the data folder has it.
  generated: { tone: 'warn', word: 'made by the service' },
  default: { tone: 'absent', word: 'not set: default' },
};

const COLUMNS: Column<Value>[] = [
  {
    id: 'name',
    header: 'Variable',
    accessorFn: (value) => value.name,
    cell: ({ row }) => <code className="font-mono text-small">{row.original.name}</code>,
  },
  {
    id: 'source',
    header: 'Source',
    accessorFn: (value) => SOURCE[value.source].word,
    cell: ({ row }) => <State {...SOURCE[row.original.source]} />,
  },
  {
    id: 'detail',
    header: 'Where',
    accessorFn: (value) => value.detail ?? '',
    cell: ({ row }) =>
      row.original.detail === null ? null : (
        <code className="font-mono text-small">{row.original.detail}</code>
      ),
  },
];

const PROVIDER: Record<Provenance['provider'], string> = {
  env: 'the environment and .env files',
  aws: 'AWS Secrets Manager',
  none: 'the vault',
};

function Bundled() {
  return (
    <EmptyState testId="empty" title="Nothing comes from an environment">
      <p>
        This service runs inside the console. Its keys come from the vault over the process port; there are no
        variables to trace.
      </p>
    </EmptyState>
  );
}

/** Where each value of the service's configuration came from. The values themselves never leave the service. */
export function ConfigurationSources() {
  const told = useCall('settings.provenance', {});
  const what = 'where its configuration came from';
  return (
    <Section
      title="Configuration of the service"
      testId="provenance"
      aside={told.data ? `Secrets from ${PROVIDER[told.data.provider]}` : undefined}
    >
      <RemoteValue remote={told} what={what} skeleton={<SkeletonRows rows={5} waitingFor={what} />}>
        {({ values }) =>
          values.length === 0 ? (
            <Bundled />
          ) : (
            <DataTable
              label="Where each value came from"
              rows={values}
              columns={COLUMNS}
              rowId={(value) => value.name}
              rowTestId="provenance-row"
            />
          )
        }
      </RemoteValue>
    </Section>
  );
}
