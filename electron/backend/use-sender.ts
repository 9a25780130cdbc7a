import type { SecretUse } from '../../shared/http/secret-use.ts';
import type { AdminClient } from './admin-client.ts';

interface Deps {
  /** The oldest uses that the ledger does not have, or nothing while the vault is locked. */
  readonly unsent: () => Promise<readonly SecretUse[]>;
  readonly sent: (last: string) => void;
  readonly call: AdminClient['call'];
}

/**
 * Brings the journal of uses into the ledger whenever both are there. Whatever fails leaves it where it is: it is tried again at the
 * next use, the next unlock and the next time the service serves; the ledger takes each use once.
 */
export function createUseSender({ unsent, sent, call }: Deps) {
  let running = false;
  let again = false;

  const sendWaiting = async (): Promise<void> => {
    let uses = await unsent();
    while (uses.length > 0) {
      await call({ route: 'vault.journal', body: { uses } });
      sent(uses.at(-1)?.id ?? '');
      const next = await unsent();
      // A keeper that could not write down what was sent must not make this a loop.
      if (next[0]?.id === uses[0]?.id) return;
      uses = next;
    }
  };
  const run = async (): Promise<void> => {
    running = true;
    try {
      while (again) {
        again = false;
        await sendWaiting();
      }
    } catch {
      // Locked, not enrolled, or nobody there: what waits goes on waiting.
    }
    running = false;
  };
  return {
    send(): void {
      again = true;
      if (!running) void run();
    },
  };
}
