import { describe, expect, it } from 'vitest';
import { entryOf } from '../../../tests/fixtures/screen/samples.ts';
import { type LedgerFilter, NO_FILTER } from '../../stores/ui.ts';
import { isNarrowed, matches, queryOf } from './filter.ts';
import { detailsOf } from './summary.ts';

const entry = entryOf(5, { agent: 'agt_five' });

const cases: readonly [string, Partial<LedgerFilter>, Partial<LedgerFilter>][] = [
  ['category', { category: 'key' }, { category: 'auth' }],
  ['kind', { kind: 'key.created' }, { kind: 'key.revoked' }],
  ['actor by name', { actor: 'Mara' }, { actor: 'Mar' }],
  ['actor by id', { actor: entry.actor.id }, { actor: 'opr_other' }],
  ['agent', { agent: 'agt_five' }, { agent: 'agt_fiv' }],
  ['request', { requestId: entry.requestId ?? '' }, { requestId: 'req_other' }],
  ['text, whatever its case', { text: 'RUNNER 5' }, { text: 'runner 6' }],
  ['text in the kind', { text: 'key.cre' }, { text: 'key.rev' }],
  ['beginning', { from: '2026-11-21T12:00:05.000Z' }, { from: '2026-11-21T12:00:05.001Z' }],
  ['end, itself left out', { to: '2026-11-21T12:00:05.001Z' }, { to: '2026-11-21T12:00:05.000Z' }],
];

describe('the ledger filter', () => {
  it.each(cases)('matches by %s and refuses what differs', (_, yes, no) => {
    expect(matches({ ...NO_FILTER, ...yes }, entry)).toBe(true);
    expect(matches({ ...NO_FILTER, ...no }, entry)).toBe(false);
  });

  it('combines: every part must match', () => {
    expect(matches({ ...NO_FILTER, category: 'key', text: 'runner 5' }, entry)).toBe(true);
    expect(matches({ ...NO_FILTER, category: 'auth', text: 'runner 5' }, entry)).toBe(false);
  });

  it('asks the service for what is set and for nothing else', () => {
    expect(queryOf({ ...NO_FILTER, category: 'auth', text: 'x' })).toEqual({ category: 'auth', text: 'x' });
    expect(queryOf(NO_FILTER)).toEqual({});
    expect(isNarrowed(NO_FILTER)).toBe(false);
    expect(isNarrowed({ ...NO_FILTER, actor: 'a' })).toBe(true);
  });
});

describe('the details of a row', () => {
  it('put what a person reads first, times and ids last', () => {
    const refusals = entryOf(1, {
      kind: 'limit.refusals',
      data: { minute: '2026-11-21T12:07:00.000Z', scope: 'ip', count: 12, subjects: 3 },
    });
    expect(detailsOf(refusals)).toBe('scope ip · count 12 · subjects 3 · minute 12:07 UTC');
    expect(detailsOf(entry).endsWith(`keyId ${entry.data.keyId}`)).toBe(true);
  });
});
