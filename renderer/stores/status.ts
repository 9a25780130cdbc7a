import { createStore } from 'zustand/vanilla';
import type { Connection } from '../../shared/ipc/services.ts';
import type { VaultStatus } from '../../shared/ipc/vault.ts';
import type { ServiceStatus } from '../../shared/service/status.ts';

interface Known<T> {
  /** `null` until main has said. */
  readonly status: T | null;
  /** When the state last changed as seen from here. */
  readonly since: number | null;
}

/** The last thing main said about one part of the system, and since when it has been so. */
function createStatusStore<T extends { readonly state: string }>() {
  const store = createStore<Known<T>>(() => ({ status: null, since: null }));
  const set = (status: T, now: number): void =>
    store.setState((s) => ({ status, since: s.status?.state === status.state ? s.since : now }));
  return { ...store, set };
}

export const createServiceStore = () => createStatusStore<ServiceStatus>();
export const createVaultStore = () => createStatusStore<VaultStatus>();

export const createConnectionStore = () => createStatusStore<Connection>();

export type ConnectionStore = ReturnType<typeof createConnectionStore>;
export type ServiceStore = ReturnType<typeof createServiceStore>;
export type VaultStore = ReturnType<typeof createVaultStore>;
