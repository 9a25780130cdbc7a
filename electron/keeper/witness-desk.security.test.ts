import { describe, expect, it } from 'vitest';
import { judgeCheckpoint } from '../../shared/ledger/trust.ts';
import { crypto, newLedgerKey } from '../../tests/fixtures/evidence-log.ts';
import { key, LOG, REWRITTEN, witnessing } from '../../tests/fixtures/witnessing.ts';
import { askDesk } from './desks.ts';
import type { KeeperToMain } from './protocol.ts';

describe('the witness in the keeper', () => {
  it('keeps the last verified head in the vault, across a lock', async () => {
    const t = witnessing();
    expect(await t.news(10)).toMatchObject({ verdict: { state: 'first' }, cosignature: null });
    t.relock();
    expect(await t.ask({ what: 'last' })).toMatchObject({ last: { size: 10 } });
    expect(await t.news(40)).toMatchObject({ verdict: { state: 'continues' } });
  });

  it('cosigns for a service that registered it, and not before the head is in the vault', async () => {
    const t = witnessing();
    t.state.registered = true;
    const answer = await t.news(10);
    const trust = { ...key.trust, witnessKeys: [{ key: answer?.key ?? '' }] };
    const signed = key.checkpoint(10, LOG.rootAt(10));
    const line = (answer?.cosignature ?? '').split('\n\n')[1] ?? '';
    expect(judgeCheckpoint(crypto, `${signed}${line}`, trust)).toMatchObject({
      problem: null,
      witnesses: [answer?.name],
    });
    expect(JSON.parse(String(t.kept.bytes))).toMatchObject({ cosigned: { size: 10 }, heads: [{ size: 10 }] });
    t.clock.now = new Date(t.clock.now.getTime() + 60_000);
    expect((await t.news(11))?.cosignature).toBeNull();
    t.kept.fails = true;
    expect(await t.news(20)).toBeNull();
    t.kept.fails = false;
    expect((await t.news(20))?.cosignature).toContain('sallyport-console/');
  });

  it('keeps an alarm of a log that shows no head, across a lock, and goes on only with what it verified', async () => {
    const t = witnessing();
    expect(await t.ask({ what: 'missing' })).toMatchObject({ verdict: null, alarm: null });
    await t.news(30);
    t.state.registered = true;
    const alarm = { state: 'missing', last: { size: 30 }, head: null };
    expect(await t.ask({ what: 'missing' })).toMatchObject({ verdict: { state: 'missing' }, alarm });
    t.relock();
    expect(await t.news(40)).toMatchObject({ alarm, cosignature: null, last: { size: 30 } });
    const root = Buffer.from(LOG.rootAt(30)).toString('hex').slice(0, 12);
    await t.ask({ what: 'settle' });
    await t.answer({ type: 'ceremony-act', values: { side: 'new', root } });
    expect(t.said.at(-1)).toMatchObject({ code: 'refused' });
    await t.answer({ type: 'ceremony-act', values: { side: 'before', root } });
    expect(t.said.at(-1)).toMatchObject({ type: 'task-done' });
    expect(await t.news(40)).toMatchObject({ alarm: null, verdict: { state: 'continues' } });
  });

  it('never cosigns a fork, a shrunken log or a head without its proof', async () => {
    for (const [size, log, lie] of [
      [30, REWRITTEN, null],
      [20, LOG, null],
      [40, REWRITTEN, null],
      [40, LOG, []],
    ] as const) {
      const t = witnessing();
      await t.news(30);
      t.state.registered = true;
      const answer = await t.news(size, log, lie);
      expect(answer).toMatchObject({
        cosignature: null,
        last: { size: 30 },
        alarm: { last: { size: 30 }, head: { size } },
      });
    }
  });

  it('keeps an alarm with both heads, also when the true log is back and after a lock', async () => {
    const t = witnessing();
    await t.news(30);
    await t.news(30, REWRITTEN);
    t.relock();
    t.state.registered = true;
    const answer = await t.news(50);
    expect(answer).toMatchObject({ alarm: { state: 'fork' }, last: { size: 30 }, cosignature: null });
    expect(answer?.alarm?.head?.root).not.toBe(answer?.alarm?.last.root);
  });

  it('goes on with another history only when a person has typed how its root begins', async () => {
    const t = witnessing();
    await t.news(30);
    const root = (await t.news(30, REWRITTEN))?.alarm?.head?.root ?? '';
    await t.ask({ what: 'settle' });
    expect(t.told.some(({ type }) => type === 'open-window')).toBe(true);
    await t.answer({ type: 'hello' });
    expect(JSON.stringify(t.said)).toContain(root);
    await t.answer({ type: 'ceremony-act', values: { side: 'new', root: 'ffffffff' } });
    expect(t.said.at(-1)).toMatchObject({ type: 'error', code: 'refused' });
    expect((await t.ask({ what: 'last' }))?.alarm).not.toBeNull();
    await t.answer({ type: 'ceremony-act', values: { side: 'new', root: root.slice(0, 8) } });
    expect(t.said.at(-1)?.type).toBe('task-done');
    expect(await t.news(50, REWRITTEN)).toMatchObject({ alarm: null, verdict: { state: 'continues' } });
  });

  it('does not keep what nobody signed, and says so', async () => {
    const t = witnessing();
    await t.news(30);
    const note = newLedgerKey().checkpoint(30, REWRITTEN.rootAt(30));
    expect(await t.ask({ what: 'observe', news: { note, trust: key.trust, proof: [] } })).toMatchObject({
      alarm: null,
      verdict: { state: 'unsigned' },
      last: { size: 30 },
    });
  });

  it('is not silenced by a head that carries more than its record takes', async () => {
    const long = (note: string) => `${note}— junk ${Buffer.alloc(15_000, 7).toString('base64')}\n`;
    const observe = (note: string) =>
      ({ what: 'observe', news: { note, trust: key.trust, proof: [] } }) as const;
    const genuine = key.checkpoint(30, LOG.rootAt(30));
    const forked = key.checkpoint(30, REWRITTEN.rootAt(30));
    const t = witnessing();
    t.state.registered = true;
    expect(await t.ask(observe(long(genuine)))).toMatchObject({
      ...{ verdict: { state: 'unsigned' }, last: null, cosignature: null },
    });
    const [signer] = key.trust.ledgerKeys;
    const named = {
      ...key.trust,
      ledgerKeys: Array.from({ length: 65 }, () => signer ?? { key: '', fromSize: 0, untilSize: null }),
    };
    expect(await t.ask({ what: 'observe', news: { note: genuine, trust: named, proof: [] } })).toMatchObject({
      verdict: { state: 'unsigned' },
      last: null,
    });
    await t.news(30);
    expect(await t.ask(observe(long(forked)))).toMatchObject({
      verdict: { state: 'unsigned' },
      last: { size: 30 },
    });
    t.relock();
    expect(await t.news(40)).toMatchObject({ verdict: { state: 'continues' } });
    expect(await t.ask(observe(forked))).toMatchObject({ verdict: { state: 'shrunk' } });
  });

  it('writes the vault once a minute and not at every look', async () => {
    const t = witnessing();
    for (let size = 1; size <= 30; size += 1) await t.news(size);
    expect(t.kept.writes).toBe(1);
    t.clock.now = new Date(t.clock.now.getTime() + 60_000);
    await t.news(40);
    expect(t.kept.writes).toBe(2);
  });

  it('goes on with what it had verified when a person types how that root begins', async () => {
    const t = witnessing();
    const root = (await t.news(30))?.last?.root ?? '';
    await t.news(30, REWRITTEN);
    await t.ask({ what: 'settle' });
    t.kept.rekeying = true;
    await t.answer({ type: 'ceremony-act', values: { side: 'before', root: root.slice(0, 8) } });
    expect(t.said.at(-1)).toMatchObject({ type: 'error', code: 'busy' });
    t.kept.rekeying = false;
    await t.answer({ type: 'ceremony-act', values: { side: 'before', root: root.slice(0, 8) } });
    expect(t.said.at(-1)?.type).toBe('task-done');
    t.relock();
    expect(await t.news(50)).toMatchObject({ alarm: null, verdict: { state: 'continues' } });
  });

  it('asks which side is meant where both heads have one root and only their keys differ', async () => {
    const stranger = newLedgerKey();
    const settle = async (side: string | null) => {
      const t = witnessing();
      const root = (await t.news(30))?.last?.root ?? '';
      const note = stranger.checkpoint(30, LOG.rootAt(30));
      const seen = await t.ask({ what: 'observe', news: { note, trust: stranger.trust, proof: [] } });
      expect(seen).toMatchObject({ verdict: { state: 'unknown-key' }, alarm: { head: { root } } });
      await t.answer({ type: 'hello' });
      await t.answer({ type: 'ceremony-act', values: { root: root.slice(0, 8), ...(side ? { side } : {}) } });
      return { ...t, keys: (await t.ask({ what: 'last' }))?.last?.keys };
    };
    const [own, other] = [key, stranger].map(({ trust }) => trust.ledgerKeys.map((signer) => signer.key));
    const unsaid = await settle(null);
    expect(unsaid.said.at(-1)).toMatchObject({ type: 'error', code: 'refused' });
    for (const shown of [...(own ?? []), ...(other ?? [])])
      expect(JSON.stringify(unsaid.said)).toContain(shown);
    expect((await settle('before')).keys).toEqual(own);
    expect((await settle('new')).keys).toEqual(other);
  });

  it('takes no beginning that both roots share', async () => {
    const t = witnessing();
    await t.news(30);
    await t.news(30, REWRITTEN);
    const record = JSON.parse(String(t.kept.bytes));
    const shared = record.alarm.last.root.slice(0, 8);
    record.alarm.head.root = `${shared}${record.alarm.head.root.slice(8)}`;
    t.kept.bytes = Buffer.from(JSON.stringify(record));
    t.relock();
    await t.answer({ type: 'ceremony-act', values: { side: 'new', root: shared } });
    expect(t.said.at(-1)).toMatchObject({ type: 'error', code: 'refused' });
    const more = record.alarm.head.root.slice(0, 20);
    await t.answer({ type: 'ceremony-act', values: { side: 'new', root: more } });
    expect(t.said.at(-1)?.type).toBe('task-done');
  });

  it('writes and signs nothing while the vault is given new keys, and forgets nothing either', async () => {
    const t = witnessing();
    await t.news(10);
    t.state.registered = true;
    t.kept.rekeying = true;
    expect(await t.news(30)).toMatchObject({ last: { size: 30 }, cosignature: null });
    expect(t.kept.writes).toBe(1);
    t.kept.rekeying = false;
    expect((await t.news(31))?.cosignature).toContain('sallyport-console/');
  });

  it('says that it could not write, and is no further than the vault', async () => {
    const t = witnessing();
    t.kept.fails = true;
    expect(await t.news(10)).toBeNull();
    expect(t.told.at(-1)).toMatchObject({ type: 'witness-refused', reason: 'refused' });
  });

  it('tells an alarm that the vault could not keep, and tries again to keep it', async () => {
    const t = witnessing();
    await t.news(30);
    t.kept.fails = true;
    const alarmed = { alarm: { state: 'fork' }, last: { size: 30 }, unsaved: 'The disk is full.' };
    expect(await t.news(30, REWRITTEN)).toMatchObject({ ...alarmed, verdict: { state: 'fork' } });
    expect(await t.news(40)).toMatchObject(alarmed);
    t.kept.fails = false;
    expect(await t.news(40)).toMatchObject({ alarm: { state: 'fork' }, unsaved: null });
    t.relock();
    expect((await t.ask({ what: 'last' }))?.alarm).toMatchObject({ state: 'fork' });
  });

  it('that is locked advances nothing', async () => {
    const told: KeeperToMain[] = [];
    const locked = { type: 'witness', id: 'x', ask: { what: 'last' } } as const;
    await askDesk(undefined, locked, (m) => void told.push(m));
    expect(told).toMatchObject([{ type: 'witness-refused', id: 'x', reason: 'locked' }]);
  });
});
