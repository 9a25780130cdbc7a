import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LedgerEntry } from '../../shared/ledger/entry.ts';
import type { Feed } from './feed.ts';
import { serveStream } from './stream.ts';

const quietFeed = (): Feed => ({
  head: async () => ({ size: 0, root: '0'.repeat(64), epoch: 1 }),
  read: async () => [],
  changed: (_next, withinMs, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    }),
  stop: async () => undefined,
});

const start = (feed: Feed) => {
  const leaving = new AbortController();
  const written: string[] = [];
  const write = (text: string) => {
    written.push(text);
    return true;
  };
  const io = { headers: {}, closed: leaving.signal, open: () => ({ write, drained: async () => undefined }) };
  return { written, leave: () => leaving.abort(), finished: serveStream(feed, io, () => new Date(0)) };
};

describe('a silent stream', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('sends a comment every 15 s and nothing else', async () => {
    const { written, leave, finished } = start(quietFeed());
    await vi.advanceTimersByTimeAsync(14_999);
    expect(written).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(30_001);
    expect(written.slice(1)).toEqual([': still here\n\n', ': still here\n\n', ': still here\n\n']);
    leave();
    await finished;
  });
});

describe('a stream whose database goes away', () => {
  it('ends, so that the client comes back and resumes', async () => {
    const gone = new Error('gone');
    const read = vi.fn<Feed['read']>().mockResolvedValueOnce([]).mockRejectedValueOnce(gone);
    const { finished } = start({ ...quietFeed(), read, changed: async () => undefined });
    await expect(finished).rejects.toBe(gone);
  });
});

describe('an entry with line breaks in its data', () => {
  it('stays one line of the stream', async () => {
    const entry = { number: 0, data: { reason: 'a\n\nevent: forged\r\u2028' } } as unknown as LedgerEntry;
    const read = vi.fn<Feed['read']>().mockResolvedValueOnce([entry]).mockResolvedValue([]);
    const { written, leave, finished } = start({ ...quietFeed(), read });
    await vi.waitFor(() => expect(written).toHaveLength(2));
    expect(written[1]?.split('\n').filter((line) => line !== '')).toHaveLength(3);
    leave();
    await finished;
  });
});
