import { consoleCheckOf } from '../diagnostics/console-check.ts';
import { examine } from '../diagnostics/examine.ts';
import type { KeeperLink } from './keeper-link.ts';

interface Deps extends Pick<Parameters<typeof examine>[0], 'info' | 'vaultStatus' | 'rendererPid'> {
  readonly keeper: () => Pick<KeeperLink, 'askVault'> | null;
}

/** What this console finds out about itself: for its own screen, and for its service. */
export function selfChecks({ info, vaultStatus, rendererPid, keeper }: Deps) {
  const attest = examine({
    ...{ info, vaultStatus, rendererPid },
    attackKeychain: async () => (await keeper()?.askVault('keychain')) ?? null,
    executable: process.execPath,
  });
  const check = consoleCheckOf({
    examine: attest,
    packaged: () => info().packaged,
    now: () => performance.now(),
  });
  return { examine: attest, check };
}
