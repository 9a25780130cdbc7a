import type { CredentialKind } from '../../../shared/http/containment.ts';
import type { RouteId } from '../../../shared/http/table.ts';
import type { Entry } from './entry.ts';

type ActRoute = Extract<
  RouteId,
  | 'accounts.revoke-sessions'
  | 'keys.revoke'
  | 'identity.revoke-agent'
  | 'identity.rekey-agent'
  | 'identity.revoke-agent-key'
  | 'identity.revoke-session'
  | 'identity.revoke-token'
>;

/** Something that may be done to an entry, by a signature over the names that it has on this screen. */
export interface Act {
  readonly route: ActRoute;
  readonly id: string;
  /** What the card calls the object, and the service compares with what it has under the id. */
  readonly names: Readonly<Record<string, string>>;
  readonly button: string;
  readonly title: string;
  readonly says: string;
  readonly sign: string;
  readonly done: string;
  readonly danger: boolean;
  /** Why there is nothing to do; null when there is. */
  readonly pointless: string | null;
}

const unless = (there: boolean, why: string): string | null => (there ? null : why);

const KEY_ROUTE = {
  inference: 'keys.revoke',
  management: 'keys.revoke',
  platform: 'identity.revoke-agent-key',
  identity: 'identity.revoke-token',
} as const;

/** What may be done to an entry. */
export function actsOn({ view, item }: Entry): readonly Act[] {
  switch (view) {
    case 'accounts':
      return [
        {
          route: 'accounts.revoke-sessions',
          id: item.id,
          names: { email: item.email },
          button: 'Log out everywhere',
          title: `Log ${item.email} out everywhere`,
          says: `Ends ${item.openSessions} open sessions. Every device must log in again; agents and keys go on.`,
          sign: 'Sign and end all sessions',
          done: `Every session of ${item.email} has ended; its tokens are refused with 401.`,
          danger: true,
          pointless: unless(item.openSessions > 0, 'No session is open.'),
        },
      ];
    case 'sessions':
      return [
        {
          route: 'identity.revoke-session',
          id: item.id,
          names: { email: item.email, openedAt: item.openedAt },
          button: 'End session',
          title: `End a session of ${item.email}`,
          says: 'Its device is logged out now. Other sessions of the account go on.',
          sign: 'Sign and end the session',
          done: `The session of ${item.email} has ended; its tokens are refused with 401.`,
          danger: true,
          pointless: unless(item.state === 'open', `This session is ${item.state} already.`),
        },
      ];
    case 'keys':
      return [
        {
          route: KEY_ROUTE[item.family],
          id: item.id,
          names: { displayPrefix: item.displayPrefix },
          button: 'Revoke',
          title: `Revoke ${item.displayPrefix}…`,
          says: `Destroys what this ${item.family === 'identity' ? 'token' : 'key'} of ${item.label} opens, for ever.`,
          sign: `Sign and destroy ${item.displayPrefix}…`,
          done: `${item.displayPrefix}… is refused from now on.`,
          danger: true,
          pointless: unless(item.state === 'active', `It is ${item.state} already.`),
        },
      ];
    case 'agents':
      return agentActs(item);
  }
}

function agentActs(item: Extract<Entry, { view: 'agents' }>['item']): readonly Act[] {
  const names = { name: item.name, displayPrefix: item.displayPrefix };
  return [
    {
      route: 'identity.revoke-agent',
      id: item.id,
      names,
      button: 'Revoke credentials',
      title: `Revoke all credentials of ${item.name}`,
      says: 'Every platform key, inference key and identity token of this agent is refused from now on.',
      sign: 'Sign and revoke all of them',
      done: `${item.name} has no credential any more; its next request is refused with 401.`,
      danger: true,
      pointless: null,
    },
    {
      route: 'identity.rekey-agent',
      id: item.id,
      names,
      button: 'Give a new key',
      title: `Give ${item.name} a new key`,
      says: `Replaces ${item.displayPrefix}… and every other platform key and identity token of this agent.`,
      sign: 'Sign and replace its key',
      done: `${item.name} has a new key; its former ones are refused with 401.`,
      danger: false,
      pointless: unless(
        item.state === 'claimed',
        'Nobody has claimed this agent; it registers again instead.',
      ),
    },
  ];
}

/** The entry as a credential that may have been stolen; an agent has several, each in its own entry. */
export function credentialOf({
  view,
  item,
}: Entry): { readonly kind: CredentialKind; readonly id: string } | null {
  if (view === 'accounts') return { kind: 'account', id: item.id };
  if (view === 'sessions') return { kind: 'session', id: item.id };
  return view === 'keys' ? { kind: item.family, id: item.id } : null;
}
