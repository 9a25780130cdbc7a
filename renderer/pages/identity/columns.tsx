import type { IdentityView } from '../../stores/ui.ts';
import { formatCount } from '../../ui/format.ts';
import { State } from '../../ui/state.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import type { Entries } from './entry.ts';
import { FAMILY, STATES } from './words.ts';

export interface Column<T> {
  readonly header: string;
  readonly right?: true;
  /** Gives way when the list is narrow. */
  readonly wide?: true;
  readonly cell: (item: T, now: number) => React.ReactNode;
}

const never = (word: string) => <span className="text-faint">{word}</span>;

const when = (at: string | null, now: number, otherwise = 'never') =>
  at ? <RelativeTime at={at} now={now} /> : never(otherwise);

const beginning = (text: string) => <code className="font-mono text-small">{text}…</code>;

/** What each list shows of its rows, from left to right. */
export const COLUMNS: { readonly [V in IdentityView]: readonly Column<Entries[V]>[] } = {
  accounts: [
    { header: 'E-mail', cell: (a) => a.email },
    { header: 'State', cell: (a) => <State {...STATES.accounts[a.state]} /> },
    { header: 'Role', cell: (a) => a.role },
    { header: 'Sessions', right: true, cell: (a) => formatCount(a.openSessions) },
    { header: 'Agents', right: true, cell: (a) => formatCount(a.agents) },
    { header: 'Keys', right: true, cell: (a) => formatCount(a.keys) },
    { header: 'Last used', cell: (a, now) => when(a.lastUsedAt, now) },
    { header: 'Since', wide: true, cell: (a, now) => when(a.createdAt, now) },
  ],
  agents: [
    { header: 'Name', cell: (g) => g.name },
    { header: 'State', cell: (g) => <State {...STATES.agents[g.state]} /> },
    { header: 'Owner', cell: (g) => g.ownerEmail ?? never('nobody') },
    { header: 'Newest key', cell: (g) => beginning(g.displayPrefix) },
    { header: 'Last used', cell: (g, now) => when(g.lastUsedAt, now) },
    { header: 'Heartbeat', cell: (g, now) => when(g.lastHeartbeatAt, now) },
    { header: 'Since', wide: true, cell: (g, now) => when(g.registeredAt, now) },
  ],
  sessions: [
    { header: 'Account', cell: (s) => s.email },
    { header: 'State', cell: (s) => <State {...STATES.sessions[s.state]} /> },
    { header: 'Ended by', cell: (s) => s.revokedCause ?? never('—') },
    { header: 'Last used', cell: (s, now) => when(s.lastUsedAt, now) },
    { header: 'Since', cell: (s, now) => when(s.openedAt, now) },
    { header: 'Session', wide: true, cell: (s) => <code className="font-mono text-small">{s.id}</code> },
  ],
  keys: [
    { header: 'Begins with', cell: (k) => beginning(k.displayPrefix) },
    { header: 'State', cell: (k) => <State {...STATES.keys[k.state]} /> },
    { header: 'Family', cell: (k) => FAMILY[k.family] },
    { header: 'Name', cell: (k) => k.label },
    { header: 'Last used', cell: (k, now) => when(k.lastUsedAt, now) },
    { header: 'Since', wide: true, cell: (k, now) => when(k.createdAt, now) },
  ],
};

/** Columns of head and rows alike; the last makes room when the list is narrow. */
export const GRID: Record<IdentityView, string> = {
  accounts:
    'grid gap-x-4 px-4 grid-cols-[minmax(160px,1fr)_112px_88px_64px_56px_48px_88px_80px] ' +
    '@max-[760px]:grid-cols-[minmax(120px,1fr)_112px_88px_64px_56px_48px_88px]',
  agents:
    'grid gap-x-4 px-4 grid-cols-[minmax(112px,1fr)_168px_minmax(112px,1fr)_176px_88px_88px_80px] ' +
    '@max-[760px]:grid-cols-[minmax(80px,1fr)_168px_minmax(80px,1fr)_176px_80px_80px]',
  sessions:
    'grid gap-x-4 px-4 grid-cols-[minmax(160px,1fr)_104px_88px_88px_88px_minmax(0,1fr)] ' +
    '@max-[760px]:grid-cols-[minmax(120px,1fr)_104px_88px_88px_88px]',
  keys:
    'grid gap-x-4 px-4 grid-cols-[184px_104px_152px_minmax(112px,1fr)_88px_80px] ' +
    '@max-[760px]:grid-cols-[184px_104px_152px_minmax(80px,1fr)_88px]',
};
