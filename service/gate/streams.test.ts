import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StreamRegistry, streamIo } from './streams.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

/** A response whose client reads or does not, as the test says. */
class FakeResponse extends EventEmitter {
  headersSent = false;
  writableNeedDrain = false;
  readonly written: string[] = [];
  readonly end = vi.fn(() => this.emit('close'));
  readonly destroy = vi.fn(() => this.emit('close'));
  readonly flushHeaders = vi.fn();

  writeHead(): void {
    this.headersSent = true;
  }
  write(text: string): boolean {
    this.written.push(text);
    return !this.writableNeedDrain;
  }
}

function openStream(registry: StreamRegistry, tokenHash: string | null) {
  const fake = new FakeResponse();
  const response = fake as unknown as ServerResponse;
  const closed = registry.track({ tokenHash, operatorId: null }, response);
  return { fake, closed, out: streamIo(response, closed, {}, {}).open() };
}

describe('StreamRegistry', () => {
  it('ends the streams of withdrawn tokens and keeps the others', () => {
    const registry = new StreamRegistry();
    const [gone, kept] = [openStream(registry, 'a'), openStream(registry, 'b')];
    registry.retainTokens(new Set(['b']));
    expect([gone.closed.aborted, kept.closed.aborted]).toEqual([true, false]);
    expect(gone.fake.end).toHaveBeenCalledOnce();
    expect(registry.size).toBe(1);
    registry.closeAll();
    expect(registry.size).toBe(0);
  });

  it('forgets a stream whose client has left', () => {
    const registry = new StreamRegistry();
    const { fake, closed, out } = openStream(registry, 'a');
    fake.emit('close');
    expect(closed.aborted).toBe(true);
    expect(registry.size).toBe(0);
    expect(out.write('x')).toBe(false);
    expect(fake.written).toEqual([]);
  });
});

describe('a client that reads nothing', () => {
  it('does not keep its stream open after the token is withdrawn', async () => {
    const registry = new StreamRegistry();
    const { fake } = openStream(registry, 'a');
    // What is buffered cannot leave, so the end never comes.
    fake.end.mockImplementation(() => false);
    registry.retainTokens(new Set());
    expect(fake.destroy).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(fake.destroy).toHaveBeenCalledOnce();
  });

  it('is not cut off when it takes the end in time', async () => {
    const registry = new StreamRegistry();
    const { fake } = openStream(registry, 'a');
    registry.closeAll();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(fake.destroy).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a client that reads slowly', () => {
  it('is waited for until it has read', async () => {
    const { fake, out } = openStream(new StreamRegistry(), 'a');
    fake.writableNeedDrain = true;
    expect(out.write('x')).toBe(false);
    const drained = out.drained();
    fake.writableNeedDrain = false;
    fake.emit('drain');
    await drained;
    await out.drained();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(fake.destroy).not.toHaveBeenCalled();
  });

  it('is cut off when it reads nothing for 30 s', async () => {
    const { fake, closed, out } = openStream(new StreamRegistry(), 'a');
    fake.writableNeedDrain = true;
    const drained = out.drained();
    await vi.advanceTimersByTimeAsync(29_999);
    expect(closed.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await drained;
    expect(fake.destroy).toHaveBeenCalledOnce();
    expect(closed.aborted).toBe(true);
  });
});
