import type {
  IdentityAccount,
  IdentityAgent,
  IdentityKey,
  IdentitySession,
} from '../../../shared/http/identity-parts.ts';
import type { IdentityView } from '../../stores/ui.ts';

/** A row of each list. */
export interface Entries {
  readonly accounts: IdentityAccount;
  readonly agents: IdentityAgent;
  readonly sessions: IdentitySession;
  readonly keys: IdentityKey;
}

export type Entry = { [V in IdentityView]: { readonly view: V; readonly item: Entries[V] } }[IdentityView];

/** The part of an id that sorts by time; keys and identity tokens, of different prefixes, stand in one list. */
const timePart = (id: string): string => id.slice(id.indexOf('_') + 1);

export const isOlder = (id: string, than: string): boolean => timePart(id) < timePart(than);
