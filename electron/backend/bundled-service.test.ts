import { describe, expect, it } from 'vitest';
import type { FromProcess, ProcessName, ToProcess } from '../../shared/service/launch.ts';
import { DEFAULT_TOKENHALL } from '../../shared/service/tokenhall-settings.ts';
import { bundledService } from './bundled-service.ts';

const LIMITS = { ip: { limit: 7, windowSeconds: 3 }, operator: { limit: 9, windowSeconds: 5 } };
const READY: Readonly<Partial<Record<ProcessName, FromProcess>>> = {
  database: { type: 'ready', process: 'database', database: { host: '/run', port: 5432, database: 'x' } },
  integrator: { type: 'ready', process: 'integrator' },
  worker: { type: 'ready', process: 'worker' },
  probes: { type: 'ready', process: 'probes' },
  api: {
    type: 'ready',
    process: 'api',
    api: 'http://127.0.0.1:4180',
    adminOrigin: 'http://admin.sallyport.internal',
    adminSocket: '/run/admin.sock',
  },
  resolver: { type: 'ready', process: 'resolver', resolver: 'http://127.0.0.1:4181' },
};

/** Every process gets ready at once, unless `silent`; each can be told to fail or to die. */
function rig() {
  const sent: [ProcessName, ToProcess][] = [];
  const living: Partial<Record<ProcessName, { say: (message: FromProcess) => void; exit: () => void }>> = {};
  const notices: string[] = [];
  const timers: (() => void)[] = [];
  const state = { keys: true, silent: false };
  const service = bundledService({
    fork: (name) => {
      let say: (message: FromProcess) => void = () => undefined;
      let exit: () => void = () => undefined;
      living[name] = { say: (message) => say(message), exit: () => exit() };
      return {
        pid: () => 1,
        send: (message) => {
          sent.push([name, message]);
          if (message.type === 'stop') exit();
        },
        sendKeys: () => {
          const ready = READY[name];
          if (ready && !state.silent) say(ready);
        },
        onMessage: (listener) => {
          say = listener;
        },
        onExit: (listener) => {
          exit = listener;
        },
        kill: () => exit(),
      };
    },
    mayHaveKeys: () => state.keys,
    dataDir: '/data',
    binaries: '/postgres',
    version: '0.1.0',
    apiPort: () => 4180,
    tokenhall: DEFAULT_TOKENHALL,
    limits: () => LIMITS,
    payerKey: () => null,
    socket: () => '/run/admin.sock',
    onStatus: () => undefined,
    onServing: () => undefined,
    notice: (level, text) => notices.push(`${level}: ${text}`),
    setTimer: (run) => {
      timers.push(run);
      return { cancel: () => timers.splice(timers.indexOf(run) >>> 0, 1) };
    },
    now: () => 0,
    date: () => new Date(0),
  });
  return { service, sent, living, notices, timers, state };
}
const tokensSent = (sent: [ProcessName, ToProcess][]) =>
  sent.flatMap(([name, message]) =>
    name === 'api' && message.type === 'admin-tokens' ? [message.sha256] : [],
  );

describe('the bundled service', () => {
  it('listens on loopback and a socket, with every signature required', () => {
    const t = rig();
    t.service.unlocked();
    expect(t.service.status()).toMatchObject({ state: 'running', api: 'http://127.0.0.1:4180' });
    expect(t.service.endpoint()).toEqual({
      origin: 'http://admin.sallyport.internal',
      socket: '/run/admin.sock',
    });
    const configured = t.sent.find(([name, { type }]) => name === 'api' && type === 'configure')?.[1];
    expect(configured).toMatchObject({
      settings: {
        mode: 'bundled',
        environment: 'production',
        adminSignatures: 'required',
        api: { host: '127.0.0.1', port: 4180 },
        admin: { socket: '/run/admin.sock' },
        limits: LIMITS,
      },
    });
  });

  it('gives the tokens to each api process anew', () => {
    const t = rig();
    const hash = 'a'.repeat(64);
    t.service.setAdminTokens([hash]);
    t.service.unlocked();
    expect(tokensSent(t.sent).at(-1)).toEqual([hash]);
    const before = tokensSent(t.sent).length;
    t.living.api?.exit();
    expect(t.service.endpoint()).toBeNull();
    t.timers.at(-1)?.();
    expect(tokensSent(t.sent)).toHaveLength(before + 1);
    expect(t.service.endpoint()).not.toBeNull();
  });

  it('says once that a process ended and once that it is back', () => {
    const t = rig();
    t.service.unlocked();
    expect(t.notices).toEqual([]);
    t.living.integrator?.exit();
    t.timers.at(-1)?.();
    expect(t.notices).toEqual([
      expect.stringMatching(/^warning: The ledger’s integrator ended/),
      expect.stringMatching(/^info: The ledger’s integrator is back/),
    ]);
  });

  it('hands on the sentence of a failure that needs a person, once', () => {
    const t = rig();
    t.state.silent = true;
    t.service.unlocked();
    for (let i = 0; i < 2; i += 1) {
      t.living.database?.say({
        type: 'failed',
        code: 'data-dir-corrupt',
        message: 'Restore it from a backup.',
      });
      t.living.database?.exit();
      t.timers.at(-1)?.();
    }
    expect(t.notices).toEqual(['error: The database cannot run. Restore it from a backup.']);
  });

  it('leaves down what ends while locked, until the next unlock', () => {
    const t = rig();
    t.service.unlocked();
    t.state.keys = false;
    t.living.api?.exit();
    t.timers.at(-1)?.();
    expect(t.service.status().state).toBe('degraded');
    t.state.keys = true;
    t.service.unlocked();
    expect(t.service.status().state).toBe('running');
  });
});
