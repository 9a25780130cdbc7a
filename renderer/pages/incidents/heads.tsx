import type { Alert } from '../../../shared/http/incidents.ts';
import { formatCount } from '../../ui/format.ts';
import { Hash } from '../../ui/hash.tsx';

/** Heads of the log that an alert is about, side by side: two that differ are compared here, never from memory. */
export function AlertHeads({ alert }: { readonly alert: Alert }) {
  return (
    <section
      aria-label={`Heads of ${alert.title}`}
      className="flex flex-wrap gap-6 border-line border-t py-3"
      data-testid="alert-heads"
    >
      {alert.heads.map(({ label, size, root }) => (
        <div key={label} className="min-w-0 flex-1">
          <h4 className="text-faint text-small">
            {label}: <span className="text-ink">{formatCount(size)} entries</span>
          </h4>
          <Hash value={root} what={`the root of the head ${label.toLowerCase()}`} />
        </div>
      ))}
    </section>
  );
}
