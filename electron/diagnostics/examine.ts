import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import type { AppInfo } from '../../shared/ipc/app.ts';
import { type Diagnosis, diagnosis } from '../../shared/ipc/diagnostics.ts';
import type { VaultStatus } from '../../shared/ipc/vault.ts';
import { examineArchive } from './archive.ts';
import { examineFuses } from './fuses.ts';
import { examineKeychain, type KeychainAttack } from './keychain.ts';
import { examinePolicy, type Served } from './policy.ts';
import { examinePorts } from './ports.ts';
import { type ConsoleProcess, examineProcesses } from './processes.ts';
import { examineRuntime } from './runtime.ts';
import { examineSandbox } from './sandbox.ts';
import { examineSupport } from './support.ts';
import type { Proc } from './tree.ts';
import { type Channel, examineUpdates } from './updates.ts';

/** What the steps look at that is not a file of the system. */
export interface Examined {
  readonly info: () => AppInfo;
  readonly vaultStatus: () => VaultStatus | null;
  /** Attacks the keychain; null while the vault is locked. */
  readonly attackKeychain: () => Promise<KeychainAttack | null>;
  readonly rendererPid: () => number | null;
  /** Every process that the runtime knows, main included. */
  readonly processes: () => readonly ConsoleProcess[];
  /** The door of each kind of page, by its name. */
  readonly doors: Readonly<Record<string, () => Promise<Served>>>;
  readonly updates: Channel;
  readonly executable: string;
  readonly readArchive: () => AsyncIterable<Uint8Array>;
  /** Process id of main. */
  readonly pid: number;
  /** Folder of the database that this console's service keeps. */
  readonly cluster: string;
  readonly now: () => number;
}

const readText = (path: string): Promise<string> => readFile(path, 'utf8');
const PROC: Proc = {
  readFile: readText,
  readDir: (path) => readdir(path),
  readLink: (path) => readlink(path),
  realPath: (path) => realpath(path),
};

/** The steps that a console signs for its service: they stand for controls that no probe from outside can reach. */
export const examineInner =
  ({ info, vaultStatus, attackKeychain, rendererPid, executable, pid }: Examined) =>
  (): Promise<Diagnosis[]> =>
    Promise.all([
      examineKeychain(vaultStatus(), attackKeychain),
      examineFuses(executable),
      examineSandbox({ platform: info().platform, pid, rendererPid, readFile: readText }),
    ]);

/** Every other step: for whoever sits at this console. */
function examineOuter(examined: Examined): Promise<Diagnosis[]> {
  const { info, executable, readArchive, processes, doors, updates, pid, cluster, now } = examined;
  const { platform, packaged, electron } = info();
  return Promise.all([
    examineRuntime(info()),
    examineSupport({ electron, now: now() }),
    examineArchive({ platform, packaged, executable, readArchive }),
    examineProcesses({ platform, pid, processes, readFile: readText }),
    examinePolicy({ doors }),
    examinePorts({ platform, pid, cluster, processes, proc: PROC }),
    examineUpdates(updates),
  ]);
}

/** Every step of the self-attestation, looked at anew each time it is asked, in the order of its table. */
export const examine = (examined: Examined) => async (): Promise<Diagnosis[]> => {
  const all = (await Promise.all([examineInner(examined)(), examineOuter(examined)])).flat();
  return diagnosis.shape.step.options.flatMap((step) => all.filter((one) => one.step === step));
};
