import type { Pushed } from '../../shared/ipc/stream.ts';
import type { VaultStatus } from '../../shared/ipc/vault.ts';
import type { Backend } from '../backend/backend.ts';

/** What a page that has just connected must know at once. */
export const greetingOf = (
  vault: VaultStatus | null,
  { service, connection }: Pick<Backend, 'service' | 'connection'>,
): Pushed[] => [
  { type: 'service', status: service.status() },
  { type: 'connection', status: connection() },
  ...(vault ? [{ type: 'vault', status: vault } as const] : []),
];
