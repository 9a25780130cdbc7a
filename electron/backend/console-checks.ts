import type { ConsoleCheck } from '../../shared/http/console-checks.ts';
import type { AdminClient } from './admin-client.ts';

/** The first one waits: whoever has just unlocked has other things to do, and the service has its own round at that time. */
export const FIRST_CHECK_MS = 120_000;
/** `CONSOLE_CHECK_SECONDS`, which main does not load: an unlock window must not wait for the threat model. */
export const CHECK_EVERY_MS = 600_000;

interface Deps {
  /** Attacks this console, and says what was found. */
  readonly check: () => Promise<ConsoleCheck>;
  readonly call: AdminClient['call'];
  readonly setTimer: (run: () => void, ms: number) => { cancel(): void };
}

/** While the vault is open, the console attacks itself now and then and signs what it found, whichever page is in sight. */
export function createConsoleChecks({ check, call, setTimer }: Deps) {
  let timer: { cancel(): void } | null = null;

  const send = async (): Promise<void> => {
    try {
      await call({ route: 'boundaries.checkConsole', body: await check() });
    } catch {
      // Locked, not enrolled, or nobody there: without a report the service shows that it does not know.
    }
  };
  const next = (ms: number): void => {
    const mine = setTimer(() => {
      void send().finally(() => {
        if (timer === mine) next(CHECK_EVERY_MS);
      });
    }, ms);
    timer = mine;
  };
  return {
    open: (): void => {
      timer?.cancel();
      next(FIRST_CHECK_MS);
    },
    /** At a lock: nothing can be signed any more. */
    close: (): void => {
      timer?.cancel();
      timer = null;
    },
  };
}
