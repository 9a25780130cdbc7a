import type { VaultStatus } from '../../shared/ipc/vault.ts';
import { VAULT_TONE } from '../pages/parts/tones.ts';
import { EmptyState } from '../ui/message.tsx';

const SAYS: Record<Exclude<VaultStatus['state'], 'unlocked'>, { title: string; text: string }> = {
  locked: {
    title: 'The vault is locked',
    text: 'Unlock it in the unlock window. The service keeps running meanwhile.',
  },
  absent: {
    title: 'There is no vault yet',
    text: 'Create it in the first-run window. It will hold this console’s signing key.',
  },
  damaged: {
    title: 'The vault file is damaged',
    text: 'The unlock window says what can be done. Nothing has been overwritten.',
  },
};

/** What stands in place of every page while the vault is not open. */
export const Locked = ({ state }: { readonly state: Exclude<VaultStatus['state'], 'unlocked'> }) => (
  <main id="content" tabIndex={-1} className="flex-1 p-(--page) outline-none">
    <EmptyState testId="locked" tone={VAULT_TONE[state]} title={SAYS[state].title}>
      <p>{SAYS[state].text}</p>
    </EmptyState>
  </main>
);
