import { EventEmitter } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { type Arrival, type ChildProcessSide, openProcessPort } from './port.ts';

const PING = { type: 'ping', n: 7 } as const;

describe('the port of a plain Node child', () => {
  const node = () => {
    const side = Object.assign(new EventEmitter(), {
      send: vi.fn((_message: unknown, sent: (error: Error | null) => void) => {
        sent(null);
        return true;
      }),
    });
    const port = openProcessPort(side as unknown as ChildProcessSide);
    if (!port) throw new Error('no port');
    return { side, port };
  };

  it('sends, receives and notices that the parent is gone', async () => {
    const { side, port } = node();
    const arrivals: Arrival[] = [];
    const gone = vi.fn();
    port.onArrival((arrival) => arrivals.push(arrival));
    port.onParentGone(gone);
    side.emit('message', PING);
    side.emit('disconnect');
    await port.send({ type: 'pong', n: 7 });
    expect(arrivals).toEqual([{ message: PING, keysPort: undefined }]);
    expect(gone).toHaveBeenCalledOnce();
    expect(side.send).toHaveBeenCalledWith({ type: 'pong', n: 7 }, expect.any(Function));
  });

  it('drops what is not a message of the contract', () => {
    const { side, port } = node();
    const heard = vi.fn();
    port.onArrival(heard);
    for (const message of [null, 'stop', { type: 'unknown' }, { type: 'ping' }, { type: 'keys', keys: {} }])
      side.emit('message', message);
    expect(heard).not.toHaveBeenCalled();
  });
});

describe('the port of an Electron utility process', () => {
  it('hands over the port on which the keys come', () => {
    const parentPort = Object.assign(new EventEmitter(), { postMessage: vi.fn() });
    const port = openProcessPort({ parentPort, on: () => undefined } as unknown as ChildProcessSide);
    const arrivals: Arrival[] = [];
    port?.onArrival((arrival) => arrivals.push(arrival));
    const keysPort = { on: vi.fn(), start: vi.fn(), close: vi.fn() };
    parentPort.emit('message', { data: { type: 'keys-port' }, ports: [keysPort] });
    expect(arrivals).toEqual([{ message: { type: 'keys-port' }, keysPort }]);
  });
});

describe('a process that nobody forked', () => {
  it('has no port', () => {
    expect(openProcessPort({ on: () => undefined })).toBeUndefined();
  });
});
