import { describe, expect, it } from 'vitest';
import type { FromProcess, ProcessName, ToProcess } from './launch.ts';
import { createSupervisor } from './supervise.ts';

/** A supervisor whose processes do what the test makes them do; no time passes but by `later`. */
function supervised() {
  const children: { name: ProcessName; sent: ToProcess[]; say(message: FromProcess): void; exit(): void }[] =
    [];
  let timers: (() => void)[] = [];
  const supervisor = createSupervisor({
    fork: (name) => {
      let [say, exit]: [(message: FromProcess) => void, () => void] = [() => undefined, () => undefined];
      const sent: ToProcess[] = [];
      children.push({ name, sent, say: (message) => say(message), exit: () => exit() });
      return {
        pid: () => 1,
        send: (message) => {
          sent.push(message);
          if (message.type === 'stop') exit();
        },
        sendKeys: () => undefined,
        onMessage: (listener) => {
          say = listener;
        },
        onExit: (listener) => {
          exit = listener;
        },
        kill: () => exit(),
      };
    },
    settingsFor: () => ({ process: 'database', dataDir: '/d', binaries: '/b' }),
    onStatus: () => undefined,
    onServing: () => undefined,
    setTimer: (run) => {
      timers.push(run);
      return {
        cancel: () => {
          timers = timers.filter((one) => one !== run);
        },
      };
    },
    now: () => 0,
    date: () => new Date(0),
  });
  const of = (name: ProcessName) => children.filter((one) => one.name === name);
  supervisor.start();
  const database = { host: '/run', port: 5432, database: 'sallyport' };
  of('database')[0]?.say({ type: 'ready', process: 'database', database });
  of('integrator')[0]?.say({ type: 'ready', process: 'integrator' });
  const origins = { api: 'http://127.0.0.1:1', adminOrigin: 'http://admin', adminSocket: null };
  of('api')[0]?.say({ type: 'ready', process: 'api', ...origins });
  of('resolver')[0]?.say({ type: 'ready', process: 'resolver', resolver: 'http://127.0.0.1:2' });
  return {
    supervisor,
    workers: () => of('worker'),
    wanted: (is: boolean) => of('api')[0]?.say({ type: 'wanted', process: 'worker', wanted: is }),
    later: () => {
      for (const run of timers.splice(0)) run();
    },
  };
}

describe('the mint worker', () => {
  it('runs only while the api says that there is work, and is no part of the status without', async () => {
    const { supervisor, workers, wanted } = supervised();
    const names = () => supervisor.status().processes.map(({ name }) => name);
    expect(workers()).toHaveLength(0);
    expect(supervisor.status().state).toBe('running');
    wanted(true);
    wanted(true);
    expect(workers()).toHaveLength(1);
    expect(names()).toContain('worker');
    workers()[0]?.say({ type: 'ready', process: 'worker' });
    expect(supervisor.status().state).toBe('running');
    wanted(false);
    expect(workers()[0]?.sent).toContainEqual({ type: 'stop' });
    expect(names()).not.toContain('worker');
  });

  it('comes back after a crash, and not once the service was stopped', async () => {
    const { supervisor, workers, wanted, later } = supervised();
    wanted(true);
    workers()[0]?.exit();
    // Saying it again does not shorten the wait after a crash.
    wanted(true);
    expect(workers()).toHaveLength(1);
    later();
    expect(workers()).toHaveLength(2);
    await supervisor.stop();
    wanted(true);
    later();
    expect(workers()).toHaveLength(2);
  });
});
