import { type ComponentType, lazy } from 'react';
import type { PageId } from '../stores/ui.ts';

export interface PageEntry {
  readonly id: PageId;
  readonly label: string;
  readonly component: ComponentType;
}

/** Every screen, in the order of the navigation; the first nine have their position as their key. */
export const PAGE_TABLE: readonly PageEntry[] = [
  {
    id: 'overview',
    label: 'Overview',
    component: lazy(async () => ({ default: (await import('../pages/overview/page.tsx')).OverviewPage })),
  },
  {
    id: 'ledger',
    label: 'Ledger',
    component: lazy(async () => ({ default: (await import('../pages/ledger/page.tsx')).LedgerPage })),
  },
  {
    id: 'limits',
    label: 'Rate limits',
    component: lazy(async () => ({ default: (await import('../pages/limits/page.tsx')).LimitsPage })),
  },
  {
    id: 'keys',
    label: 'Keys',
    component: lazy(async () => ({ default: (await import('../pages/keys/page.tsx')).KeysPage })),
  },
  {
    id: 'identity',
    label: 'Identity',
    component: lazy(async () => ({ default: (await import('../pages/identity/page.tsx')).IdentityPage })),
  },
  {
    id: 'wallets',
    label: 'Wallets',
    component: lazy(async () => ({ default: (await import('../pages/wallets/page.tsx')).WalletsPage })),
  },
  {
    id: 'providers',
    label: 'Providers',
    component: lazy(async () => ({ default: (await import('../pages/providers/page.tsx')).ProvidersPage })),
  },
  {
    id: 'autonomy',
    label: 'Autonomy',
    component: lazy(async () => ({ default: (await import('../pages/autonomy/page.tsx')).AutonomyPage })),
  },
  {
    id: 'operators',
    label: 'Operators',
    component: lazy(async () => ({ default: (await import('../pages/operators/page.tsx')).OperatorsPage })),
  },
  {
    id: 'vault',
    label: 'Vault',
    component: lazy(async () => ({ default: (await import('../pages/vault/page.tsx')).VaultPage })),
  },
  {
    id: 'reviews',
    label: 'Reviews',
    component: lazy(async () => ({ default: (await import('../pages/reviews/page.tsx')).ReviewsPage })),
  },
  {
    id: 'custody',
    label: 'Custody',
    component: lazy(async () => ({ default: (await import('../pages/custody/page.tsx')).CustodyPage })),
  },
  {
    id: 'minting',
    label: 'Minting',
    component: lazy(async () => ({ default: (await import('../pages/minting/page.tsx')).MintingPage })),
  },
  {
    id: 'scans',
    label: 'Scans',
    component: lazy(async () => ({ default: (await import('../pages/scans/page.tsx')).ScansPage })),
  },
  {
    id: 'boundaries',
    label: 'Boundaries',
    component: lazy(async () => ({ default: (await import('../pages/boundaries/page.tsx')).BoundariesPage })),
  },
  {
    id: 'incidents',
    label: 'Incidents',
    component: lazy(async () => ({ default: (await import('../pages/incidents/page.tsx')).IncidentsPage })),
  },
  {
    id: 'settings',
    label: 'Settings',
    component: lazy(async () => ({ default: (await import('../pages/settings/page.tsx')).SettingsPage })),
  },
];
