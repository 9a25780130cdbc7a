import { hex } from '@scure/base';
import { describe, expect, it } from 'vitest';
import { consistencyPlan } from '../../shared/ledger/tiles.ts';
import { newLedgerKey, sha256, TestLog } from '../../tests/fixtures/evidence-log.ts';
import { EMPTY_RECORD, lastOf, missed, observe } from '../evidence/witness-record.ts';
import { Refusal } from '../ipc/refusal.ts';
import type { CallRequest } from './admin-request.ts';
import { createLogWatch } from './log-watch.ts';

const key = newLedgerKey();

/** A service that shows a log up to a size, and what the console remembers of it. */
function watched(log = new TestLog(40)) {
  const shown = { log, size: 10 };
  let record = EMPTY_RECORD;
  const cosigning = { note: null as string | null, unsaved: null as string | null };
  const asked: CallRequest[] = [];
  const answers: Partial<Record<string, (query: Record<string, number>) => Record<string, unknown>>> = {
    'ledger.checkpoint': () => ({
      note: key.checkpoint(shown.size, shown.log.rootAt(shown.size)),
      origin: key.trust.origin,
      size: shown.size,
      signedAt: '2030-01-01T00:00:00.000Z',
    }),
    'ledger.keys': () => ({ ...key.trust }),
    'ledger.consistency': ({ from = 0, to = 0 }) => ({
      proof: consistencyPlan(from, to)
        .compute(sha256, shown.log.read)
        .map((hash) => hex.encode(hash)),
    }),
  };
  const watch = createLogWatch({
    client: {
      call: async (request) => {
        asked.push(request);
        const body = answers[request.route]?.((request.query ?? {}) as Record<string, number>);
        return { status: 200, body: body ?? {} };
      },
    },
    // What the keeper does, without its vault.
    witness: async (ask) => {
      const judged = () => (ask.what === 'missing' ? missed(record, new Date(0)) : null);
      const seen = ask.what === 'observe' ? observe(record, ask.news, new Date(0)) : judged();
      record = seen?.record ?? record;
      return {
        ...{ last: lastOf(record), alarm: record.alarm, cosigned: record.cosigned, key: 'k', name: 'w' },
        ...{ verdict: seen?.verdict ?? null, cosignature: seen ? cosigning.note : null },
        unsaved: cosigning.unsaved,
      };
    },
  });
  return { watch, shown, asked, answers, cosigning, kept: () => lastOf(record) };
}

describe('the watch over the log', () => {
  it('asks for consistency with the last verified head, and remembers the newest', async () => {
    const t = watched();
    expect(await t.watch.head()).toMatchObject({ state: 'first', last: null, witnesses: [] });
    t.shown.size = 33;
    expect(await t.watch.head()).toMatchObject({
      state: 'continues',
      head: { size: 33 },
      last: { size: 10 },
    });
    expect(t.asked.filter(({ route }) => route === 'ledger.consistency')).toMatchObject([
      { query: { from: 10, to: 33 } },
    ]);
    expect(t.kept()?.size).toBe(33);
  });

  it('shows both heads of a fork, and goes on comparing with the one that it verified', async () => {
    const t = watched();
    await t.watch.head();
    const before = t.kept();
    t.shown.log = new TestLog(40, 'rewritten');
    for (const size of [10, 12]) {
      t.shown.size = size;
      const report = await t.watch.head();
      expect(report).toMatchObject({ state: 'fork', head: { size: 10 }, last: { size: 10 } });
      expect(report.alarmSince).not.toBeNull();
      expect(report.head?.root).not.toBe(report.last?.root);
      expect(t.kept()).toEqual(before);
    }
  });

  it('tells the service of a fork once, with both heads as they were signed, also when the true log is back', async () => {
    const t = watched();
    await t.watch.head();
    const [seen, honest] = [t.kept()?.note, t.shown.log];
    t.shown.log = new TestLog(40, 'rewritten');
    const shown = key.checkpoint(10, t.shown.log.rootAt(10));
    expect(await t.watch.head()).toMatchObject({ state: 'fork', told: { state: 'told', message: null } });
    t.shown.log = honest;
    expect(await t.watch.head()).toMatchObject({ state: 'fork', told: { state: 'told' } });
    const reports = t.asked.filter(({ route }) => route === 'ledger.reportFork');
    expect(reports).toEqual([{ route: 'ledger.reportFork', body: { seen, shown } }]);
  });

  it.each([
    ['cannot be reached', undefined, 'pending', 2],
    ['is busy', 503, 'pending', 2],
    ['does not know its key', 401, 'pending', 2],
    ['does not believe it', 409, 'refused', 1],
    ['does not take it from this operator', 403, 'refused', 1],
  ] as const)(
    'shows the alarm of a fork all the same when the service %s',
    async (_, status, state, times) => {
      const t = watched();
      await t.watch.head();
      t.shown.log = new TestLog(40, 'rewritten');
      t.answers['ledger.reportFork'] = () => {
        throw new Refusal('request-failed', 'No.', status ? { service: { type: 'x', status } } : {});
      };
      for (const _look of [1, 2])
        expect(await t.watch.head()).toMatchObject({ state: 'fork', told: { state, message: 'No.' } });
      expect(t.asked.filter(({ route }) => route === 'ledger.reportFork')).toHaveLength(times);
    },
  );

  it('hides no alarm behind a report that cannot even be signed', async () => {
    const t = watched();
    await t.watch.head();
    t.shown.log = new TestLog(40, 'rewritten');
    t.answers['ledger.reportFork'] = () => {
      throw new Error('the keeper is gone');
    };
    expect(await t.watch.head()).toMatchObject({ state: 'fork', told: { state: 'pending' } });
  });

  it('reports no fork of a log that has shrunk, and of one that goes on', async () => {
    const t = watched();
    await t.watch.head();
    t.shown.size = 12;
    expect(await t.watch.head()).toMatchObject({ state: 'continues', told: null });
    t.shown.size = 8;
    expect(await t.watch.head()).toMatchObject({ state: 'shrunk', told: null });
    expect(t.asked.some(({ route }) => route === 'ledger.reportFork')).toBe(false);
  });

  it('says of an alarm that it is not saved', async () => {
    const t = watched();
    await t.watch.head();
    t.shown.log = new TestLog(40, 'rewritten');
    t.cosigning.unsaved = 'The disk is full.';
    expect(await t.watch.head()).toMatchObject({
      state: 'fork',
      problem: expect.stringContaining('not saved: The disk is full.'),
    });
  });

  const refusing = (status: number | null) => () => {
    throw new Refusal('request-failed', 'No.', status ? { service: { type: 'x', status } } : {});
  };

  it.each([
    ['ledger.checkpoint', 404],
    ['ledger.checkpoint', 410],
    ['ledger.keys', 404],
  ])('raises an alarm that stays when %s answers %d for a log that was verified', async (route, status) => {
    const t = watched();
    await t.watch.head();
    const before = t.kept();
    const honest = t.answers[route];
    t.answers[route] = refusing(status);
    const report = await t.watch.head();
    expect(report).toMatchObject({ state: 'missing', head: null, signedAt: null, last: { size: 10 } });
    expect(report.witness.registered).toBe(false);
    // Also when it is shown again: until a person has decided.
    if (honest) t.answers[route] = honest;
    t.shown.size = 12;
    const after = await t.watch.head();
    expect(after).toMatchObject({ state: 'missing', head: null, told: null });
    expect(after.alarmSince).not.toBeNull();
    expect(t.kept()).toEqual(before);
  });

  it.each<[string, boolean, number | null]>([
    ['has no head yet, and none was verified', false, 404],
    ['is busy', true, 503],
    ['does not know this console', true, 401],
    ['cannot be reached', true, null],
  ])('raises none when the service %s', async (_, isVerified, status) => {
    const t = watched();
    if (isVerified) await t.watch.head();
    const honest = t.answers['ledger.checkpoint'];
    t.answers['ledger.checkpoint'] = refusing(status);
    await expect(t.watch.head()).rejects.toThrow(Refusal);
    if (honest) t.answers['ledger.checkpoint'] = honest;
    expect(await t.watch.head()).toMatchObject({
      alarmSince: null,
      state: isVerified ? 'continues' : 'first',
    });
  });

  it('takes a head for a fork when the service has no proof that it continues the verified one', async () => {
    const t = watched();
    await t.watch.head();
    t.shown.size = 20;
    t.answers['ledger.consistency'] = refusing(404);
    expect(await t.watch.head()).toMatchObject({ state: 'fork', head: { size: 20 }, last: { size: 10 } });
    expect(t.kept()?.size).toBe(10);
  });

  it('answers with nothing verified when the service will not prove', async () => {
    const t = watched();
    await t.watch.head();
    t.shown.size = 20;
    t.answers['ledger.consistency'] = () => {
      throw new Refusal('request-failed', 'No.');
    };
    await expect(t.watch.head()).rejects.toThrow('No.');
    expect(t.kept()?.size).toBe(10);
  });

  it('looks once at a time, so that a head never goes back', async () => {
    const t = watched();
    await t.watch.head();
    const looks = [15, 20, 25].map((size) => {
      t.shown.size = size;
      return t.watch.head();
    });
    const reports = await Promise.all(looks);
    expect(reports.map(({ state }) => state)).toEqual(['continues', 'continues', 'continues']);
    expect(t.kept()?.size).toBe(25);
  });

  it('hands cosignatures in, and shows the head all the same when the service does not take one', async () => {
    const t = watched();
    t.cosigning.note = 'a cosigned note';
    await t.watch.head();
    expect(t.asked.at(-1)).toEqual({ route: 'ledger.cosign', body: { note: 'a cosigned note' } });
    t.answers['ledger.cosign'] = () => {
      throw new Refusal('request-failed', 'No.');
    };
    expect(await t.watch.head()).toMatchObject({ state: 'continues' });
  });

  it('registers the key of this console as a witness', async () => {
    const t = watched();
    await t.watch.register();
    expect(t.asked.at(-1)).toEqual({ route: 'ledger.registerWitness', body: { key: 'k' } });
  });
});
