import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { endSession, RUN_VARIABLE, runFolder, sweep } from './sweep.mjs';

describe.runIf(process.platform === 'linux')('the sweep after a run', () => {
  const idOf = (name: string): string => `sweep-${name}-${process.pid}`;
  const sleeper = (env: NodeJS.ProcessEnv) =>
    spawn(process.execPath, ['-e', 'process.stdout.write("up"); setInterval(() => {}, 1000)'], {
      env: { PATH: process.env.PATH, ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });

  /** A zombie does not: whoever inherited it may leave its exit status unread. */
  const runs = (pid: number): boolean => {
    try {
      return !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
    } catch {
      return false;
    }
  };

  it('ends a process that left the session, and removes the folder', async () => {
    const id = idOf('one');
    mkdirSync(runFolder(id));
    const child = sleeper({ [RUN_VARIABLE]: id });
    await once(child.stdout, 'data');
    const ended = once(child, 'exit');
    expect(sweep(id, undefined)).toEqual([`node (${child.pid})`]);
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(existsSync(runFolder(id))).toBe(false);
  });

  it('ends a process of the session that hides its environment', async () => {
    const child = sleeper({});
    await once(child.stdout, 'data');
    const ended = once(child, 'exit');
    sweep(idOf('two'), child.pid);
    expect(await ended).toEqual([null, 'SIGKILL']);
  });

  it('ends what is left of a session when its leader has ended, whatever its environment says', async () => {
    const script = `
      const { spawn } = require('node:child_process');
      const left = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { env: {}, stdio: 'ignore' });
      process.stdout.write(String(left.pid));
      process.stdin.once('data', () => process.exit());`;
    const leader = spawn(process.execPath, ['-e', script], {
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const left = Number((await once(leader.stdout, 'data'))[0]);
    const exited = once(leader, 'exit');
    leader.stdin.write('go');
    await exited;
    expect(runs(left)).toBe(true);
    expect(endSession(leader.pid)).toEqual([`node (${left})`]);
    expect(runs(left)).toBe(false);
    expect(endSession(undefined)).toEqual([]);
  });

  it('leaves processes of other runs alone', async () => {
    const child = sleeper({ [RUN_VARIABLE]: idOf('three') });
    await once(child.stdout, 'data');
    expect(sweep(idOf('four'), undefined)).toEqual([]);
    expect(child.exitCode).toBeNull();
    const ended = once(child, 'exit');
    child.kill();
    await ended;
  });
});
