import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RUN_VARIABLE, runFolder, sweep } from './sweep.mjs';

describe.runIf(process.platform === 'linux')('the sweep after a run', () => {
  const idOf = (name: string): string => `sweep-${name}-${process.pid}`;
  const sleeper = (env: NodeJS.ProcessEnv) =>
    spawn(process.execPath, ['-e', 'process.stdout.write("up"); setInterval(() => {}, 1000)'], {
      env: { PATH: process.env.PATH, ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });

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
