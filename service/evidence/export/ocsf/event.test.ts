import { describe, expect, it } from 'vitest';
import type { LedgerEntry } from '../../../../shared/ledger/entry.ts';
import { EVENT_KINDS, EVENTS, type EventKind } from '../../../../shared/ledger/events.ts';
import { CLASSES } from './classes.ts';
import { ocsfEvent, ocsfLine } from './event.ts';
import { mappingOf } from './table.ts';

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

/** What schema.ocsf.io/1.5.0 requires of each class beside the base event. */
const REQUIRED: Readonly<Record<number, readonly string[]>> = {
  2004: ['finding_info'],
  2005: ['finding_info_list', 'status_id'],
  3001: ['user'],
  3002: ['user', 'service'],
  3004: ['entity'],
  6002: ['app'],
};
const BASE = ['activity_id', 'category_uid', 'class_uid', 'metadata', 'severity_id', 'time', 'type_uid'];

describe('an entry in OCSF', () => {
  it.each(EVENT_KINDS)('%s has what its class requires', (kind) => {
    const event = eventOf(kind);
    const uid = event.class_uid as number;
    for (const name of [...BASE, ...(REQUIRED[uid] ?? ['no such class'])])
      expect(event[name], name).toBeDefined();
    expect(event.type_uid).toBe(uid * 100 + (event.activity_id as number));
    expect(event.category_uid).toBe(Math.floor(uid / 1000));
    const { class: name, activity } = mappingOf(kind);
    expect(Object.keys(CLASSES[name].activities)).toContain(activity);
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
