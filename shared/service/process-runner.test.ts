import { describe, expect, it } from 'vitest';
import type { FromProcess, ToProcess } from './launch.ts';
import { ProcessRunner } from './process-runner.ts';

const READY: FromProcess = { type: 'ready', process: 'integrator' };
const NO_KEYS: FromProcess = { type: 'failed', code: 'internal', message: 'The vault was locked.' };

/** One process that ends only when the test says so, and timers that fire only when it says so. */
function rig() {
  const children: { say: (message: FromProcess) => void; exit: () => void; told: ToProcess[] }[] = [];
  let timers: (() => void)[] = [];
  const state = { keys: true };
  const runner = new ProcessRunner({
    name: 'integrator',
    fork: () => {
      let [say, exit] = [(_message: FromProcess): void => undefined, (): void => undefined];
      const told: ToProcess[] = [];
      children.push({ say: (message) => say(message), exit: () => exit(), told });
      return {
        pid: () => children.length,
        send: (message) => told.push(message),
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
    settings: () => ({ process: 'integrator', database: { host: '/run', port: 5432, database: 'x' } }),
    mayStart: () => state.keys,
    onReady: () => undefined,
    onChange: () => undefined,
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
  /** Fires what waits now, the next start above all. */
  const fire = () => {
    for (const run of timers.splice(0)) run();
  };
  const last = () => {
    const child = children.at(-1);
    if (!child) throw new Error('nothing was started');
    return child;
  };
  return { runner, children, state, fire, last };
}

describe('a stop of one process', () => {
  it('asked for twice is over for both who asked', async () => {
    const { runner, last } = rig();
    runner.start();
    const both = Promise.all([runner.stop(), runner.stop()]);
    last().exit();
    await both;
    expect(runner.status.state).toBe('stopped');
  });

  it('does not call stopped what was started again before it ended', async () => {
    const { runner, children, fire, last } = rig();
    runner.start();
    const stopping = runner.stop();
    runner.start();
    last().exit();
    await stopping;
    fire();
    last().say(READY);
    expect(children).toHaveLength(2);
    expect(runner.status.state).toBe('running');
  });
});

describe('a lock before the keys came', () => {
  it('leaves the process down until the unlock, which leads to one that runs', () => {
    const { runner, state, fire, last } = rig();
    runner.start();
    state.keys = false;
    last().say(NO_KEYS);
    last().exit();
    fire();
    expect(runner.status).toMatchObject({ state: 'stopped', pid: null });
    state.keys = true;
    runner.start();
    last().say(READY);
    expect(runner.status).toMatchObject({ state: 'running', failure: null });
  });

  it('is over too when the unlock comes while the process has not ended yet', () => {
    const { runner, children, fire, last } = rig();
    runner.start();
    runner.start();
    expect(children).toHaveLength(1);
    last().say(NO_KEYS);
    last().exit();
    fire();
    last().say(READY);
    expect(children).toHaveLength(2);
    expect(runner.status.state).toBe('running');
  });
});
