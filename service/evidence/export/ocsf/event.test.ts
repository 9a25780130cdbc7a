import { describe, expect, it } from 'vitest';
import type { LedgerEntry } from '../../../../shared/ledger/entry.ts';
import { EVENT_KINDS, EVENTS, type EventKind } from '../../../../shared/ledger/events.ts';
import { OCSF_CLASSES, ocsfViolations } from '../../../../tests/fixtures/ocsf.ts';
import { CLASSES } from './classes.ts';
import { ocsfEvent, ocsfLine } from './event.ts';

const entryOf = (kind: EventKind, change: Partial<LedgerEntry> = {}): LedgerEntry => ({
  ...{ id: `evt_${'0'.repeat(26)}`, number: 7, state: 'integrated', kind },
  category: EVENTS[kind].category,
  at: '2030-01-02T03:04:05.678Z',
  actor: { type: 'operator', id: 'opr_1', name: 'Ada' },
  ...{ agent: null, requestId: null, data: {}, leafHash: 'a'.repeat(64) },
  ...change,
});
const eventOf = (kind: EventKind, change: Partial<LedgerEntry> = {}) =>
  ocsfEvent({ entry: entryOf(kind, change), withheld: [] });

const ACTORS = ['operator', 'account', 'agent', 'key', 'system', 'stranger'] as const;
/** What decides about class, status and severity, in every value that it has. */
const VARIANTS: readonly Partial<LedgerEntry>[] = [
  ...ACTORS.map((type) => ({ actor: { type, id: 'x_1', name: type === 'operator' ? 'Ada' : null } })),
  ...[1, 2, 3, 4, 9].map((severity) => ({ data: { severity, alertId: 'alr_1', incidentId: 'inc_1' } })),
  ...['open', 'acknowledged', 'contained', 'closed'].map((to) => ({ data: { incidentId: 'inc_1', to } })),
  { number: null, leafHash: null, state: 'pending', agent: 'agt_1', requestId: 'req_1' },
];

describe('an entry in OCSF', () => {
  it.each(EVENT_KINDS)('%s is what OCSF 1.5.0 says of its class', (kind) => {
    for (const change of VARIANTS)
      expect(ocsfViolations(eventOf(kind, change)), JSON.stringify(change)).toEqual([]);
  });

  it('is of every class that the rules are written down for, and of no other', () => {
    const used = new Set(EVENT_KINDS.map((kind) => eventOf(kind).class_uid));
    expect([...used].sort()).toEqual(OCSF_CLASSES.map(({ uid }) => uid).sort());
    expect(Object.values(CLASSES).map(({ uid }) => uid)).toEqual([...used].sort());
  });

  it.each([
    ['session.opened', 300201, 1, 1],
    ['session.reuse-detected', 300205, 2, 2],
    ['auth.refusals', 300201, 2, 2],
    ['operator.revoked', 300105, 1, undefined],
    ['key.created', 300401, 1, undefined],
    ['service.started', 600203, 1, undefined],
    ['canary.used', 200401, 4, undefined],
  ] as const)('%s is %d, of severity %d', (kind, type, severity, status) => {
    expect(eventOf(kind)).toMatchObject({ type_uid: type, severity_id: severity });
    expect(eventOf(kind).status_id).toBe(status);
  });

  it('carries the gravity of an alert and the state of an incident', () => {
    const raised = eventOf('alert.raised', { data: { alertId: 'alr_1', rule: 'canary-used', severity: 1 } });
    expect(raised).toMatchObject({
      ...{ type_uid: 200401, severity_id: 5, severity: 'Critical' },
      finding_info: { uid: 'alr_1', title: 'canary-used' },
    });
    const closed = eventOf('incident.state-changed', { data: { incidentId: 'inc_1', to: 'closed' } });
    expect(closed).toMatchObject({ type_uid: 200502, status_id: 5, finding_info_list: [{ uid: 'inc_1' }] });
  });

  it('names whom it is about, who did it, and its place in the log', () => {
    const event = eventOf('session.revoked', { data: { accountId: 'acc_1' }, requestId: 'req_1' });
    expect(event).toMatchObject({
      user: { uid: 'acc_1' },
      actor: { user: { uid: 'opr_1', name: 'Ada', type_id: 2 } },
      time: Date.parse('2030-01-02T03:04:05.678Z'),
      metadata: { version: '1.5.0', sequence: 7, event_code: 'session.revoked', correlation_uid: 'req_1' },
      unmapped: { data: { accountId: 'acc_1' }, leaf_hash: 'a'.repeat(64) },
    });
    const waiting = eventOf('session.revoked', { number: null, leafHash: null });
    expect(waiting.metadata).not.toHaveProperty('sequence');
  });

  it('is one line whatever is in it, and tells what was withheld', () => {
    const entry = entryOf('key.revoked', { data: { keyId: 'key_1\n{"x":1}' } });
    const line = ocsfLine({ entry, withheld: ['reason'] });
    expect(line.match(/\n/g)).toHaveLength(1);
    expect(JSON.parse(line)).toMatchObject({
      entity: { uid: 'key_1\n{"x":1}', type: 'key' },
      unmapped: { withheld: ['reason'] },
    });
  });
});

describe('the rules of OCSF, as they are written down here', () => {
  const session = () => eventOf('session.opened', { data: { accountId: 'acc_1' } });
  const incident = () => eventOf('incident.opened');
  const without = (event: Record<string, unknown>, name: string) => ({ ...event, [name]: undefined });
  const metadata = (change: object) => ({ ...(incident().metadata as object), ...change });

  it.each([
    ['of no class', { ...session(), class_uid: 3999 }, 'class_uid is 3999'],
    ['of another category', { ...session(), category_uid: 2 }, 'category_uid is 2'],
    ['of a type that is not its activity', { ...session(), type_uid: 300202 }, 'type_uid is 300202'],
    ['of a severity of another name', { ...session(), severity_id: 5 }, 'severity is Informational'],
    ['with a status that is not listed', { ...session(), status_id: 3 }, 'status_id is 3'],
    ['at no time', { ...session(), time: Number.NaN }, 'time is NaN'],
    ['without whom it is about', without(session(), 'user'), 'user is missing'],
    ['about nobody', { ...session(), user: { type: 'User' } }, 'user.: one of account,name,uid is missing'],
    ['without a service', without(session(), 'service'), ': one of service,dst_endpoint is missing'],
    ['with an attribute of our own', { ...session(), leafHash: 'x' }, 'leafHash is no attribute'],
    ['with an actor, where the class has none', { ...incident(), actor: {} }, 'actor is no attribute'],
    [
      'of nobody’s incident',
      without(incident(), 'assignee_group'),
      ': one of assignee,assignee_group is missing',
    ],
    [
      'without its profile',
      { ...incident(), metadata: metadata({ profiles: [] }) },
      'profile incident is not declared',
    ],
    [
      'of another version',
      { ...incident(), metadata: metadata({ version: '1.4.0' }) },
      'metadata.version is 1.4.0',
    ],
    [
      'without a product',
      { ...incident(), metadata: metadata({ product: undefined }) },
      'metadata.product is missing',
    ],
    [
      'of something else that is not named',
      { ...eventOf('key.created'), entity: { uid: 'key_1', type_id: 99 } },
      'entity.type_id is said in no words',
    ],
  ] as const)('refuse an event %s', (_what, event, violation) => {
    expect(ocsfViolations(event)).toContain(violation);
  });
});
