import { beforeEach, describe, expect, it } from 'vitest';
import { TestChild, TestClock } from '../../tests/fixtures/supervised.ts';
import type { ProcessName } from './launch.ts';
import type { ServiceStatus } from './status.ts';
import { serviceStatus } from './status.ts';
import { createSupervisor, type Supervisor } from './supervise.ts';

const DATABASE = { host: '/run', port: 5432, database: 'sallyport' };
const SERVING = {
  type: 'ready',
  process: 'api',
  api: 'http://127.0.0.1:1',
  adminOrigin: 'http://admin',
  adminSocket: null,
} as const;
const RESOLVING = { type: 'ready', process: 'resolver', resolver: 'http://127.0.0.1:2' } as const;

let clock: TestClock;
let children: TestChild[];
let statuses: ServiceStatus[];
let served: number;
let supervisor: Supervisor;
let keysThere: boolean;

beforeEach(() => {
  clock = new TestClock();
  children = [];
  statuses = [];
  served = 0;
  keysThere = true;
  supervisor = createSupervisor({
    ...{ setTimer: clock.setTimer, now: clock.now, date: clock.date },
    fork: (name) => {
      const child = new TestChild(name, children.length);
      children.push(child);
      return child;
    },
    settingsFor: (name, database) =>
      name === 'database'
        ? { process: name, dataDir: '/d', binaries: '/b' }
        : { process: 'integrator', database: database ?? { host: 'none', port: 0, database: 'none' } },
    mayStart: () => keysThere,
    onStatus: (status) => statuses.push(status),
    onServing: () => {
      served += 1;
    },
  });
});

const latest = (name: ProcessName): TestChild => {
  const child = children.filter((one) => one.name === name).at(-1);
  if (!child) throw new Error(`${name} was not started`);
  return child;
};
const stateOf = (name: ProcessName) => supervisor.status().processes.find((one) => one.name === name);

function startAll(): void {
  supervisor.start();
  latest('database').say({ type: 'ready', process: 'database', database: DATABASE });
  latest('integrator').say({ type: 'ready', process: 'integrator' });
  latest('api').say(SERVING);
  latest('resolver').say(RESOLVING);
}

describe('a start', () => {
  it('begins with the database and goes on when it is ready', () => {
    supervisor.start();
    expect(children.map(({ name }) => name)).toEqual(['database']);
    expect(supervisor.status().state).toBe('starting');
    startAll();
    expect(children.map(({ name }) => name)).toEqual(['database', 'integrator', 'api', 'resolver']);
    expect(latest('integrator').received[0]).toEqual({
      type: 'configure',
      settings: { process: 'integrator', database: DATABASE },
    });
    expect(children.every(({ keys }) => keys === 1)).toBe(true);
    expect(supervisor.status()).toMatchObject({
      ...{ state: 'running', api: SERVING.api, resolver: RESOLVING.resolver },
    });
  });

  it('reports snapshots of the agreed shape at every change', () => {
    startAll();
    for (const status of statuses) expect(serviceStatus.parse(status)).toEqual(status);
    expect(new Set(statuses.map(({ state }) => state))).toEqual(new Set(['starting', 'running']));
  });
});

describe('a process that crashes', () => {
  it('comes back after a wait that doubles, up to 3 s, and starts over after a stable time', () => {
    startAll();
    for (const wait of [100, 200, 400, 800, 1600, 3000, 3000, 3000, 3000]) {
      latest('api').exit();
      expect(stateOf('api')).toMatchObject({ state: 'restarting', pid: null });
      const before = children.length;
      clock.advance(wait - 1);
      expect(children).toHaveLength(before);
      clock.advance(1);
      expect(children).toHaveLength(before + 1);
    }
    latest('api').say(SERVING);
    clock.advance(30_000);
    latest('api').exit();
    const before = children.length;
    clock.advance(100);
    expect(children).toHaveLength(before + 1);
    expect(stateOf('api')?.restarts).toBe(10);
  });

  it('is told of to whoever hands out the tokens each time it serves again', () => {
    startAll();
    latest('api').exit();
    expect(supervisor.status()).toMatchObject({ state: 'degraded', api: null });
    clock.advance(100);
    latest('api').say(SERVING);
    expect(served).toBe(2);
    expect(stateOf('api')).toMatchObject({ state: 'running', failure: null, restarts: 1 });
  });

  it('does not take the others with it when it is the database', () => {
    startAll();
    latest('database').exit();
    clock.advance(100);
    latest('database').say({ type: 'ready', process: 'database', database: DATABASE });
    expect(children.map(({ name }) => name)).toEqual([
      'database',
      'integrator',
      'api',
      'resolver',
      'database',
    ]);
  });

  it('lets the probes know when the scan plane serves somewhere else, and only then', async () => {
    const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
    const probes = () => children.filter(({ name }) => name === 'probes').length;
    startAll();
    await settled();
    const again = async (resolver: string): Promise<number> => {
      latest('resolver').exit();
      clock.advance(500);
      latest('resolver').say({ ...RESOLVING, resolver });
      await settled();
      return probes();
    };
    expect(probes()).toBe(1);
    expect(await again(RESOLVING.resolver)).toBe(1);
    expect(await again('http://127.0.0.1:9999')).toBe(2);
  });

  it('takes the others with it when the database comes back somewhere else', async () => {
    startAll();
    latest('database').exit();
    clock.advance(100);
    latest('database').say({ type: 'ready', process: 'database', database: { ...DATABASE, port: 6000 } });
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(children.map(({ name }) => name).slice(6)).toEqual(['integrator', 'api', 'resolver']);
  });
});

describe('a process that hangs', () => {
  it('is killed after 10 s without an answer and comes back', () => {
    startAll();
    const hanging = latest('integrator');
    hanging.answersPings = false;
    clock.advance(9_000);
    expect(hanging.killed).toBe(false);
    clock.advance(5_000);
    expect(hanging.killed).toBe(true);
    expect(latest('integrator')).not.toBe(hanging);
  });

  it('is left alone while it answers', () => {
    startAll();
    clock.advance(10 * 60_000);
    expect(children.every(({ killed }) => !killed)).toBe(true);
  });

  it('is killed when it never becomes ready', () => {
    supervisor.start();
    clock.advance(120_000);
    expect(children[0]?.killed).toBe(true);
  });
});

describe('a failure that needs a person', () => {
  it('is shown with its sentence and tried again only every 15 s', () => {
    supervisor.start();
    const failed = { type: 'failed', code: 'data-dir-in-use', message: 'Stop the other one.' } as const;
    latest('database').say(failed);
    latest('database').exit();
    expect(supervisor.status()).toMatchObject({ state: 'down' });
    expect(stateOf('database')).toMatchObject({ state: 'failed', failure: { code: 'data-dir-in-use' } });
    clock.advance(14_999);
    expect(children).toHaveLength(1);
    clock.advance(1);
    expect(children).toHaveLength(2);
  });

  it('is tried at once when somebody asks', () => {
    supervisor.start();
    latest('database').say({ type: 'failed', code: 'disk-full', message: 'Free some space.' });
    latest('database').exit();
    supervisor.start();
    expect(children).toHaveLength(2);
  });
});

describe('a stop', () => {
  it('ends the database after all others, and nothing comes back', async () => {
    startAll();
    const order: ProcessName[] = [];
    for (const child of children) {
      const send = child.send.bind(child);
      child.send = (message) => {
        if (message.type === 'stop') order.push(child.name);
        send(message);
      };
    }
    await supervisor.stop();
    expect(order).toEqual(['integrator', 'api', 'resolver', 'database']);
    clock.advance(60_000);
    expect(children).toHaveLength(4);
    expect(supervisor.status().state).toBe('stopped');
  });

  it('kills after 15 s what does not stop', async () => {
    startAll();
    const stubborn = latest('api');
    stubborn.send = () => undefined;
    const stopping = supervisor.stop();
    clock.advance(15_000);
    await stopping;
    expect(stubborn.killed).toBe(true);
  });

  it('also ends a process that is just starting', async () => {
    supervisor.start();
    await supervisor.stop();
    latest('database').say({ type: 'ready', process: 'database', database: DATABASE });
    expect(children).toHaveLength(1);
  });
});

describe('a crash while nobody can give keys', () => {
  it('leaves the process down, says why, and is over at the next start', () => {
    startAll();
    keysThere = false;
    latest('integrator').exit();
    clock.advance(60_000);
    expect(supervisor.status().state).toBe('degraded');
    expect(stateOf('integrator')).toMatchObject({ state: 'stopped', pid: null });
    expect(stateOf('integrator')?.failure?.message).toContain('locked');
    for (const name of ['api', 'resolver', 'database'] as const) latest(name).exit();
    clock.advance(60_000);
    expect(supervisor.status().state).toBe('down');
    keysThere = true;
    startAll();
    expect(supervisor.status().state).toBe('running');
  });
});
