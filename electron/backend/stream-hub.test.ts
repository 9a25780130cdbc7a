import { describe, expect, it, vi } from 'vitest';
import type { Batch, Pushed } from '../../shared/ipc/stream.ts';
import { createStreamHub } from './stream-hub.ts';

const notice = (text: string): Pushed => ({
  type: 'notice',
  level: 'info',
  text,
  at: '2026-01-01T00:00:00.000Z',
});

function fakePort() {
  const batches: Batch[] = [];
  let hear: (message: unknown) => void = () => undefined;
  let gone: () => void = () => undefined;
  const close = vi.fn();
  const port = {
    post: (batch: Batch) => batches.push(batch),
    onMessage: (listener: typeof hear) => {
      hear = listener;
    },
    onClose: (listener: typeof gone) => {
      gone = listener;
    },
    close,
  };
  return { port, batches, close, say: (message: unknown) => hear(message), leave: () => gone() };
}

function hub() {
  const signals: AbortSignal[] = [];
  const made = createStreamHub({
    connect: (_last, signal) => {
      signals.push(signal);
      return new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new Error('closed'))),
      );
    },
    greeting: () => [notice('hello')],
    heard: () => undefined,
    setTimer: (run, ms) => {
      const timer = ms < 1000 ? setTimeout(run, 0) : undefined;
      return { cancel: () => clearTimeout(timer) };
    },
    now: () => Number.MAX_SAFE_INTEGER,
    random: () => 0,
  });
  return { hub: made, signals };
}
const texts = (batches: readonly Batch[]) =>
  batches.flatMap(({ items }) => items.flatMap((item) => (item.type === 'notice' ? [item.text] : [])));

describe('stream hub', () => {
  it('keeps where a link leads until a page listens', async () => {
    const t = hub();
    const place = { screen: 'docs', doc: 'roles', incident: null } as const;
    t.hub.push({ type: 'place', place });
    const page = fakePort();
    await t.hub.open(page.port, null);
    await vi.waitFor(() =>
      expect(page.batches.flatMap(({ items }) => items)).toContainEqual({ type: 'place', place }),
    );
    await t.hub.close();
  });

  it('keeps what waits however many links are opened meanwhile: the last place, and once that one leads nowhere', async () => {
    const t = hub();
    const place = (doc: string) =>
      ({ type: 'place', place: { screen: 'docs', doc, incident: null } }) as const;
    t.hub.push(notice('the vault is older than the one that was seen'));
    for (let n = 0; n < 120; n += 1) {
      t.hub.push(place(`doc-${n}`));
      t.hub.push(notice('a link leads nowhere'));
    }
    const page = fakePort();
    await t.hub.open(page.port, null);
    const items = () => page.batches.flatMap((batch) => batch.items);
    await vi.waitFor(() =>
      expect(texts(page.batches)).toEqual([
        'hello',
        'the vault is older than the one that was seen',
        'a link leads nowhere',
      ]),
    );
    expect(items().filter(({ type }) => type === 'place')).toEqual([place('doc-119')]);
    await t.hub.close();
  });

  it('greets a page and gives it the notices that waited', async () => {
    const t = hub();
    t.hub.push(notice('waited'));
    const page = fakePort();
    await t.hub.open(page.port, null);
    await vi.waitFor(() => expect(texts(page.batches)).toEqual(['hello', 'waited']));
    await t.hub.close();
  });

  it('serves one page: opening again closes the first, port and connection', async () => {
    const t = hub();
    const [first, second] = [fakePort(), fakePort()];
    await t.hub.open(first.port, null);
    await vi.waitFor(() => expect(t.signals).toHaveLength(1));
    await t.hub.open(second.port, null);
    expect(first.close).toHaveBeenCalledOnce();
    expect(t.signals[0]?.aborted).toBe(true);
    first.leave();
    expect(second.close).not.toHaveBeenCalled();
    await t.hub.close();
  });

  it('opens nothing for a page that was closed, or replaced, while it was being opened', async () => {
    const t = hub();
    const [locked, first, second] = [fakePort(), fakePort(), fakePort()];
    const opening = t.hub.open(locked.port, null);
    await t.hub.close();
    await opening;
    expect(locked.close).toHaveBeenCalledOnce();
    expect(t.signals).toHaveLength(0);
    await Promise.all([t.hub.open(first.port, null), t.hub.open(second.port, null)]);
    await vi.waitFor(() => expect(t.signals).toHaveLength(1));
    expect(first.close).toHaveBeenCalledOnce();
    expect(second.close).not.toHaveBeenCalled();
    await t.hub.close();
  });

  it('sends on only after an acknowledgement that is one', async () => {
    const t = hub();
    const page = fakePort();
    await t.hub.open(page.port, null);
    await vi.waitFor(() => expect(page.batches).toHaveLength(1));
    t.hub.push(notice('next'));
    for (const junk of [
      null,
      'ack',
      { type: 'ack' },
      { type: 'ack', seq: '1' },
      { type: 'ack', seq: 1, more: 1 },
    ])
      page.say(junk);
    await new Promise((resolve) => setImmediate(resolve));
    expect(page.batches).toHaveLength(1);
    page.say({ type: 'ack', seq: 1 });
    await vi.waitFor(() => expect(texts(page.batches)).toContain('next'));
    await t.hub.close();
  });

  it('closes with its page', async () => {
    const t = hub();
    const page = fakePort();
    await t.hub.open(page.port, 3);
    await vi.waitFor(() => expect(t.signals).toHaveLength(1));
    page.leave();
    await vi.waitFor(() => expect(t.signals[0]?.aborted).toBe(true));
  });
});
