import type { HeadReport } from '../../shared/ipc/evidence.ts';
import { sentenceOf } from './fork-report.ts';

/** How often the log is looked at while the vault is open, whichever page is in sight. */
const EVERY_MS = 60_000;

interface Deps {
  /** Looks at the newest head; a cosignature goes out with it where one is due. */
  readonly look: () => Promise<HeadReport>;
  /** Brings what is new off the host, one run at a time, where a person wants that. */
  readonly mirror: () => Promise<void>;
  /** Says it on whichever page is open. */
  readonly alarm: (text: string) => void;
  readonly setTimer: (run: () => void, ms: number) => { cancel(): void };
}

const BELIEVED: readonly HeadReport['state'][] = ['first', 'continues'];

/** The rounds of a witness: it looks by itself while the vault is open, so that no page has to be left open for it. */
export function createLogRounds({ look, mirror, alarm, setTimer }: Deps) {
  let timer: { cancel(): void } | null = null;
  let said: string | null = null;

  const judge = ({ state, problem, head, told }: HeadReport): boolean => {
    if (BELIEVED.includes(state)) {
      said = null;
      return true;
    }
    const about = `${state} ${head?.size} ${head?.root} ${told?.state}`;
    const more = told ? ` ${sentenceOf(told)}` : '';
    if (said !== about)
      alarm(`The log is not what this console verified: ${problem}.${more} Open the Ledger.`);
    said = about;
    return false;
  };
  /** Its first run takes as long as the whole log; the witness does not wait for it, and a run that lasts is not begun twice. */
  const bring = (): void => {
    // The mirror tells its own failures.
    void mirror().catch(() => undefined);
  };
  /** Locked, not enrolled, or nobody there: the next round tries again. */
  const round = async (): Promise<void> => {
    try {
      if (judge(await look())) bring();
    } catch {
      // Each has told its own screen; the round itself has nothing to add.
    }
  };
  const next = (): void => {
    const mine = setTimer(() => {
      void round().finally(() => {
        if (timer === mine) next();
      });
    }, EVERY_MS);
    timer = mine;
  };
  return {
    open: (): void => {
      timer?.cancel();
      next();
    },
    /** At a lock. What runs ends by itself: it can neither sign nor read any more. */
    close: (): void => {
      timer?.cancel();
      timer = null;
      said = null;
    },
    now: round,
  };
}
