import { useIsPractice } from '../pages/parts/practice.tsx';
import { Shape } from '../ui/state.tsx';

/** On every page of a practice console, and nothing takes it away. */
export function PracticeBand() {
  if (!useIsPractice()) return null;
  return (
    <aside
      aria-label="Practice console"
      data-testid="practice-band"
      className="flex h-8 shrink-0 items-center gap-3 border-warn border-b-2 bg-warn-wash px-3 text-body text-ink"
    >
      <Shape tone="warn" />
      <strong className="font-semibold">Practice console</strong>
      <span className="min-w-0 truncate">
        Sample data only, in a folder of its own. The real console is not touched by anything done here.
      </span>
    </aside>
  );
}
