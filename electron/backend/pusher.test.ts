import { describe, expect, it } from 'vitest';
import type { Batch, Pushed } from '../../shared/ipc/stream.ts';
import { createPusher } from './pusher.ts';

const entry = (number: number): Pushed => ({
  type: 'entry',
  entry: {
    id: 'evt_00000000000000000000000000',
    number,
    state: 'integrated',
    kind: 'key.created',
    category: 'key',
    at: '2026-01-01T00:00:00.000Z',
    actor: { type: 'system', id: 'x', name: null },
    agent: null,
    requestId: null,
    data: {},
    leafHash: null,
  },
});
const notice = (text: string): Pushed => ({
  type: 'notice',
  level: 'info',
  text,
  at: '2026-01-01T00:00:00.000Z',
});
const stream = (state: 'connecting' | 'live'): Pushed => ({ type: 'stream', state, retryInMs: null });

function rig() {
  const sent: Batch[] = [];
  let clock = 1000;
  let due: { run: () => void; at: number } | null = null;
  const pusher = createPusher({
    post: (batch) => sent.push(batch),
    now: () => clock,
    setTimer: (run, ms) => {
      due = { run, at: clock + ms };
      return {
        cancel: () => {
          due = null;
        },
      };
    },
  });
  const elapse = (ms: number) => {
    clock += ms;
    const ready = due && due.at <= clock ? due : null;
    if (!ready) return;
    due = null;
    ready.run();
  };
  return { pusher, sent, elapse };
}

describe('pusher', () => {
  it('collects what comes within a frame into one batch, in order', () => {
    const { pusher, sent, elapse } = rig();
    for (const n of [0, 1, 2]) pusher.push(entry(n));
    elapse(0);
    expect(sent).toEqual([{ type: 'batch', seq: 1, items: [entry(0), entry(1), entry(2)] }]);
  });

  it('waits for the acknowledgement, and for the next frame', () => {
    const { pusher, sent, elapse } = rig();
    pusher.push(entry(0));
    elapse(0);
    pusher.push(entry(1));
    elapse(1000);
    expect(sent).toHaveLength(1);
    pusher.acknowledge(1);
    elapse(0);
    expect(sent).toHaveLength(2);
    pusher.acknowledge(2);
    pusher.push(entry(2));
    elapse(15);
    expect(sent).toHaveLength(2);
    elapse(1);
    expect(sent.at(-1)).toEqual({ type: 'batch', seq: 3, items: [entry(2)] });
  });

  it('believes no acknowledgement but that of its last batch', () => {
    const { pusher, sent, elapse } = rig();
    pusher.push(entry(0));
    elapse(0);
    pusher.push(entry(1));
    for (const number of [0, 2, 99, -1, Number.NaN]) pusher.acknowledge(number);
    elapse(1000);
    expect(sent).toHaveLength(1);
  });

  it('drops the oldest entries of a page that never answers, says which, and keeps everything else', () => {
    const { pusher, sent, elapse } = rig();
    pusher.push(entry(0));
    elapse(0);
    pusher.push(notice('kept'));
    for (let n = 1; n <= 12_000; n += 1) pusher.push(entry(n));
    pusher.acknowledge(1);
    elapse(16);
    const items = sent[1]?.items ?? [];
    expect(items[0]).toEqual({ type: 'skipped', from: 1, to: 2001 });
    expect(items[1]).toEqual(notice('kept'));
    expect(items[2]).toEqual(entry(2002));
    expect(items.length).toBeLessThanOrEqual(500);
  });

  it('sends every entry exactly once or names it as skipped', () => {
    const { pusher, sent, elapse } = rig();
    for (let n = 0; n < 15_000; n += 1) {
      pusher.push(entry(n));
      if (n % 40 === 0) {
        elapse(16);
        pusher.acknowledge(sent.length);
      }
    }
    for (let i = 0; i < 100; i += 1) {
      elapse(16);
      pusher.acknowledge(sent.length);
    }
    let next = 0;
    for (const item of sent.flatMap((b) => b.items)) {
      if (item.type === 'skipped') {
        expect(item.from).toBe(next);
        next = item.to + 1;
      } else if (item.type === 'entry') {
        expect(item.entry.number).toBe(next);
        next += 1;
      }
    }
    expect(next).toBe(15_000);
  });

  it('keeps of each status the newest only', () => {
    const { pusher, sent, elapse } = rig();
    pusher.push(stream('connecting'));
    pusher.push(stream('live'));
    elapse(0);
    expect(sent[0]?.items).toEqual([stream('live')]);
  });

  it('is silent once closed', () => {
    const { pusher, sent, elapse } = rig();
    pusher.push(entry(0));
    pusher.close();
    pusher.push(entry(1));
    elapse(1000);
    expect(sent).toEqual([]);
  });
});
