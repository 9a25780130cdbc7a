import { acknowledgement } from '../../shared/ipc/acknowledgement.ts';
import type { Batch, Pushed } from '../../shared/ipc/stream.ts';
import { createPusher, type Pusher } from './pusher.ts';
import type { Subscription, subscribe } from './subscription.ts';

/** Main's end of the port that leads to the page. */
export interface PagePort {
  post(batch: Batch): void;
  /** What the page says, attacker-controlled. */
  onMessage(listener: (message: unknown) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}

interface Timers {
  readonly setTimer: (run: () => void, ms: number) => { cancel(): void };
  readonly now: () => number;
  readonly random: () => number;
}

interface Deps extends Timers {
  readonly connect: Parameters<typeof subscribe>[1]['connect'];
  /** What a page that has just connected must know at once: the state of service and vault. */
  readonly greeting: () => readonly Pushed[];
  /** Hears what the page hears. */
  readonly heard: (item: Pushed) => void;
}

/** Notices, and where a link leads, are kept while no page listens: the newest of them. */
const MAX_KEPT = 50;

/**
 * What is kept with one item more. Anybody can make the system open links: a place replaces the place before it, and a sentence that
 * was said already is kept once, so that no number of links pushes out another notice.
 */
function keeping(kept: readonly Pushed[], item: Pushed): Pushed[] {
  const isReplaced = (one: Pushed): boolean =>
    one.type === 'notice' && item.type === 'notice'
      ? one.text === item.text && one.level === item.level
      : one.type === item.type;
  return [...kept.filter((one) => !isReplaced(one)), item].slice(-MAX_KEPT);
}

/** The one page that listens, or none. Opening again replaces it; a lock closes it. */
export function createStreamHub({ connect, greeting, heard, setTimer, now, random }: Deps) {
  let open: { pusher: Pusher; subscription: Subscription; port: PagePort } | null = null;
  let kept: Pushed[] = [];
  /** Counts openings and closings, so that an opening that waited sees whether it is still wanted. */
  let turn = 0;

  const shut = async (): Promise<void> => {
    const closing = open;
    open = null;
    closing?.pusher.close();
    closing?.port.close();
    await closing?.subscription.close();
  };
  const close = (): Promise<void> => {
    turn += 1;
    return shut();
  };
  return {
    close,
    /** @param after as in `stream.open` */
    async open(port: PagePort, after: number | null): Promise<void> {
      turn += 1;
      const opening = turn;
      // It reads every kind of event, so it comes with the first page that listens and not with the start.
      const [{ subscribe }] = await Promise.all([import('./subscription.ts'), shut()]);
      if (opening !== turn) return port.close();
      const pusher = createPusher({ post: (batch) => port.post(batch), setTimer, now });
      const push = (item: Pushed): void => {
        pusher.push(item);
        heard(item);
      };
      const subscription = subscribe(after, { connect, push, setTimer, random });
      const mine = { pusher, subscription, port };
      open = mine;
      port.onMessage((message) => {
        const parsed = acknowledgement.safeParse(message);
        if (parsed.success) pusher.acknowledge(parsed.data.seq);
      });
      port.onClose(() => {
        if (open === mine) close().catch(() => undefined);
      });
      for (const item of [...greeting(), ...kept.splice(0)]) pusher.push(item);
    },
    /** The service serves again: a page that waits for it need not wait longer. */
    retryNow: (): void => open?.subscription.retryNow(),
    /** Says something to the page; a notice or a place waits for a page, a status does not. */
    push(item: Pushed): void {
      if (open) open.pusher.push(item);
      else if (item.type === 'notice' || item.type === 'place') kept = keeping(kept, item);
    },
  };
}
export type StreamHub = ReturnType<typeof createStreamHub>;
