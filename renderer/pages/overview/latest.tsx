import { EVENTS } from '../../../shared/ledger/events.ts';
import { useLive } from '../../stores/stores.tsx';
import { formatCount } from '../../ui/format.ts';
import { Section } from '../../ui/section.tsx';
import { LocalTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';

const LATEST = 6;

/** The last entries that the stream brought, newest first. */
export function LatestEntries() {
  const now = useNow();
  useLive((s) => s.revision);
  const latest = useLive((s) => s.entries)
    .slice(-LATEST)
    .reverse();
  return (
    <Section title="Latest entries" testId="latest-entries">
      {latest.length === 0 ? (
        <p className="py-2 text-body text-soft">None since this window opened.</p>
      ) : (
        <table aria-label="Latest ledger entries" className="w-full table-fixed text-body">
          <tbody>
            {latest.map((entry) => (
              <tr key={entry.id} className="h-8 border-line border-b">
                <td className="w-[72px] font-mono text-faint text-small">{formatCount(entry.number)}</td>
                <td className="w-[108px] text-small text-soft">
                  <LocalTime at={entry.at} now={now} />
                </td>
                <td className="truncate">{EVENTS[entry.kind].says}</td>
                <td className="w-[24%] truncate text-right text-soft">
                  {entry.actor.name ?? entry.actor.id}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}
