import { describe, expect, it, vi } from 'vitest';
import type { SaltedRow } from '../ledger/seal.ts';
import { type Batch, type Scan, Telemetry } from './telemetry.ts';

const HOUR = new Date('2030-01-01T00:00:00Z');
const scan = (n: number): Scan => ({
  ...{ token: `mtk_${n}`, hour: HOUR, network: '8.8.8.0/24', region: 'north-america', device: 'phone' },
});

function rig(record: (batch: Batch) => Promise<void> = async () => undefined) {
  let sealed = 0;
  const written: Batch[] = [];
  const warn = vi.fn();
  const telemetry = new Telemetry({
    seal: (counts) => {
      sealed += 1;
      return { id: `evt_${sealed}`, data: JSON.stringify(counts) } as SaltedRow;
    },
    record: async (batch) => {
      await record(batch);
      written.push(batch);
    },
    mayComeBack: (error) => (error as Error).message === 'away',
    log: { warn },
  });
  return { telemetry, written, warn };
}

describe('telemetry', () => {
  it('writes what waited at once, with one entry that counts it', async () => {
    const { telemetry, written } = rig();
    for (let i = 0; i < 3; i += 1) telemetry.note(scan(i));
    for (let i = 0; i < 5; i += 1) telemetry.pass('bot', 'brd_1', HOUR);
    telemetry.pass('preview', 'brd_1', HOUR);
    await telemetry.flush();
    await telemetry.flush();
    expect(written).toHaveLength(1);
    expect(written[0]?.entry.data).toBe('{"scans":3,"bots":5,"previews":1}');
    expect(written[0]?.passed).toEqual([
      { brand: 'brd_1', kind: 'bot', hour: HOUR, count: 5 },
      { brand: 'brd_1', kind: 'preview', hour: HOUR, count: 1 },
    ]);
  });

  it('tries the same entry again while the database is away, and loses nothing that fits', async () => {
    let away = true;
    const tried: string[] = [];
    const { telemetry, written } = rig(async ({ entry }) => {
      tried.push(entry.id);
      if (away) throw new Error('away');
    });
    telemetry.note(scan(1));
    await telemetry.flush();
    telemetry.note(scan(2));
    await telemetry.flush();
    away = false;
    await telemetry.flush();
    expect(tried).toEqual(['evt_1', 'evt_1', 'evt_1', 'evt_2']);
    expect(written.map(({ scans }) => scans.map(({ token }) => token))).toEqual([['mtk_1'], ['mtk_2']]);
  });

  it('gives up what is refused, and says so', async () => {
    let refuse = true;
    const { telemetry, written, warn } = rig(async () => {
      if (refuse) throw new Error('constraint');
    });
    telemetry.note(scan(1));
    await telemetry.flush();
    expect(warn).toHaveBeenCalledWith(
      expect.objectContaining({ scans: 1, again: false }),
      expect.any(String),
    );
    refuse = false;
    telemetry.note(scan(2));
    await telemetry.flush();
    expect(written.map(({ scans }) => scans.length)).toEqual([1]);
  });

  it('is bounded: what does not fit is not counted, and is said', async () => {
    const { telemetry, written, warn } = rig();
    for (let i = 0; i < 40_010; i += 1) telemetry.note(scan(i));
    await telemetry.flush();
    expect(warn).toHaveBeenCalledWith({ dropped: 10 }, expect.any(String));
    expect(written.map(({ scans }) => scans.length)).toEqual(Array(10).fill(4_000));
  });
});
