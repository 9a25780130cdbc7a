import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runElectron } from '../electron.ts';
import type { Place } from '../place.ts';
import { forkChild } from '../signed/child.ts';
import { PASSPHRASE } from '../signed/passphrase.ts';
import { TARGET_VARIABLE } from '../start-line.ts';
import { API_VARIABLE, type ConsoleAnswer, type ConsoleOrder, consoleAnswer } from './order.ts';

/** The first unlock makes a database cluster and every table in it. */
const UNLOCK_MS = 120_000;
const PAGE_MS = 30_000;

type Answer<T extends ConsoleAnswer['type']> = Extract<ConsoleAnswer, { type: T }>;

export interface DrivenConsole {
  readonly pid: number;
  unlock(): Promise<Answer<'unlocked'>>;
  go(page: string): Promise<void>;
  stream(seconds: number, perSecond: number): Promise<Answer<'streamed'>>;
  stop(): Promise<void>;
}

/** A data folder with a vault, for one console after another. Nobody touches its keyboard, so it must not lock by itself. */
export async function makeConsoleData(place: Place): Promise<string> {
  const userData = place.folder('console');
  writeFileSync(join(userData, 'settings.json'), JSON.stringify({ apiPort: 0, idleMinutes: 240 }), {
    mode: 0o600,
  });
  await runElectron(place.electron, place.tool('vault-maker'), place.folder('maker'), {
    SALLYPORT_BENCH_KEEPER: place.keeper,
    SALLYPORT_BENCH_VAULT: join(userData, 'vault'),
  });
  return userData;
}

interface Driving {
  /** What is started in the place of the service's api process. */
  readonly api?: string;
  readonly switches?: readonly string[];
}

/** Starts the real console, sandbox and all, with somebody inside who does as a person would. */
export function driveConsole(
  place: Place,
  userData: string,
  { api, switches = [] }: Driving = {},
): DrivenConsole {
  const child = forkChild(
    place.tool('console-driver'),
    consoleAnswer,
    { type: 'stop' } satisfies ConsoleOrder,
    {
      execPath: place.electron,
      args: [`--user-data-dir=${userData}`, ...switches],
      env: { ...process.env, [TARGET_VARIABLE]: place.app, ...(api ? { [API_VARIABLE]: api } : {}) },
      stdout: 'ignore',
    },
  );
  let n = 0;
  const ask = <T extends ConsoleAnswer['type']>(
    type: T,
    order: (n: number) => ConsoleOrder,
    withinMs: number,
  ) => {
    n += 1;
    const mine = n;
    child.send(order(mine));
    return child.heard((answer): answer is Answer<T> => answer.type === type && answer.n === mine, withinMs);
  };
  return {
    pid: child.pid,
    unlock: () => ask('unlocked', (at) => ({ type: 'unlock', n: at, passphrase: PASSPHRASE }), UNLOCK_MS),
    go: async (page) => void (await ask('shown', (at) => ({ type: 'go', n: at, page }), PAGE_MS)),
    stream: (seconds, perSecond) =>
      ask('streamed', (at) => ({ type: 'live', n: at, seconds, perSecond }), seconds * 1000 + PAGE_MS),
    stop: () => child.stop(),
  };
}
