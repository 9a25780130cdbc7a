import type { AppChannel } from '../../shared/ipc/app.ts';
import type { VaultStatus, VaultTaskRequest } from '../../shared/ipc/vault.ts';
import type { VaultAnswers } from '../keeper/protocol.ts';
import type { AppHandlers } from './handlers.ts';
import { Refusal } from './refusal.ts';

export interface VaultDeps {
  readonly vaultStatus: () => VaultStatus | null;
  readonly lock: () => void;
  readonly setIdleMinutes: (minutes: number) => void;
  /** The open keeper; null while locked. */
  readonly keeper: () => {
    askVault<W extends 'contents' | 'uses'>(what: W): Promise<VaultAnswers[W]>;
    openTask(request: VaultTaskRequest): void;
  } | null;
}

export function vaultHandlers(deps: VaultDeps): Pick<AppHandlers, Extract<AppChannel, `vault.${string}`>> {
  const status = (): VaultStatus => {
    const known = deps.vaultStatus();
    if (!known) throw new Refusal('not-available', 'The vault is still being read.', { retryable: true });
    return known;
  };
  const open = () => {
    const keeper = deps.keeper();
    if (!keeper)
      throw new Refusal('locked', 'The vault is locked. Unlock it and try again.', { retryable: true });
    return keeper;
  };
  return {
    'vault.status': () => status(),
    'vault.lock': () => {
      // After the answer: the lock destroys the window that asked.
      setImmediate(deps.lock);
      return null;
    },
    'vault.contents': () => open().askVault('contents'),
    'vault.uses': () => open().askVault('uses'),
    'vault.openTask': (request) => {
      open().openTask(request);
      return null;
    },
    'vault.setIdleMinutes': ({ minutes }) => {
      deps.setIdleMinutes(minutes);
      return { ...status(), idleMinutes: minutes };
    },
  };
}
