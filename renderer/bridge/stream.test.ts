import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeWindow, portPair } from '../../tests/fixtures/screen/port.ts';
import { entryOf } from '../../tests/fixtures/screen/samples.ts';
import { openStream } from './stream.ts';

const batchOf = (seq: number) => ({ type: 'batch', seq, items: [{ type: 'entry', entry: entryOf(seq) }] });

function opened(ask: () => Promise<unknown> = async () => null) {
  const page = fakeWindow();
  const asked: unknown[] = [];
  const apply = vi.fn();
  const onTrouble = vi.fn();
  let last: number | null = null;
  const stop = openStream({
    bridge: {
      ask: ((_channel: string, request: unknown) => {
        asked.push(request);
        return ask();
      }) as never,
    },
    window: page.window,
    after: () => last,
    apply,
    onTrouble,
  });
  const { near, far } = portPair();
  page.deliver(near);
  return { page, asked, apply, onTrouble, stop, far, setLast: (n: number) => (last = n) };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the event stream', () => {
  it('asks from the beginning, applies a batch in a frame, and acknowledges it only then', () => {
    const { asked, far, page, apply } = opened();
    expect(asked).toEqual([{ after: null }]);
    far.say(batchOf(7));
    expect(apply).not.toHaveBeenCalled();
    expect(far.heard).toEqual([]);
    page.drawFrame();
    expect(apply).toHaveBeenCalledTimes(1);
    expect(far.heard).toEqual([{ type: 'ack', seq: 7 }]);
  });

  it('loses no batch that comes before the frame of the last', () => {
    const { far, page, apply } = opened();
    far.say(batchOf(1));
    far.say(batchOf(2));
    page.drawFrame();
    expect(apply).toHaveBeenCalledTimes(2);
    expect(far.heard).toEqual([
      { type: 'ack', seq: 1 },
      { type: 'ack', seq: 2 },
    ]);
  });

  it('goes on while the page is hidden and draws no frames', () => {
    const { far, page, apply } = opened();
    far.say(batchOf(1));
    page.hide();
    expect(apply).toHaveBeenCalledTimes(1);
    far.say(batchOf(2));
    vi.advanceTimersByTime(250);
    expect(far.heard).toHaveLength(2);
  });

  it('resumes after the last entry when the port closes', async () => {
    const { asked, far, setLast } = opened();
    setLast(41);
    far.hangUp();
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toEqual([{ after: null }, { after: 41 }]);
  });

  it('says that a batch is unreadable, closes the port and opens another', async () => {
    const { asked, far, page, apply, onTrouble } = opened();
    far.say({ type: 'batch', seq: 1, items: [{ type: 'entry', entry: { number: 'x' } }] });
    page.drawFrame();
    expect(apply).not.toHaveBeenCalled();
    expect(far.heard).toEqual([]);
    expect(far.isClosed()).toBe(true);
    expect(onTrouble).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toHaveLength(2);
  });

  it('asks again, more and more seldom, when it is refused', async () => {
    const { asked, onTrouble } = opened(() => Promise.reject(new Error('The service is down.')));
    await vi.advanceTimersByTimeAsync(0);
    expect(onTrouble).toHaveBeenCalledWith('The service is down.');
    await vi.advanceTimersByTimeAsync(1000);
    await vi.advanceTimersByTimeAsync(2000);
    expect(asked).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked.length).toBeLessThan(10);
  });

  it('stops: no listener, no port, no further attempt', async () => {
    const { asked, far, page, stop, apply } = opened();
    far.say(batchOf(1));
    stop();
    page.drawFrame();
    expect(apply).not.toHaveBeenCalled();
    expect(far.isClosed()).toBe(true);
    expect(page.isListening()).toBe(false);
    far.hangUp();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(1);
  });
});
