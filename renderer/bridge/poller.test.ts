import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BridgeError } from './error.ts';
import { Poller } from './poller.ts';

class Page {
  hidden = false;
  #listeners = new Set<() => void>();
  addEventListener = (_: string, listener: () => void) => void this.#listeners.add(listener);
  removeEventListener = (_: string, listener: () => void) => void this.#listeners.delete(listener);
  show(shown: boolean): void {
    this.hidden = !shown;
    for (const listener of this.#listeners) listener();
  }
}

const pollerOf = (load: () => Promise<number>, everyMs: number | null = 1000) => {
  const page = new Page();
  const poller = new Poller<number>({ load, everyMs, visibility: page, now: () => Date.now() });
  return { page, poller };
};

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a polled value', () => {
  it('is read at once and then at its pace', async () => {
    let n = 0;
    const { poller } = pollerOf(async () => (n += 1));
    const stop = poller.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(poller.snapshot()).toMatchObject({ data: 1, error: null, busy: false, at: 1_000_000 });
    await vi.advanceTimersByTimeAsync(3000);
    expect(poller.snapshot().data).toBe(4);
    stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(n).toBe(4);
  });

  it('is read once when it has no pace', async () => {
    const load = vi.fn(async () => 1);
    pollerOf(load, null).poller.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('keeps its last good value, its age and its error while it fails, and recovers', async () => {
    let works = true;
    const { poller } = pollerOf(async () => {
      if (!works) throw new BridgeError('service-down', 'Down.');
      return 7;
    });
    poller.start();
    await vi.advanceTimersByTimeAsync(0);
    works = false;
    await vi.advanceTimersByTimeAsync(2000);
    expect(poller.snapshot()).toMatchObject({ data: 7, at: 1_000_000, failingSince: 1_001_000 });
    expect(poller.snapshot().error?.code).toBe('service-down');
    works = true;
    poller.retry();
    await vi.advanceTimersByTimeAsync(0);
    expect(poller.snapshot()).toMatchObject({ data: 7, error: null, failingSince: null });
  });

  it('is read at once when the service serves again, and only where reading failed', async () => {
    const returns = new Set<() => void>();
    const returned = (listener: () => void) => {
      returns.add(listener);
      return () => void returns.delete(listener);
    };
    let works = false;
    const load = vi.fn(async () => {
      if (!works) throw new BridgeError('service-down', 'Down.');
      return 7;
    });
    const poller = new Poller<number>({
      ...{ load, everyMs: 2000, visibility: new Page(), returned, now: () => Date.now() },
    });
    const stop = poller.start();
    await vi.advanceTimersByTimeAsync(100);
    works = true;
    for (const tell of returns) tell();
    await vi.advanceTimersByTimeAsync(0);
    expect(poller.snapshot()).toMatchObject({ data: 7, error: null, at: 1_000_100 });
    for (const tell of returns) tell();
    await vi.advanceTimersByTimeAsync(0);
    expect(load).toHaveBeenCalledTimes(2);
    stop();
    expect(returns.size).toBe(0);
  });

  it('never asks twice at once', async () => {
    const load = vi.fn(() => new Promise<number>(() => {}));
    const { poller } = pollerOf(load);
    poller.start();
    poller.retry();
    poller.retry();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('pauses while the page is hidden and is read at once when it is shown again', async () => {
    const load = vi.fn(async () => 1);
    const { page, poller } = pollerOf(load);
    poller.start();
    page.show(false);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(load).toHaveBeenCalledTimes(1);
    page.show(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(load).toHaveBeenCalledTimes(2);
  });

  it('shows what another reader read before, until it has its own', () => {
    const poller = new Poller<number>({
      load: () => new Promise<number>(() => {}),
      everyMs: null,
      visibility: new Page(),
      now: () => 5,
      remembered: { data: 3, at: 2 },
    });
    expect(poller.snapshot()).toMatchObject({ data: 3, at: 2 });
  });

  it('reports a fault of its own as an error, not as a value', async () => {
    const { poller } = pollerOf(() => Promise.reject(new TypeError('bug')));
    poller.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(poller.snapshot().error?.code).toBe('internal');
  });
});
