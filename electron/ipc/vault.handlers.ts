import type { AppChannel } from '../../shared/ipc/app.ts';
import type { VaultStatus } from '../../shared/ipc/vault.ts';
import type { AppHandlers } from './handlers.ts';
import { Refusal } from './refusal.ts';

export interface VaultDeps {
  readonly vaultStatus: () => VaultStatus | null;
  readonly lock: () => void;
  readonly setIdleMinutes: (minutes: number) => void;
}

export function vaultHandlers(deps: VaultDeps): Pick<AppHandlers, Extract<AppChannel, `vault.${string}`>> {
  const status = (): VaultStatus => {
    const known = deps.vaultStatus();
    if (!known) throw new Refusal('not-available', 'The vault is still being read.', { retryable: true });
    return known;
  };
  return {
    'vault.status': () => status(),
    'vault.lock': () => {
      // After the answer: the lock destroys the window that asked.
      setImmediate(deps.lock);
      return null;
    },
    'vault.setIdleMinutes': ({ minutes }) => {
      deps.setIdleMinutes(minutes);
      return { ...status(), idleMinutes: minutes };
    },
  };
}
