import { createStore } from 'zustand/vanilla';
import type { EventCategory } from '../../shared/ledger/event-definition.ts';

export const PAGES = [
  'overview',
  'ledger',
  'limits',
  'keys',
  'identity',
  'wallets',
  'providers',
  'autonomy',
  'operators',
  'vault',
  'reviews',
  'custody',
  'minting',
  'scans',
  'boundaries',
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
  /** Id of the agent acted for. */
  readonly agent: string;
  readonly requestId: string;
  readonly text: string;
  readonly from: string;
  readonly to: string;
}

export const NO_FILTER: LedgerFilter = {
  category: '',
  kind: '',
  actor: '',
  agent: '',
  requestId: '',
  text: '',
  from: '',
  to: '',
};

export const IDENTITY_VIEWS = ['accounts', 'agents', 'sessions', 'keys'] as const;
export type IdentityView = (typeof IDENTITY_VIEWS)[number];

/** Which list of the Identity screen is shown, and how it is narrowed. Empty strings are "any". */
export interface IdentityFilter {
  readonly view: IdentityView;
  readonly search: string;
  /** A state of the view's own. */
  readonly state: string;
  /** Of keys. */
  readonly family: string;
  /** Of accounts. */
  readonly role: string;
  /** Id of the account, or the agent, that the entries belong to. */
  readonly account: string;
  readonly agent: string;
}

export const NO_IDENTITY_FILTER: Omit<IdentityFilter, 'view'> = {
  search: '',
  state: '',
  family: '',
  role: '',
  account: '',
  agent: '',
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
  readonly identityFilter: IdentityFilter;
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
    identityFilter: { view: 'accounts', ...NO_IDENTITY_FILTER },
    ...readPreferences(storage),
  }));
  const go = (page: PageId, intent: Intent = null): void =>
    store.setState({ page, intent, paletteOpen: false });
  const takeIntent = (): void => store.setState({ intent: null });
  const showLedger = (filter: Partial<LedgerFilter>): void =>
    store.setState({ page: 'ledger', intent: null, ledgerFilter: { ...NO_FILTER, ...filter } });
  const filterLedger = (filter: Partial<LedgerFilter>): void =>
    store.setState((s) => ({ ledgerFilter: { ...s.ledgerFilter, ...filter } }));
  const showIdentity = (view: IdentityView, filter: Partial<IdentityFilter> = {}): void =>
    store.setState({
      page: 'identity',
      intent: null,
      identityFilter: { ...NO_IDENTITY_FILTER, ...filter, view },
    });
  const filterIdentity = (filter: Partial<Omit<IdentityFilter, 'view'>>): void =>
    store.setState((s) => ({ identityFilter: { ...s.identityFilter, ...filter } }));
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
  return {
    ...store,
    ...{ go, takeIntent, showLedger, filterLedger, showIdentity, filterIdentity, setPalette, prefer },
  };
}

export type UiStore = ReturnType<typeof createUiStore>;
