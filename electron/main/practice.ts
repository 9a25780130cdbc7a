import { spawn } from 'node:child_process';
import { isAbsolute } from 'node:path';
import { Refusal } from '../ipc/refusal.ts';
import { DataFolderError } from './data-folder.ts';
import type { Ground } from './ground.ts';
import { makePracticeFolder } from './practice-folder.ts';

const HAS_NONE = 'This is the practice console already. It has none of its own.';
const AIR_GAP =
  'The air gap is on, and a practice console needs a service that serves. Open it from a console outside the air gap.';

/** Why a practice console can be on no other service than its own, and reaches nothing beyond this machine. */
const ALONE =
  'This is a practice console: it stays on its own service, so that sample data never mix with real data. Do this in the real console.';

export const aloneBy = ({ isPractice }: Pick<Ground, 'isPractice'>): string | null =>
  isPractice ? ALONE : null;

interface Program {
  readonly isPackaged: boolean;
  readonly executable: string;
  /** What a runtime that is not packaged is given to start. */
  readonly main: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Where an AppImage is unpacked is gone when its first process ends: the file itself is what can be started again. */
const imageOf = ({ isPackaged, environment }: Program): string | null =>
  isPackaged && environment.APPIMAGE && isAbsolute(environment.APPIMAGE) ? environment.APPIMAGE : null;

/** This very program with that folder, and with nothing else that this console was started with. */
export function startOf(program: Program, folder: string) {
  const { SALLYPORT_USER_DATA: _ours, ...environment } = program.environment;
  return {
    command: imageOf(program) ?? program.executable,
    args: [...(program.isPackaged ? [] : [program.main]), `--user-data-dir=${folder}`],
    environment,
  };
}

type Start = ReturnType<typeof startOf>;

/** A program from here on, or why it is none. */
interface Started {
  once(event: 'spawn', listener: () => void): unknown;
  once(event: 'error', listener: (cause: Error) => void): unknown;
  unref(): void;
}

/** It outlives this console, and holds nothing of it. */
const spawned = ({ command, args, environment }: Start): Started =>
  spawn(command, args, { env: environment, detached: true, stdio: 'ignore' });

interface Deps {
  readonly ground: Pick<Ground, 'airGap' | 'isPractice'> & {
    readonly folders: Pick<Ground['folders'], 'root'>;
  };
  readonly program: () => Program;
  readonly start?: (start: Start) => Started;
}

function prepared(root: string): string {
  try {
    return makePracticeFolder(root);
  } catch (cause) {
    const why = cause instanceof DataFolderError ? cause.message : null;
    throw new Refusal(
      'not-available',
      why ??
        `The folder for the practice console could not be made in ${root}. Free some space or make it writable.`,
      { retryable: true, cause },
    );
  }
}

/**
 * Opens the practice console of this one: a second program with a data folder, a vault, a service and a ledger of its own. One that
 * is open already comes to the front by itself.
 * @throws Refusal with a sentence for a person
 */
export const practiceOpener =
  ({ ground, program, start = spawned }: Deps) =>
  async (): Promise<void> => {
    if (ground.isPractice) throw new Refusal('not-available', HAS_NONE);
    if (ground.airGap !== 'off') throw new Refusal('not-available', AIR_GAP);
    const child = start(startOf(program(), prepared(ground.folders.root)));
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (cause) =>
        reject(
          new Refusal('request-failed', 'The system did not start the practice console. Try again.', {
            retryable: true,
            cause,
          }),
        ),
      );
    });
    child.unref();
  };
