import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import { createLiveStore, type LiveState, type LiveStore } from './live.ts';
import { createNoticeStore, type NoticeStore } from './notices.ts';
import {
  type ConnectionStore,
  createConnectionStore,
  createServiceStore,
  createVaultStore,
  type ServiceStore,
  type VaultStore,
} from './status.ts';
import { createUiStore, type Preferences, type UiState, type UiStore } from './ui.ts';

export interface Stores {
  readonly live: LiveStore;
  readonly service: ServiceStore;
  readonly connection: ConnectionStore;
  readonly vault: VaultStore;
  readonly notices: NoticeStore;
  readonly ui: UiStore;
}

export const createStores = (storage: Preferences | null): Stores => ({
  live: createLiveStore(),
  service: createServiceStore(),
  connection: createConnectionStore(),
  vault: createVaultStore(),
  notices: createNoticeStore(),
  ui: createUiStore(storage),
});

const StoresContext = createContext<Stores | null>(null);
export const StoresProvider = StoresContext.Provider;

export function useStores(): Stores {
  const stores = useContext(StoresContext);
  if (!stores) throw new Error('a page is drawn outside StoresProvider');
  return stores;
}

export const useLive = <T,>(select: (state: LiveState) => T): T => useStore(useStores().live, select);
export const useUi = <T,>(select: (state: UiState) => T): T => useStore(useStores().ui, select);
export const useService = () => useStore(useStores().service);
export const useConnection = () => useStore(useStores().connection);
export const useVault = () => useStore(useStores().vault);
export const useNotices = () => useStore(useStores().notices, (s) => s.notices);
