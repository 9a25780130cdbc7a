import {
  type ContainmentAction,
  CREDENTIAL_KINDS,
  type CredentialKind,
} from '../../../shared/http/containment.ts';
import type { Incident, IncidentState } from '../../../shared/http/incidents.ts';
import { addressOf, ownerOf } from '../../../shared/money/wallets.ts';
import { formatDuration } from '../../ui/format.ts';
import type { Tone } from '../../ui/state.tsx';

export const STATE_TONE: Readonly<Record<IncidentState, Tone>> = {
  open: 'bad',
  acknowledged: 'warn',
  contained: 'busy',
  closed: 'idle',
};

const GRAVITY: Readonly<Record<number, { readonly tone: Tone; readonly word: string }>> = {
  1: { tone: 'bad', word: '1 critical' },
  2: { tone: 'warn', word: '2 high' },
  3: { tone: 'idle', word: '3 medium' },
  4: { tone: 'idle', word: '4 low' },
};

/** 1 is the gravest. */
export const severityOf = (severity: number): { tone: Tone; word: string } =>
  GRAVITY[severity] ?? { tone: 'idle', word: String(severity) };

/** What an attacker would have, and what they want it for. */
export const goalOf = ({ asset, goal }: Pick<Incident, 'asset' | 'goal'>): string =>
  asset === 'plain' ? `plain bug, ${goal}` : `${asset}, ${goal}`;

/** What the clock of an incident waits for, and how long it may still wait. */
export function clockOf({ state, clock }: Incident, now: number): { tone: Tone; word: string } {
  if (state === 'contained' || state === 'closed') return { tone: 'idle', word: 'stopped' };
  const act = clock.overdue ?? (state === 'open' ? 'acknowledge' : 'contain');
  const due = Date.parse(act === 'acknowledge' ? clock.acknowledgeBy : clock.containBy);
  if (due < now) return { tone: 'bad', word: `${act}: late by ${formatDuration(now - due)}` };
  return { tone: clock.overdue ? 'bad' : 'busy', word: `${act} within ${formatDuration(due - now)}` };
}

export const KIND_WORD: Readonly<Record<CredentialKind, string>> = {
  account: 'Account, with its password',
  session: 'Session of an account',
  'refresh-token': 'Refresh token',
  management: 'Management key',
  inference: 'Inference key',
  platform: 'Platform key of an agent',
  identity: 'Identity token of an agent',
  'payer-session': 'Session of the payer',
  operator: 'Operator’s key, with the admin token',
  'admin-token': 'Admin token',
  facilitator: 'Facilitator secret',
};

export const KINDS = CREDENTIAL_KINDS.map((value) => ({ value, label: KIND_WORD[value] }));

/** What stands in the configuration has no id of its own. */
export const hasId = (kind: CredentialKind): boolean => kind !== 'admin-token' && kind !== 'facilitator';

const OF_PREFIX: Readonly<Record<string, CredentialKind>> = {
  acc: 'account',
  ses: 'session',
  key: 'inference',
  idt: 'identity',
  pse: 'payer-session',
  opr: 'operator',
};

export interface Subject {
  readonly kind: CredentialKind;
  readonly id: string;
}

const named = (texts: readonly string[]): string[] => [
  ...new Set(texts.flatMap((text) => text.match(/\b[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}\b/g) ?? [])),
];

/** The wallets that a text names, or whose owner it names, each once. */
export function walletsOf(texts: readonly string[]): string[] {
  const addresses = named(texts).flatMap((id) => {
    if (id.startsWith('acc_')) return addressOf({ type: 'account', id });
    if (id.startsWith('agt_')) return addressOf({ type: 'agent', id });
    return ownerOf(id) ? id : [];
  });
  return [...new Set(addresses)];
}

/** The credentials that a text names, each once. The text is that of an alert and may be attacker-controlled: only whole ids count. */
export function subjectsOf(texts: readonly string[]): Subject[] {
  return named(texts).flatMap((id) => {
    const kind = OF_PREFIX[id.slice(0, 3)];
    return kind ? [{ kind, id }] : [];
  });
}

/** The ledger's filters end before their time: one that is to include an entry ends a millisecond later. */
export const justAfter = (at: string): string => new Date(Date.parse(at) + 1).toISOString();

export const ACTION_WORD: Readonly<Record<ContainmentAction, string>> = {
  session: 'The session with its refresh token',
  'sessions-of-account': 'All sessions of the account',
  key: 'The key',
  'keys-of-account': 'Keys of the account',
  'agent-key': 'The agent’s platform key',
  'agents-of-account': 'Keys and tokens of the account’s agents',
  token: 'The identity token',
  'tokens-of-agent': 'Identity tokens of the agent',
  'payer-session': 'The payer’s session',
};
