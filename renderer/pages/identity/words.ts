import type { IdentityKey } from '../../../shared/http/identity-parts.ts';
import { prefixOf } from '../../../shared/ids/credentials.ts';
import type { IdentityView } from '../../stores/ui.ts';
import type { Tone } from '../../ui/state.tsx';
import type { Entries, Entry } from './entry.ts';

export const VIEW_LABEL: Record<IdentityView, string> = {
  accounts: 'Accounts',
  agents: 'Agents',
  sessions: 'Sessions',
  keys: 'Keys',
};

type StateOf = { readonly [V in IdentityView]: Record<Entries[V]['state'], { tone: Tone; word: string }> };

/** Each state as shape and word. */
export const STATES: StateOf = {
  accounts: {
    'logged-in': { tone: 'ok', word: 'logged in' },
    'logged-out': { tone: 'idle', word: 'logged out' },
  },
  agents: {
    claimed: { tone: 'ok', word: 'claimed' },
    connected_unclaimed: { tone: 'busy', word: 'connected, unclaimed' },
    registered_unclaimed: { tone: 'absent', word: 'registered, unclaimed' },
  },
  sessions: {
    open: { tone: 'ok', word: 'open' },
    expired: { tone: 'idle', word: 'expired' },
    revoked: { tone: 'idle', word: 'revoked' },
  },
  keys: {
    active: { tone: 'ok', word: 'active' },
    expired: { tone: 'idle', word: 'expired' },
    revoked: { tone: 'idle', word: 'revoked' },
  },
};

/** A family by its prefix and what it opens. */
export const FAMILY: Record<IdentityKey['family'], string> = {
  platform: `${prefixOf('platform')} platform`,
  inference: `${prefixOf('inference')} inference`,
  management: `${prefixOf('management')} management`,
  identity: `${prefixOf('identity')} identity token`,
};

/** How an entry is called on the screen. */
export function titleOf(entry: Entry): string {
  switch (entry.view) {
    case 'accounts':
      return entry.item.email;
    case 'agents':
      return entry.item.name;
    case 'sessions':
      return `Session of ${entry.item.email}`;
    case 'keys':
      return `${entry.item.displayPrefix}…`;
  }
}

export const EMPTY: Record<IdentityView, { title: string; text: string }> = {
  accounts: {
    title: 'Nobody has registered yet',
    text: 'Accounts register at the public API. The simulator makes some: invite it on the Operators screen.',
  },
  agents: {
    title: 'No agent has registered yet',
    text: 'Agents register at the public API and are claimed by an account. The simulator makes some.',
  },
  sessions: {
    title: 'Nobody has logged in yet',
    text: 'A session appears here with the first login of an account, and stays after it has ended.',
  },
  keys: {
    title: 'There is no key yet',
    text: 'An agent has a key from its registration on; an operator creates inference keys on the Keys screen.',
  },
};
