import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  APP_CHANNELS,
  CALL_TRANSPORT,
  DROP_CHANNEL,
  KEEPER_PORT_TRANSPORT,
  STREAM_PORT_TRANSPORT,
} from '../../shared/ipc/channels.ts';

type Listener = (event: { ports: unknown[] }) => void;
const exposed: Record<string, Record<string, unknown>> = {};
const listeners: Record<string, Listener> = {};
const invoke = vi.fn(async () => ({ ok: true, value: null }));

const genuine = { name: 'a.evidence.jsonl' };

vi.mock('electron', () => ({
  webUtils: {
    getPathForFile: (file: unknown) => {
      if (typeof file !== 'object') throw new TypeError('not a File');
      return file === genuine ? '/elsewhere/a.evidence.jsonl' : '';
    },
  },
  contextBridge: {
    exposeInMainWorld: (name: string, api: Record<string, unknown>) => {
      exposed[name] = api;
    },
  },
  ipcRenderer: {
    invoke,
    on: (name: string, listener: Listener) => {
      listeners[name] = listener;
    },
  },
}));

beforeEach(() => {
  for (const name of Object.keys(exposed)) delete exposed[name];
  vi.resetModules();
});
afterEach(() => {
  process.argv.splice(
    0,
    process.argv.length,
    ...process.argv.filter((value) => !value.startsWith('--sallyport-')),
  );
});

describe('the application’s page', () => {
  it('gets exactly one method and no way to change it', async () => {
    await import('./app.ts');
    expect(Object.keys(exposed)).toEqual(['sallyport']);
    expect(Object.keys(exposed.sallyport ?? {})).toEqual(['call']);
    expect(Object.isFrozen(exposed.sallyport)).toBe(true);
  });

  it('reaches the channels that have a contract and no others', async () => {
    await import('./app.ts');
    const call = exposed.sallyport?.call as (channel: unknown, request?: unknown) => Promise<unknown>;
    for (const channel of APP_CHANNELS) await call(channel, { a: 1 });
    expect(invoke).toHaveBeenCalledTimes(APP_CHANNELS.length);
    expect(invoke).toHaveBeenLastCalledWith(CALL_TRANSPORT, APP_CHANNELS.at(-1), { a: 1 });
    invoke.mockClear();
    for (const channel of ['ELECTRON_BROWSER_REQUIRE', 'toString', '', 7, null])
      await expect(call(channel)).rejects.toThrow('no such channel');
    expect(invoke).not.toHaveBeenCalled();
  });

  it('names a path of no dropped file itself: the system does, for a file that it handed over', async () => {
    await import('./app.ts');
    const call = exposed.sallyport?.call as (channel: unknown, request?: unknown) => Promise<unknown>;
    invoke.mockClear();
    await call(DROP_CHANNEL, genuine);
    expect(invoke).toHaveBeenLastCalledWith(CALL_TRANSPORT, DROP_CHANNEL, {
      path: '/elsewhere/a.evidence.jsonl',
    });
    for (const made of [{ path: '/etc/passwd' }, '/etc/passwd', null, undefined]) {
      await call(DROP_CHANNEL, made);
      expect(invoke).toHaveBeenLastCalledWith(CALL_TRANSPORT, DROP_CHANNEL, { path: '' });
    }
  });

  it('is handed the event port on its own origin only', async () => {
    const postMessage = vi.fn();
    const location = { origin: 'app://sallyport' };
    vi.stubGlobal('window', { location, postMessage });
    await import('./app.ts');
    const port = {};
    listeners[STREAM_PORT_TRANSPORT]?.({ ports: [port] });
    expect(postMessage).toHaveBeenCalledWith({ type: 'sallyport:stream-port' }, 'app://sallyport', [port]);
    location.origin = 'https://evil.example';
    listeners[STREAM_PORT_TRANSPORT]?.({ ports: [port] });
    expect(postMessage).toHaveBeenCalledOnce();
  });
});

describe('a trusted window', () => {
  const open = async () => {
    process.argv.push('--sallyport-role=card', '--sallyport-subject=card-1');
    await import('./trusted.ts');
    return exposed.trusted as {
      role: string;
      subject: string;
      send(message: unknown): void;
      onMessage(callback: (message: unknown) => void): void;
    };
  };

  it('gets its role, its subject and two functions', async () => {
    const trusted = await open();
    expect(Object.keys(exposed)).toEqual(['trusted']);
    expect(Object.keys(trusted)).toEqual(['role', 'subject', 'send', 'onMessage']);
    expect([trusted.role, trusted.subject]).toEqual(['card', 'card-1']);
  });

  it('loses nothing that either side said before the port came', async () => {
    const trusted = await open();
    trusted.send('early');
    const port = { postMessage: vi.fn(), onmessage: (_event: { data: unknown }) => undefined };
    listeners[KEEPER_PORT_TRANSPORT]?.({ ports: [port] });
    expect(port.postMessage).toHaveBeenCalledWith('early');
    port.onmessage({ data: 'first' });
    const heard: unknown[] = [];
    trusted.onMessage((message) => heard.push(message));
    port.onmessage({ data: 'second' });
    expect(heard).toEqual(['first', 'second']);
  });

  it('keeps the first port: a second one is ignored', async () => {
    const trusted = await open();
    const [first, second] = [{ postMessage: vi.fn() }, { postMessage: vi.fn() }];
    listeners[KEEPER_PORT_TRANSPORT]?.({ ports: [first] });
    listeners[KEEPER_PORT_TRANSPORT]?.({ ports: [second] });
    trusted.send('x');
    expect(first.postMessage).toHaveBeenCalledOnce();
    expect(second.postMessage).not.toHaveBeenCalled();
  });
});

describe('a preload', () => {
  it.each(['app.ts', 'trusted.ts'])('imports names only: %s', (file) => {
    const source = readFileSync(join(import.meta.dirname, file), 'utf8');
    const imported = [...source.matchAll(/from '([^']+)'/g)].map(([, name]) => name);
    const allowed = ['electron', '../../shared/ipc/channels.ts'];
    expect(imported.filter((name) => !allowed.includes(name ?? ''))).toEqual([]);
  });
});
