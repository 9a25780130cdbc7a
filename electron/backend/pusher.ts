import type { Batch, Pushed } from '../../shared/ipc/stream.ts';

/** One animation frame at 60 Hz: a faster screen would only redraw the same picture. */
const FRAME_MS = 16;
/** What one frame can draw; larger batches would only make the frame late. */
const MAX_BATCH = 500;
/** About two seconds at the design rate of 5,000 events a second. */
const MAX_BUFFER = 10_000;

interface Deps {
  readonly post: (batch: Batch) => void;
  readonly setTimer: (run: () => void, ms: number) => { cancel(): void };
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

type Entry = Extract<Pushed, { type: 'entry' }>;
const isNumbered = (item: Pushed): item is Entry => item.type === 'entry' && item.entry.number !== null;

/**
 * Pushes to one page with back-pressure: at most one batch per frame, the next only after the acknowledgement of the last,
 * and a bounded buffer whose oldest ledger entries give way to one `skipped` range. What is not an entry is never dropped:
 * there is little of it, and of each kind of status only the newest is kept.
 */
export function createPusher({ post, setTimer, now }: Deps) {
  let buffer: Pushed[] = [];
  let skipped: { from: number; to: number } | null = null;
  let awaiting: number | null = null;
  let seq = 0;
  let sentAt = Number.NEGATIVE_INFINITY;
  let timer: { cancel(): void } | null = null;
  let closed = false;

  const flush = (): void => {
    timer = null;
    if (closed || awaiting !== null) return;
    const items: Pushed[] = skipped ? [{ type: 'skipped', ...skipped }] : [];
    skipped = null;
    items.push(...buffer.splice(0, MAX_BATCH - items.length));
    if (items.length === 0) return;
    seq += 1;
    awaiting = seq;
    sentAt = now();
    post({ type: 'batch', seq, items });
  };
  const schedule = (): void => {
    if (closed || timer || awaiting !== null || (buffer.length === 0 && !skipped)) return;
    timer = setTimer(flush, Math.max(0, sentAt + FRAME_MS - now()));
  };
  const dropOldest = (): void => {
    const at = buffer.findIndex(isNumbered);
    const [oldest] = at < 0 ? [] : buffer.splice(at, 1);
    if (!oldest || !isNumbered(oldest)) return;
    const number = oldest.entry.number as number;
    skipped = { from: skipped?.from ?? number, to: number };
  };

  return {
    push(item: Pushed): void {
      if (closed) return;
      if (item.type === 'service' || item.type === 'vault' || item.type === 'stream')
        buffer = buffer.filter((other) => other.type !== item.type);
      buffer.push(item);
      if (buffer.length > MAX_BUFFER) dropOldest();
      schedule();
    },
    /** The page has drawn batch `seq`; any other number is stale or made up and changes nothing. */
    acknowledge(number: number): void {
      if (number !== awaiting) return;
      awaiting = null;
      schedule();
    },
    close(): void {
      closed = true;
      timer?.cancel();
      buffer = [];
    },
  };
}
export type Pusher = ReturnType<typeof createPusher>;
