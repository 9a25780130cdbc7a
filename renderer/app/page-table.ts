import { type ComponentType, lazy } from 'react';
import type { PageId } from '../stores/ui.ts';

/** The questions that people open the console with, in the order in which they are asked. */
export const PAGE_GROUPS = [
  { id: 'watch', label: 'Watch' },
  { id: 'respond', label: 'Respond' },
  { id: 'money', label: 'Money' },
  { id: 'market', label: 'Market and minting' },
  { id: 'custody', label: 'Custody' },
  { id: 'system', label: 'System' },
] as const;
export type PageGroup = (typeof PAGE_GROUPS)[number]['id'];

export interface PageEntry {
  readonly id: PageId;
  readonly group: PageGroup;
  readonly label: string;
  /** After G, this letter leads here; the narrow navigation shows it. No two screens share one. */
  readonly letter: string;
  readonly component: ComponentType;
}

/** Every screen, in the order of the navigation and of its groups; the first nine have their position as their key as well. */
export const PAGE_TABLE: readonly PageEntry[] = [
  {
    id: 'overview',
    group: 'watch',
    label: 'Overview',
    letter: 'O',
    component: lazy(async () => ({ default: (await import('../pages/overview/page.tsx')).OverviewPage })),
  },
  {
    id: 'ledger',
    group: 'watch',
    label: 'Ledger',
    letter: 'L',
    component: lazy(async () => ({ default: (await import('../pages/ledger/page.tsx')).LedgerPage })),
  },
  {
    id: 'boundaries',
    group: 'watch',
    label: 'Boundaries',
    letter: 'B',
    component: lazy(async () => ({ default: (await import('../pages/boundaries/page.tsx')).BoundariesPage })),
  },
  {
    id: 'limits',
    group: 'watch',
    label: 'Rate limits',
    letter: 'R',
    component: lazy(async () => ({ default: (await import('../pages/limits/page.tsx')).LimitsPage })),
  },
  {
    id: 'incidents',
    group: 'respond',
    label: 'Incidents',
    letter: 'I',
    component: lazy(async () => ({ default: (await import('../pages/incidents/page.tsx')).IncidentsPage })),
  },
  {
    id: 'identity',
    group: 'respond',
    label: 'Identity',
    letter: 'D',
    component: lazy(async () => ({ default: (await import('../pages/identity/page.tsx')).IdentityPage })),
  },
  {
    id: 'keys',
    group: 'respond',
    label: 'Keys',
    letter: 'K',
    component: lazy(async () => ({ default: (await import('../pages/keys/page.tsx')).KeysPage })),
  },
  {
    id: 'wallets',
    group: 'money',
    label: 'Wallets',
    letter: 'W',
    component: lazy(async () => ({ default: (await import('../pages/wallets/page.tsx')).WalletsPage })),
  },
  {
    id: 'providers',
    group: 'money',
    label: 'Providers',
    letter: 'P',
    component: lazy(async () => ({ default: (await import('../pages/providers/page.tsx')).ProvidersPage })),
  },
  {
    id: 'autonomy',
    group: 'money',
    label: 'Autonomy',
    letter: 'A',
    component: lazy(async () => ({ default: (await import('../pages/autonomy/page.tsx')).AutonomyPage })),
  },
  {
    id: 'reviews',
    group: 'market',
    label: 'Reviews',
    letter: 'E',
    component: lazy(async () => ({ default: (await import('../pages/reviews/page.tsx')).ReviewsPage })),
  },
  {
    id: 'minting',
    group: 'market',
    label: 'Minting',
    letter: 'M',
    component: lazy(async () => ({ default: (await import('../pages/minting/page.tsx')).MintingPage })),
  },
  {
    id: 'scans',
    group: 'market',
    label: 'Scans',
    letter: 'S',
    component: lazy(async () => ({ default: (await import('../pages/scans/page.tsx')).ScansPage })),
  },
  {
    id: 'vault',
    group: 'custody',
    label: 'Vault',
    letter: 'V',
    component: lazy(async () => ({ default: (await import('../pages/vault/page.tsx')).VaultPage })),
  },
  {
    id: 'custody',
    group: 'custody',
    label: 'Custody',
    letter: 'C',
    component: lazy(async () => ({ default: (await import('../pages/custody/page.tsx')).CustodyPage })),
  },
  {
    id: 'operators',
    group: 'system',
    label: 'Operators',
    letter: 'T',
    component: lazy(async () => ({ default: (await import('../pages/operators/page.tsx')).OperatorsPage })),
  },
  {
    id: 'docs',
    group: 'system',
    label: 'Docs',
    letter: 'H',
    component: lazy(async () => ({ default: (await import('../pages/docs/page.tsx')).DocsPage })),
  },
  {
    id: 'settings',
    group: 'system',
    label: 'Settings',
    letter: 'G',
    component: lazy(async () => ({ default: (await import('../pages/settings/page.tsx')).SettingsPage })),
  },
];
