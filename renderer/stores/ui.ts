import { createStore, type StoreApi } from 'zustand/vanilla';
import type { CredentialKind } from '../../shared/http/containment.ts';
import { helpPlaces, NO_HELP, type Reading } from './help.ts';
import { type LedgerFilter, NO_FILTER } from './ledger-filter.ts';
import type { LedgerLink } from './ledger-link.ts';
import { readViews, refusalOf, type SavedView, withView, writeViews } from './saved-views.ts';

export { type LedgerFilter, NO_FILTER };

export const PAGES = [
  'overview',
  'ledger',
  'boundaries',
  'limits',
  'incidents',
  'identity',
  'keys',
  'wallets',
  'providers',
  'autonomy',
  'reviews',
  'minting',
  'scans',
  'vault',
  'custody',
  'operators',
  'docs',
  'settings',
] as const;
export type PageId = (typeof PAGES)[number];

export type Theme = 'system' | 'dark' | 'light';
export type Density = 'compact' | 'comfortable';
/** The navigation with its names, or a narrow rail with one letter a screen. */
export type NavigationWidth = 'wide' | 'rail';

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

export const INCIDENT_TABS = [
  'incidents',
  'stolen',
  'containments',
  'orders',
  'shift',
  'rules',
  'canaries',
  'webhook',
] as const;
export type IncidentTab = (typeof INCIDENT_TABS)[number];

/** Where somebody is on the Incidents screen. */
export interface IncidentPlace {
  readonly tab: IncidentTab;
  /** The incident that is open; a containment is ordered for it. */
  readonly incident: string | null;
  /** The credential that is assumed to be stolen. */
  readonly credential: { readonly kind: CredentialKind; readonly id: string } | null;
}

/** What a page is asked to do when somebody is sent there: open its own dialog. `act`: the first one of what is found. */
export type Intent = 'create-key' | 'enrol' | 'invite' | 'act' | null;

export interface UiState extends Reading {
  readonly page: PageId;
  readonly intent: Intent;
  readonly theme: Theme;
  readonly density: Density;
  readonly navigation: NavigationWidth;
  readonly paletteOpen: boolean;
  readonly ledgerFilter: LedgerFilter;
  /** Number of the entry that a link leads to, until the ledger has opened it. */
  readonly wantedEntry: number | null;
  /** How many links were followed: what was typed before is forgotten. */
  readonly linksFollowed: number;
  readonly savedViews: readonly SavedView[];
  readonly identityFilter: IdentityFilter;
  readonly incidents: IncidentPlace;
  /** The wallet that somebody was sent to, or has opened beside the list. */
  readonly wallet: string | null;
  /** Whether somebody has asked to stop all spending, or to allow it again. */
  readonly freezing: 'order' | 'lift' | null;
}

/** Where preferences survive a restart; a page without storage simply forgets them. */
export type Preferences = Pick<Storage, 'getItem' | 'setItem'>;

const PREFERENCES_KEY = 'sallyport.preferences';

const oneOf = <T extends string>(value: unknown, options: readonly T[], otherwise: T): T =>
  options.find((option) => option === value) ?? otherwise;

type Chosen = Pick<UiState, 'theme' | 'density' | 'navigation'>;

function readPreferences(storage: Preferences | null): Chosen {
  let stored: unknown = null;
  try {
    stored = JSON.parse(storage?.getItem(PREFERENCES_KEY) ?? 'null');
  } catch {
    // Unreadable preferences are no preferences.
  }
  const { theme, density, navigation } = (stored ?? {}) as { readonly [Name in keyof Chosen]?: unknown };
  return {
    theme: oneOf<Theme>(theme, ['system', 'dark', 'light'], 'system'),
    density: oneOf<Density>(density, ['compact', 'comfortable'], 'compact'),
    navigation: oneOf<NavigationWidth>(navigation, ['wide', 'rail'], 'wide'),
  };
}

/** Links to the ledger and the views of it that have a name. */
function ledgerPlaces(store: StoreApi<UiState>, storage: Preferences | null) {
  const followLink = ({ filter, entry }: LedgerLink): void =>
    store.setState((s) => ({
      ...{ page: 'ledger', intent: null, paletteOpen: false, ledgerFilter: filter },
      ...{ wantedEntry: entry, linksFollowed: s.linksFollowed + 1 },
    }));
  const takeWantedEntry = (): void => store.setState({ wantedEntry: null });
  const setViews = (savedViews: readonly SavedView[]): void => {
    store.setState({ savedViews });
    writeViews(storage, savedViews);
  };
  /** @returns why it was not saved, or null */
  const saveView = (view: SavedView): string | null => {
    const { savedViews } = store.getState();
    const refused = refusalOf(savedViews, view);
    if (refused === null) setViews(withView(savedViews, view));
    return refused;
  };
  const removeView = (name: string): void =>
    setViews(store.getState().savedViews.filter((view) => view.name !== name));
  return { followLink, takeWantedEntry, saveView, removeView };
}

const preferIn =
  (store: StoreApi<UiState>, storage: Preferences | null) =>
  (change: Partial<Chosen>): void => {
    store.setState(change);
    const { theme, density, navigation } = store.getState();
    try {
      storage?.setItem(PREFERENCES_KEY, JSON.stringify({ theme, density, navigation }));
    } catch {
      // A full or forbidden storage costs the preference, not the page.
    }
  };

/** One wallet, and all spending. */
const moneyPlaces = (store: StoreApi<UiState>) => ({
  showWallet: (wallet: string | null): void =>
    store.setState({ page: 'wallets', intent: null, paletteOpen: false, wallet }),
  askFreeze: (freezing: UiState['freezing']): void => store.setState({ freezing, paletteOpen: false }),
});

export function createUiStore(storage: Preferences | null) {
  const store = createStore<UiState>(() => ({
    page: 'overview',
    intent: null,
    paletteOpen: false,
    ledgerFilter: NO_FILTER,
    wantedEntry: null,
    linksFollowed: 0,
    savedViews: readViews(storage),
    identityFilter: { view: 'accounts', ...NO_IDENTITY_FILTER },
    incidents: { tab: 'incidents', incident: null, credential: null },
    ...{ wallet: null, freezing: null },
    ...NO_HELP,
    ...readPreferences(storage),
  }));
  const go = (page: PageId, intent: Intent = null): void =>
    store.setState({ page, intent, paletteOpen: false });
  const takeIntent = (): void => store.setState({ intent: null });
  const showLedger = (filter: Partial<LedgerFilter>): void =>
    store.setState({ page: 'ledger', intent: null, ledgerFilter: { ...NO_FILTER, ...filter } });
  const filterLedger = (filter: Partial<LedgerFilter>): void =>
    store.setState((s) => ({ ledgerFilter: { ...s.ledgerFilter, ...filter } }));
  const showIdentity = (
    view: IdentityView,
    filter: Partial<IdentityFilter> = {},
    intent: Intent = null,
  ): void =>
    store.setState({
      page: 'identity',
      intent,
      identityFilter: { ...NO_IDENTITY_FILTER, ...filter, view },
    });
  const filterIdentity = (filter: Partial<Omit<IdentityFilter, 'view'>>): void =>
    store.setState((s) => ({ identityFilter: { ...s.identityFilter, ...filter } }));
  const showIncidents = (place: Partial<IncidentPlace>): void =>
    store.setState((s) => ({
      page: 'incidents',
      intent: null,
      paletteOpen: false,
      incidents: { ...s.incidents, ...place },
    }));
  const setPalette = (paletteOpen: boolean): void => store.setState({ paletteOpen });
  return {
    ...store,
    ...ledgerPlaces(store, storage),
    ...moneyPlaces(store),
    ...helpPlaces(store),
    ...{ go, takeIntent, showLedger, filterLedger, showIdentity, filterIdentity },
    ...{ showIncidents, setPalette, prefer: preferIn(store, storage) },
  };
}

export type UiStore = ReturnType<typeof createUiStore>;
