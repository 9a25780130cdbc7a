import type { CustodyState, Rehearsal, Rotation, SecretCopy } from '../../../shared/ipc/custody.ts';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Hash } from '../../ui/hash.tsx';
import { Banner, EmptyState } from '../../ui/message.tsx';
import { Fact, Facts, Section } from '../../ui/section.tsx';
import { State } from '../../ui/state.tsx';
import { LocalTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import type { RunStep } from './use-custody.ts';

const PLACES: Readonly<Record<SecretCopy['where'], string>> = {
  vault: 'Vault',
  package: 'Sealed package',
  aws: 'AWS Secrets Manager',
  shares: 'Recovery shares',
  service: 'Service',
  outside: 'Outside this console',
};

type Named = { readonly address: string; readonly fingerprint: string };

function WalletFacts({ name, wallet }: { readonly name: string; readonly wallet: Named }) {
  return (
    <>
      <Fact label={name}>
        <Hash value={wallet.address} what={`address of the ${name.toLowerCase()}`} />
      </Fact>
      <Fact label="Its fingerprint">
        <Hash value={wallet.fingerprint} what={`fingerprint of the ${name.toLowerCase()}`} />
      </Fact>
    </>
  );
}

/** The wallets in full and beside each other: they are compared, never remembered. */
export function Wallets({ state: { holder, current } }: { readonly state: CustodyState }) {
  if (!holder && !current?.wallet)
    return (
      <EmptyState title="No wallet is in custody yet" testId="custody-empty">
        Open a rotation: it makes the first wallet and takes the service over to it, step by step.
      </EmptyState>
    );
  return (
    <Section
      title="Wallets"
      testId="custody-wallets"
      aside={<State tone={holder ? 'ok' : 'idle'} word={holder ? 'one signing key' : 'no signing key yet'} />}
    >
      <Facts>
        {holder ? <WalletFacts name="Wallet in force" wallet={holder} /> : null}
        {current?.wallet && current.wallet.fingerprint !== holder?.fingerprint ? (
          <WalletFacts name="New wallet" wallet={current.wallet} />
        ) : null}
        {current?.former && current.former.fingerprint !== holder?.fingerprint ? (
          <WalletFacts name="Former wallet" wallet={current.former} />
        ) : null}
      </Facts>
    </Section>
  );
}

const short = (address: string): string => `${address.slice(0, 4)}…${address.slice(-4)}`;

const COPY_COLUMNS: Column<SecretCopy>[] = [
  {
    id: 'address',
    header: 'Wallet',
    accessorFn: (copy) => copy.address,
    meta: { className: 'w-[130px] font-mono' },
    cell: ({ row }) => <span title={row.original.address}>{short(row.original.address)}</span>,
  },
  {
    id: 'where',
    header: 'Where',
    accessorFn: (copy) => PLACES[copy.where],
    meta: { className: 'w-[150px]' },
  },
  { id: 'detail', header: 'What', accessorFn: (copy) => copy.detail },
  {
    id: 'state',
    header: 'State',
    accessorFn: (copy) => copy.state,
    meta: { className: 'w-[110px]' },
    cell: ({ row }) => (
      <State tone={row.original.state === 'kept' ? 'ok' : 'idle'} word={row.original.state} />
    ),
  },
  { id: 'proof', header: 'Because', accessorFn: (copy) => copy.proof },
];

/** Every copy of a secret half that this console knows of, and what is known of its end. */
export function Copies({ copies }: { readonly copies: readonly SecretCopy[] }) {
  return (
    <Section title="Copies of the secret" testId="custody-copies">
      {copies.length === 0 ? (
        <EmptyState title="No copy yet">
          Each wallet’s copies are listed here, with the proof of their end.
        </EmptyState>
      ) : (
        <DataTable
          label="Copies of the secret"
          rows={copies}
          columns={COPY_COLUMNS}
          rowId={(copy) => `${copy.address} ${copy.where} ${copy.detail}`}
          rowTestId="custody-copy"
        />
      )}
    </Section>
  );
}

const logColumns = (run: RunStep): Column<Rotation>[] => [
  { id: 'reason', header: 'Why', accessorFn: (rotation) => rotation.reason },
  {
    id: 'wallet',
    header: 'New wallet',
    accessorFn: (rotation) => rotation.wallet?.address ?? 'none was made',
    meta: { className: 'max-w-[320px] truncate font-mono' },
  },
  {
    id: 'ended',
    header: 'End',
    accessorFn: (rotation) => rotation.ended ?? '',
    meta: { className: 'w-[120px]' },
    cell: ({ row: { original } }) => (
      <State tone={original.ended === 'recorded' ? 'ok' : 'warn'} word={original.ended ?? 'open'} />
    ),
  },
  {
    id: 'acts',
    header: '',
    enableSorting: false,
    meta: { className: 'w-[150px] text-right' },
    cell: ({ row: { original } }) => (
      <Button
        small
        aria-label={`Save the change log of ${original.reason}`}
        onClick={() => void run({ act: 'change-log', ceremony: original.id })}
      >
        Save change log
      </Button>
    ),
  },
];

/** Rehearsals stand beside rotations and are never taken for one: they moved nothing. */
function Rehearsals({
  rehearsals,
  run,
}: {
  readonly rehearsals: readonly Rehearsal[];
  readonly run: RunStep;
}) {
  const now = useNow();
  return (
    <ul className="flex flex-col" aria-label="Rehearsals">
      {rehearsals.map(({ id, at, passed, failed }) => (
        <li
          key={id}
          data-testid="custody-rehearsal"
          className="flex flex-wrap items-center gap-3 border-line border-b py-2 text-body"
        >
          <State tone="idle" word="rehearsal" />
          <LocalTime at={at} now={now} />
          <State
            tone={failed.length === 0 ? 'ok' : 'bad'}
            word={`${passed} of ${passed + failed.length} drills went as they must`}
          />
          <span className="min-w-0 flex-1 text-soft">{failed.join('; ')}</span>
          <Button
            small
            aria-label={`Save the record of the rehearsal of ${at}`}
            onClick={() => void run({ act: 'rehearsal', rehearsal: id })}
          >
            Save record
          </Button>
        </li>
      ))}
    </ul>
  );
}

/** Rotations that have ended, each with its signed log, and what was rehearsed. */
export function ChangeLog({
  state: { ended, rehearsals },
  run,
}: {
  readonly state: Pick<CustodyState, 'ended' | 'rehearsals'>;
  readonly run: RunStep;
}) {
  return (
    <Section
      title="Change log"
      testId="custody-log"
      aside={
        ended.length > 0 ? (
          <Button small onClick={() => window.print()}>
            Print
          </Button>
        ) : undefined
      }
    >
      {ended.length === 0 ? (
        <EmptyState title="No rotation has ended yet">
          Its signed change log can be saved from here then.
        </EmptyState>
      ) : (
        <DataTable
          label="Ended rotations"
          rows={ended}
          columns={logColumns(run)}
          rowId={(rotation) => rotation.id}
          rowTestId="custody-ended"
        />
      )}
      {rehearsals.length > 0 ? <Rehearsals rehearsals={rehearsals} run={run} /> : null}
    </Section>
  );
}

/** What is not listed for certain is not passed over in silence. */
export function NotLookedAt({ unread }: Pick<CustodyState, 'unread'>) {
  if (unread.length === 0) return null;
  const names = unread.map(({ label, message }) => `“${label}”: ${message}`);
  return (
    <Banner tone="warn">
      Wallets and copies may be missing below, because {unread.length === 1 ? 'an item' : 'some items'} of the
      vault could not be looked at. {names.join(' ')}
    </Banner>
  );
}
