import type { ConsoleCheck } from '../../shared/http/console-checks.ts';
import type { EnrolmentStatus } from '../../shared/ipc/app.ts';
import type { AdminClient } from './admin-client.ts';

/** The first one waits a moment: whoever has just unlocked looks at the overview, and the service is still starting. */
export const FIRST_CHECK_MS = 15_000;
/** Until the service has taken one: it is not up yet, or nobody has enrolled this console. */
export const RETRY_MS = 30_000;
/** `CONSOLE_CHECK_SECONDS`, which main does not load: an unlock window must not wait for the threat model. */
export const CHECK_EVERY_MS = 600_000;

interface Deps {
  /** Whether the service would take a report of this console. */
  readonly enrolment: () => Promise<Pick<EnrolmentStatus, 'state'>>;
  /** Attacks this console, and says what was found. */
  readonly check: () => Promise<ConsoleCheck>;
  readonly call: AdminClient['call'];
  readonly setTimer: (run: () => void, ms: number) => { cancel(): void };
}

/** While the vault is open, the console attacks itself now and then and signs what it found, whichever page is in sight. */
export function createConsoleChecks({ enrolment, check, call, setTimer }: Deps) {
  let timer: { cancel(): void } | null = null;
  /** What was found and nobody took: the keychain is not attacked again for that, until it is as old as a report may be. */
  let unsent: { readonly report: ConsoleCheck; readonly tries: number } | null = null;

  const reportNow = async (): Promise<ConsoleCheck> => {
    const kept = unsent && unsent.tries < CHECK_EVERY_MS / RETRY_MS ? unsent : null;
    const { report, tries } = kept ?? { report: await check(), tries: 0 };
    unsent = { report, tries: tries + 1 };
    return report;
  };

  /** @returns whether the service has it now */
  const send = async (): Promise<boolean> => {
    try {
      // Nothing is attacked for nobody.
      if ((await enrolment()).state !== 'enrolled') return false;
      await call({ route: 'boundaries.checkConsole', body: await reportNow() });
      unsent = null;
      return true;
    } catch {
      // Locked, or nobody there: without a report the service shows that it does not know.
      return false;
    }
  };
  const next = (ms: number): void => {
    const mine = setTimer(() => {
      void send().then((taken) => {
        if (timer === mine) next(taken ? CHECK_EVERY_MS : RETRY_MS);
      });
    }, ms);
    timer = mine;
  };
  return {
    open: (): void => {
      timer?.cancel();
      unsent = null;
      next(FIRST_CHECK_MS);
    },
    /** The console is on another service, which knows nothing of it yet: it is told now, and not by the clock of the former one. */
    moved: (): void => {
      if (timer === null) return;
      timer.cancel();
      next(0);
    },
    /** At a lock: nothing can be signed any more. */
    close: (): void => {
      timer?.cancel();
      timer = null;
    },
  };
}
