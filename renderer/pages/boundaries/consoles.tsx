import type { ProbeId } from '../../../shared/boundaries/controls.ts';
import type { ConsoleView } from '../../../shared/http/console-checks.ts';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Section } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { State } from '../../ui/state.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { useEnrolment } from '../parts/enrolment.tsx';
import { RemoteValue } from '../parts/remote.tsx';
import { HEALTH_TONE } from '../parts/tones.ts';
import { useConsoles } from './use-boundaries.ts';
import { CONSOLE_WORD } from './words.ts';

type Open = (probe: ProbeId) => void;

const weakOf = ({ found }: ConsoleView) => found.filter(({ outcome }) => outcome === 'broken');

/** Silence mends nothing: what was weak before it is said with it. */
const ConsoleState = ({ one }: { readonly one: ConsoleView }) =>
  one.state === 'stale' && weakOf(one).length > 0 ? (
    <State tone="warn" word="silent, was weak" />
  ) : (
    <State tone={HEALTH_TONE[one.state]} word={CONSOLE_WORD[one.state]} />
  );

function Found({ one, onOpen }: { readonly one: ConsoleView; readonly onOpen: Open }) {
  if (one.state === 'untried')
    return <span className="text-faint">Nothing yet: it reports while its vault is open.</span>;
  const telling = one.found.filter(({ outcome }) => outcome !== 'held');
  if (telling.length === 0) return 'Keychain, fuses and sandbox held.';
  return (
    <ul className="flex flex-col gap-1">
      {telling.map(({ probe, evidence }) => (
        <li key={probe}>
          <Button kind="link" small onClick={() => onOpen(probe)}>
            {probe}
          </Button>{' '}
          {evidence}
        </li>
      ))}
    </ul>
  );
}

const columnsFor = (now: number, own: string | undefined, onOpen: Open): Column<ConsoleView>[] => [
  {
    id: 'state',
    header: 'State',
    // As it came: the worst first.
    enableSorting: false,
    meta: { className: 'w-40 whitespace-nowrap' },
    cell: ({ row }) => <ConsoleState one={row.original} />,
  },
  {
    id: 'name',
    header: 'Console of',
    accessorFn: ({ name }) => name,
    meta: { className: 'w-[24%]' },
    cell: ({ row: { original } }) => (
      <span className="flex flex-wrap items-baseline gap-x-2">
        {original.name}
        <span className="text-faint text-small">{original.role}</span>
        {original.operatorId === own ? <span className="text-accent text-small">this console</span> : null}
      </span>
    ),
  },
  {
    id: 'reported',
    header: 'Last report',
    accessorFn: ({ reportedAt }) => reportedAt ?? '',
    meta: { className: 'w-32 whitespace-nowrap' },
    cell: ({ row: { original } }) =>
      original.reportedAt ? (
        <RelativeTime at={original.reportedAt} now={now} />
      ) : (
        <span className="text-faint">never</span>
      ),
  },
  {
    id: 'found',
    header: 'What it found',
    enableSorting: false,
    meta: { className: 'text-soft' },
    cell: ({ row }) => <Found one={row.original} onOpen={onOpen} />,
  },
];

/** Which consoles there are, when each attacked itself last, and what was weak. */
export function Consoles({ onOpen }: { readonly onOpen: Open }) {
  const consoles = useConsoles();
  const own = useEnrolment().data?.operator?.id;
  const columns = columnsFor(useNow(), own, onOpen);
  const minutes = consoles.data ? `every ${consoles.data.everySeconds / 60} min` : 'now and then';
  return (
    <Section
      title="Consoles"
      aside={`each attacks itself ${minutes} while its vault is open; a closed one is silent`}
      testId="consoles"
    >
      <RemoteValue
        remote={consoles}
        what="the list of consoles"
        skeleton={<SkeletonRows rows={2} waitingFor="the list of consoles" />}
      >
        {({ consoles: all }) =>
          all.length === 0 ? (
            <p className="py-3 text-body text-soft">
              No console is enrolled yet. Enrol this one on the Operators screen; it reports soon after.
            </p>
          ) : (
            <DataTable
              label="Consoles"
              rows={all}
              columns={columns}
              rowId={({ operatorId }) => operatorId}
              rowTestId="console-row"
            />
          )
        }
      </RemoteValue>
    </Section>
  );
}
