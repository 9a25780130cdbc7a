/** Why the console locked; shown in the title of the unlock window. */
export type LockReason =
  | ('demand' | 'idle' | 'screen-lock' | 'suspend')
  | ('rekeyed' | 'keeper-died' | 'renderer-died');

export const LOCK_SENTENCE: Readonly<Record<LockReason, string>> = {
  demand: 'locked',
  idle: 'locked because nobody used this computer',
  'screen-lock': 'locked with the screen',
  suspend: 'locked before sleep',
  rekeyed: 'locked because every key is new; the former ones are forgotten',
  'keeper-died': 'locked because the keeper process ended; nothing was lost',
  'renderer-died': 'locked because the window kept failing; nothing was lost',
};

/** Often enough that a lock is at most this late; seldom enough to cost nothing. */
const CHECK_EVERY_MS = 5_000;

interface Triggers {
  readonly power: {
    getSystemIdleTime(): number;
    on(name: 'lock-screen' | 'suspend', listener: () => void): unknown;
  };
  readonly setInterval: (run: () => void, ms: number) => { cancel(): void };
  readonly idleMinutes: () => number;
  readonly watchScreen: (onLock: () => void) => () => void;
  readonly lock: (reason: LockReason) => void;
}

/**
 * Everything that locks by itself: nobody at the machine, the screen locked, the machine about to sleep.
 * @returns stops watching
 */
export function watchLockTriggers({
  power,
  setInterval,
  idleMinutes,
  watchScreen,
  lock,
}: Triggers): () => void {
  const timer = setInterval(() => {
    if (power.getSystemIdleTime() >= idleMinutes() * 60) lock('idle');
  }, CHECK_EVERY_MS);
  power.on('lock-screen', () => lock('screen-lock'));
  power.on('suspend', () => lock('suspend'));
  const stop = watchScreen(() => lock('screen-lock'));
  return () => {
    timer.cancel();
    stop();
  };
}
