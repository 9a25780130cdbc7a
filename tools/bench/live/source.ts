import type { Feed } from '../../../service/ledger/feed.ts';
import type { LedgerEntry, LedgerHead } from '../../../shared/ledger/entry.ts';
import { EVENTS, type EventKind } from '../../../shared/ledger/events.ts';
import type { Mark } from '../console/order.ts';

/** As the service's own feed. */
const BATCH = 256;
/** How often entries are let go; an integrator that works at this rate commits about as often. */
const TICK_MS = 10;

const id = (prefix: string, number: number): string => `${prefix}_${String(number).padStart(26, '0')}`;

/** What a busy market writes most: generations with their holds, and now and then a key that is revoked. */
function contentOf(
  number: number,
  at: string,
): { readonly kind: EventKind; readonly data: LedgerEntry['data'] } {
  const held = { holdId: id('hld', number), wallet: id('tma', number % 50), held: '0.00420000' };
  const shape = number % 8;
  if (shape === 7)
    return {
      kind: 'key.revoked',
      data: { keyId: id('key', number), displayPrefix: 'th_bench000', reason: 'measured' },
    };
  if (shape % 3 === 0)
    return {
      kind: 'hold.opened',
      data: { ...held, purpose: 'generation', reference: id('gen', number), expiresAt: at },
    };
  if (shape % 3 === 1) return { kind: 'hold.voided', data: { ...held, reason: 'measured' } };
  return {
    kind: 'generation.settled',
    data: {
      ...{
        generationId: id('gen', number),
        keyId: id('key', number % 50),
        model: 'gpt-bench',
        provider: 'bench',
      },
      ...{ outcome: 'completed', usage: 'reported', inputTokens: 812, outputTokens: 64 },
      ...{ held: '0.00420000', cost: '0.00310000' },
    },
  };
}

export function entryAt(number: number, at: number): LedgerEntry {
  const moment = new Date(at).toISOString();
  const { kind, data } = contentOf(number, moment);
  return {
    ...{ id: id('evt', number), number, state: 'integrated', kind, category: EVENTS[kind].category, data },
    at: moment,
    actor: { type: 'key', id: id('key', number % 50), name: `agent ${number % 50}` },
    agent: id('agt', number % 50),
    requestId: id('req', number),
    leafHash: number.toString(16).padStart(64, '0'),
  };
}

/** The moment at which the entry with this number was let go. */
export function letGoAt(released: readonly Mark[], number: number): number {
  let [low, high] = [0, released.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((released[middle]?.size ?? 0) <= number) low = middle + 1;
    else high = middle;
  }
  return released[low]?.at ?? Number.NaN;
}

interface Clock {
  readonly now: () => number;
  /** Milliseconds that never go back. */
  readonly monotonic: () => number;
}

/**
 * A feed whose entries come out of nothing at a steady rate: what is late is caught up with at the next tick, as a service that
 * falls behind would. Entries are made when they are read, so it needs no memory of its own.
 */
export function createSource(head: LedgerHead, { now, monotonic }: Clock) {
  let size = head.size;
  let released: Mark[] = [{ at: now(), size }];
  let timer: NodeJS.Timeout | undefined;
  const waiters = new Set<() => void>();

  const reach = (next: number): void => {
    if (next <= size) return;
    size = next;
    released.push({ at: now(), size });
    for (const wake of waiters) wake();
  };
  const feed: Feed = {
    head: async () => ({ ...head, size }),
    read: async (next) =>
      Array.from({ length: Math.max(0, Math.min(BATCH, size - next)) }, (_, i) =>
        entryAt(next + i, letGoAt(released, next + i)),
      ),
    changed: (next, withinMs, signal) => {
      if (next < size || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(limit);
          waiters.delete(done);
          signal.removeEventListener('abort', done);
          resolve();
        };
        const limit = setTimeout(done, withinMs);
        waiters.add(done);
        signal.addEventListener('abort', done, { once: true });
      });
    },
    stop: async () => clearInterval(timer),
  };
  return {
    feed,
    release(perSecond: number): void {
      const [began, first] = [monotonic(), size];
      released = [{ at: now(), size }];
      timer = setInterval(
        () => reach(first + Math.floor(((monotonic() - began) * perSecond) / 1000)),
        TICK_MS,
      );
    },
    /** @returns how far it was at which moment since `release` */
    hold(): readonly Mark[] {
      clearInterval(timer);
      return released;
    },
  };
}
