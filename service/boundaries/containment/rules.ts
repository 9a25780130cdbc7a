import type { ContainableKind, Containment, ContainmentAction } from '../../../shared/http/containment.ts';
import type { Credential } from '../stolen/store.ts';

/** One set of credentials that a containment empties. Sets, not lists: what is made meanwhile is found by the next look. */
export interface Step {
  readonly action: ContainmentAction;
  readonly target: string;
  readonly since: Date | null;
}

const all = (action: ContainmentAction, target: string): Step => ({ action, target, since: null });

/**
 * What derives from a credential, the credential itself first: once it is refused, nothing new derives from it. Whoever held a
 * session or a key could have made all that its account got since it exists, so all of that goes.
 */
export function planOf(kind: ContainableKind, { id, accountId, agentId, since }: Credential): Step[] {
  switch (kind) {
    case 'account':
      return [all('sessions-of-account', id), all('keys-of-account', id), all('agents-of-account', id)];
    case 'session':
    case 'refresh-token':
      return [
        all('session', id),
        { action: 'keys-of-account', target: accountId ?? '', since },
        { action: 'agents-of-account', target: accountId ?? '', since },
      ];
    case 'management':
      return [all('key', id), { action: 'keys-of-account', target: accountId ?? '', since }];
    case 'platform':
      return [all('agent-key', id), { action: 'tokens-of-agent', target: agentId ?? '', since }];
    case 'inference':
      return [all('key', id)];
    case 'identity':
      return [all('token', id)];
    case 'payer-session':
      return [all('payer-session', id)];
  }
}

export interface ContainmentRow {
  readonly id: string;
  readonly kind: string;
  readonly credential: string;
  readonly name: string;
  readonly reason: string;
  readonly incident_id: string | null;
  readonly operator_id: string;
  readonly operator_name: string | null;
  readonly ordered_at: Date;
  readonly finished_at: Date | null;
  /** Of an account: since then it signs in again. */
  readonly released_at: Date | null;
}

export interface StepRow {
  readonly position: number;
  readonly action: string;
  readonly target: string;
  readonly since: Date | null;
  readonly revoked: number;
  readonly done_at: Date | null;
}

const text = (at: Date | null): string | null => at?.toISOString() ?? null;

export const toContainment = (row: ContainmentRow, steps: readonly StepRow[]): Containment => ({
  ...{ id: row.id, kind: row.kind as ContainableKind, credentialId: row.credential, name: row.name },
  ...{ reason: row.reason, incidentId: row.incident_id, orderedBy: row.operator_id },
  orderedAt: row.ordered_at.toISOString(),
  finishedAt: text(row.finished_at),
  releasedAt: text(row.released_at),
  steps: steps.map(({ action, target, since, revoked, done_at }) => ({
    ...{ action: action as ContainmentAction, target, revoked },
    ...{ since: text(since), doneAt: text(done_at) },
  })),
});

const sumOf = (steps: readonly StepRow[], actions: readonly ContainmentAction[]): number =>
  steps
    .filter(({ action }) => actions.includes(action as ContainmentAction))
    .reduce((sum, { revoked }) => sum + revoked, 0);

/** What was revoked in all, by kind. */
export const countsOf = (steps: readonly StepRow[]) => ({
  sessions: sumOf(steps, ['session', 'sessions-of-account']),
  keys: sumOf(steps, ['key', 'keys-of-account', 'agent-key']),
  agentCredentials: sumOf(steps, ['agents-of-account']),
  tokens: sumOf(steps, ['token', 'tokens-of-agent']),
  payerSessions: sumOf(steps, ['payer-session']),
});
