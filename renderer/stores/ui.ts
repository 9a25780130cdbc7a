import { createStore } from 'zustand/vanilla';
import type { EventCategory } from '../../shared/ledger/event-definition.ts';

export const PAGES = [
  'overview',
  'ledger',
  'limits',
  'keys',
  'wallets',
  'providers',
  'operators',
  'settings',
] as const;
export type PageId = (typeof PAGES)[number];

export type Theme = 'system' | 'dark' | 'light';
export type Density = 'compact' | 'comfortable';

/** How the ledger is narrowed. Empty strings are "any". Times are ISO 8601 in UTC. */
export interface LedgerFilter {
  readonly category: EventCategory | '';
  readonly kind: string;
  readonly actor: string;
  readonly requestId: string;
  readonly text: string;
  readonly from: string;
  readonly to: string;
}

export const NO_FILTER: LedgerFilter = {
  category: '',
  kind: '',
  actor: '',
  requestId: '',
  text: '',
  from: '',
  to: '',
};

/** What a page is asked to do when somebody is sent there: open its own dialog. */
export type Intent = 'create-key' | 'enrol' | 'invite' | null;

export interface UiState {
  readonly page: PageId;
  readonly intent: Intent;
  readonly theme: Theme;
  readonly density: Density;
  readonly paletteOpen: boolean;
  readonly ledgerFilter: LedgerFilter;
}

/** Where preferences survive a restart; a page without storage simply forgets them. */
export type Preferences = Pick<Storage, 'getItem' | 'setItem'>;

const PREFERENCES_KEY = 'sallyport.preferences';

const oneOf = <T extends string>(value: unknown, options: readonly T[], otherwise: T): T =>
  options.find((option) => option === value) ?? otherwise;

function readPreferences(storage: Preferences | null): Pick<UiState, 'theme' | 'density'> {
  let stored: unknown = null;
  try {
    stored = JSON.parse(storage?.getItem(PREFERENCES_KEY) ?? 'null');
  } catch {
    // Unreadable preferences are no preferences.
  }
  const { theme, density } = (stored ?? {}) as { theme?: unknown; density?: unknown };
  return {
    theme: oneOf<Theme>(theme, ['system', 'dark', 'light'], 'system'),
    density: oneOf<Density>(density, ['compact', 'comfortable'], 'compact'),
  };
}

export function createUiStore(storage: Preferences | null) {
  const store = createStore<UiState>(() => ({
    page: 'overview',
    intent: null,
    paletteOpen: false,
    ledgerFilter: NO_FILTER,
    ...readPreferences(storage),
  }));
  const go = (page: PageId, intent: Intent = null): void =>
    store.setState({ page, intent, paletteOpen: false });
  const takeIntent = (): void => store.setState({ intent: null });
  const showLedger = (filter: Partial<LedgerFilter>): void =>
    store.setState({ page: 'ledger', intent: null, ledgerFilter: { ...NO_FILTER, ...filter } });
  const filterLedger = (filter: Partial<LedgerFilter>): void =>
    store.setState((s) => ({ ledgerFilter: { ...s.ledgerFilter, ...filter } }));
  const setPalette = (paletteOpen: boolean): void => store.setState({ paletteOpen });
  const prefer = (change: Partial<Pick<UiState, 'theme' | 'density'>>): void => {
    store.setState(change);
    const { theme, density } = store.getState();
    try {
      storage?.setItem(PREFERENCES_KEY, JSON.stringify({ theme, density }));
    } catch {
      // A full or forbidden storage costs the preference, not the page.
    }
  };
  return { ...store, go, takeIntent, showLedger, filterLedger, setPalette, prefer };
}

export type UiStore = ReturnType<typeof createUiStore>;
