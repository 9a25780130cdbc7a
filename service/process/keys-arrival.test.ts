import { EventEmitter } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { awaitKeys } from './keys-arrival.ts';

const rig = (isOurs: boolean) => {
  const port = Object.assign(new EventEmitter(), { start: vi.fn(), close: vi.fn() });
  const [take, fail] = [vi.fn(() => isOurs), vi.fn()];
  awaitKeys(port, take, fail);
  expect(port.start).toHaveBeenCalledOnce();
  return { port, take, fail };
};

describe('the keys of a process', () => {
  it('are taken once, and the port that ends after them is no failure', () => {
    const { port, take, fail } = rig(true);
    port.emit('message', { data: 'keys' });
    port.emit('close');
    expect(take).toHaveBeenCalledExactlyOnceWith('keys');
    expect(port.close).toHaveBeenCalledOnce();
    expect(fail).not.toHaveBeenCalled();
  });

  it('that never come end the process as soon as their port closes', () => {
    const { port, fail } = rig(true);
    port.emit('close');
    expect(fail).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'internal' }));
  });

  it('of another process end it too, once', () => {
    const { port, fail } = rig(false);
    port.emit('message', { data: 'of another' });
    port.emit('close');
    expect(fail).toHaveBeenCalledOnce();
  });
});
