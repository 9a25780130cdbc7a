import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hex } from '@scure/base';
import { describe, expect, it } from 'vitest';
import { consistencyPlan } from '../../shared/ledger/tiles.ts';
import { newLedgerKey, sha256, TestLog } from '../../tests/fixtures/evidence-log.ts';
import { Refusal } from '../ipc/refusal.ts';
import { createCheckpointDesk } from './checkpoint-desk.ts';
import type { ForkPair } from './fork-report.ts';

const key = newLedgerKey();
const LOG = new TestLog(60);
const REWRITTEN = new TestLog(60, 'rewritten');
const noteOf = (size: number, log = LOG, signer = key) => signer.checkpoint(size, log.rootAt(size));

/** A console that verified 40 entries of a log whose service has 50. */
function desk(file: string | null = null) {
  const alarms: string[] = [];
  const told: ForkPair[] = [];
  const root = hex.encode(LOG.rootAt(40));
  const made = createCheckpointDesk({
    own: async () => ({
      head: { origin: key.trust.origin, size: 40, root, note: noteOf(40) },
      trust: key.trust,
    }),
    proof: async (from, to) => {
      if (to > 50) throw new Refusal('request-failed', 'beyond the log');
      return consistencyPlan(from, to)
        .compute(sha256, LOG.read)
        .map((hash) => hex.encode(hash));
    },
    chooseFile: async () => file,
    chooseExisting: async () => file,
    alarm: (text) => void alarms.push(text),
    tellFork: async (pair) => {
      told.push(pair);
      return { state: 'told', message: null };
    },
  });
  const relationOf = async (text: string) => (await made.compare({ from: 'text', text }))?.relation;
  return { ...made, alarms, told, relationOf };
}

describe('a received checkpoint', () => {
  it('is the same, older or newer when that is proven, however it was pasted', async () => {
    const t = desk();
    expect(await t.relationOf(noteOf(40))).toBe('same');
    expect(await t.relationOf(`\r\n ${noteOf(40).replaceAll('\n', '\r\n')}  `)).toBe('same');
    expect(await t.relationOf(noteOf(7))).toBe('older');
    expect(await t.relationOf(noteOf(50))).toBe('newer');
    expect([t.alarms, t.told]).toEqual([[], []]);
  });

  it.each([40, 7, 50])('of %i entries of another history is a fork, and an alarm', async (size) => {
    const t = desk();
    expect(await t.compare({ from: 'text', text: noteOf(size, REWRITTEN) })).toMatchObject({
      ...{ relation: 'fork', own: { size: 40 }, other: { size }, told: { state: 'told' } },
    });
    expect(t.alarms).toEqual([expect.stringContaining('The service was told')]);
    // Both heads as they were signed: the service believes neither without its own signature.
    expect(t.told).toEqual([{ seen: noteOf(40), shown: noteOf(size, REWRITTEN) }]);
  });

  it('that a stranger signed, or that is beyond the log or of another one, is said to be that', async () => {
    const t = desk();
    expect(await t.relationOf(noteOf(40, REWRITTEN, newLedgerKey()))).toBe('unsigned');
    expect(await t.relationOf(noteOf(55))).toBe('unproven');
    expect(await t.relationOf(noteOf(40, LOG, newLedgerKey('another-log')))).toBe('other-log');
    expect([t.alarms, t.told]).toEqual([[], []]);
  });

  it.each(['hello', '{"format":1}', '— x AAAA', `${noteOf(40).slice(0, 60)}`])(
    'that is none is refused: %j',
    async (text) => {
      await expect(desk().compare({ from: 'text', text })).rejects.toMatchObject({ code: 'request-failed' });
    },
  );

  it('comes and goes by file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sallyport-checkpoint-'));
    const path = join(folder, 'a.checkpoint');
    try {
      const t = desk(path);
      expect(await t.save()).toEqual({ path });
      expect(await readFile(path, 'utf8')).toBe(noteOf(40));
      expect(await t.compare({ from: 'file' })).toMatchObject({ relation: 'same' });
      await writeFile(path, 'not a note');
      await expect(t.compare({ from: 'file' })).rejects.toMatchObject({ code: 'request-failed' });
      expect(await desk(null).compare({ from: 'file' })).toBeNull();
      await expect(desk(join(folder, 'none')).compare({ from: 'file' })).rejects.toMatchObject({
        code: 'request-failed',
      });
      await expect(desk(join(folder, 'no', 'where')).save()).rejects.toMatchObject({
        code: 'request-failed',
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
