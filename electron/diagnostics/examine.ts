import { readFile } from 'node:fs/promises';
import type { AppInfo } from '../../shared/ipc/app.ts';
import type { Diagnosis } from '../../shared/ipc/diagnostics.ts';
import type { VaultStatus } from '../../shared/ipc/vault.ts';
import { examineFuses } from './fuses.ts';
import { examineKeychain, type KeychainAttack } from './keychain.ts';
import { examineRuntime } from './runtime.ts';
import { examineSandbox } from './sandbox.ts';

interface Deps {
  readonly info: () => AppInfo;
  readonly vaultStatus: () => VaultStatus | null;
  /** Attacks the keychain; null while the vault is locked. */
  readonly attackKeychain: () => Promise<KeychainAttack | null>;
  readonly rendererPid: () => number | null;
  readonly executable: string;
}

/** Every step of the self-attestation, looked at anew each time it is asked. */
export const examine =
  ({ info, vaultStatus, attackKeychain, rendererPid, executable }: Deps) =>
  async (): Promise<Diagnosis[]> =>
    Promise.all([
      examineRuntime(info()),
      examineSandbox({ platform: info().platform, rendererPid, readFile: (path) => readFile(path, 'utf8') }),
      examineKeychain(vaultStatus(), attackKeychain),
      examineFuses(executable),
    ]);
