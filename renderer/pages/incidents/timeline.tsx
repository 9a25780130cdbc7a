import type { LedgerEntry } from '../../../shared/ledger/entry.ts';
import { EVENTS } from '../../../shared/ledger/events.ts';
import { useStores } from '../../stores/stores.tsx';
import { Button } from '../../ui/button.tsx';
import { formatCount } from '../../ui/format.ts';
import { Section } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { LocalTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { RemoteValue } from '../parts/remote.tsx';
import { useTimeline } from './use-incidents.ts';
import { justAfter } from './words.ts';

function Line({ entry, now }: { readonly entry: LedgerEntry; readonly now: number }) {
  const { ui } = useStores();
  const { number, at, kind, actor } = entry;
  const place = number === null ? 'pending' : formatCount(number);
  return (
    <tr className="h-8 border-line border-b" data-testid="timeline-row">
      <td className="w-[132px] whitespace-nowrap text-small text-soft">
        <LocalTime at={at} now={now} />
      </td>
      <td className="truncate">{EVENTS[kind].says}</td>
      <td className="w-[24%] truncate text-soft">{actor.name ?? actor.id}</td>
      <td className="w-[96px] text-right">
        <Button
          kind="link"
          small
          aria-label={`Entry ${place} in the ledger`}
          onClick={() => ui.showLedger({ kind, from: at, to: justAfter(at) })}
        >
          {place}
        </Button>
      </td>
    </tr>
  );
}

/** What the ledger says about the incident and its subjects, oldest first; each line leads to its entry. */
export function Timeline({ id }: { readonly id: string }) {
  const now = useNow();
  const remote = useTimeline(id);
  return (
    <Section title="Timeline" testId="timeline" aside="from the ledger, oldest first">
      <RemoteValue
        remote={remote}
        what="the timeline"
        skeleton={<SkeletonRows rows={6} height={32} waitingFor="the timeline" />}
      >
        {({ entries, complete }) => (
          <>
            {entries.length > 0 ? (
              <table aria-label="Timeline" className="w-full table-fixed text-body">
                <tbody>
                  {entries.map((entry) => (
                    <Line key={entry.id} entry={entry} now={now} />
                  ))}
                </tbody>
              </table>
            ) : (
              <p className="py-3 text-body text-soft">No entry names it yet.</p>
            )}
            {complete ? null : (
              <p className="py-2 text-small text-warn" data-testid="timeline-cut">
                There is more than is shown here: search the ledger for the subjects of the alerts.
              </p>
            )}
          </>
        )}
      </RemoteValue>
    </Section>
  );
}
