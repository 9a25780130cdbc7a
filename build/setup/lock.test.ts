import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tryLock, withLock } from './lock.mjs';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
  path = join(folder, 'a', 'lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a lock', () => {
  it('is held by one, and free again when let go', () => {
    const release = tryLock(path);
    expect(release).toBeTypeOf('function');
    expect(tryLock(path)).toBeUndefined();
    release?.();
    expect(existsSync(path)).toBe(false);
    expect(tryLock(path)).toBeTypeOf('function');
  });

  it('of a process that died is taken over, and leaves nothing beside itself', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    expect(tryLock(path)).toBeTypeOf('function');
    rmSync(path);
    writeFileSync(path, `${child.pid} 1`);
    expect(tryLock(path)).toBeTypeOf('function');
    expect(readdirSync(join(folder, 'a'))).toEqual(['lock']);
  });

  it.runIf(process.platform === 'linux')('is not fooled by an id that is used again', () => {
    tryLock(path);
    writeFileSync(path, `${process.pid} 1`);
    expect(tryLock(path)).toBeTypeOf('function');
  });

  it('lets two pieces of work happen one after the other', async () => {
    const order: string[] = [];
    const work = (name: string) =>
      withLock(path, async () => {
        order.push(`${name} begins`);
        await new Promise(setImmediate);
        order.push(`${name} ends`);
      });
    await Promise.all([work('one'), work('two')]);
    expect(order).toEqual(['one begins', 'one ends', 'two begins', 'two ends']);
  });

  it('is let go when the work fails', async () => {
    await expect(
      withLock(path, async () => {
        throw new Error('broken');
      }),
    ).rejects.toThrow('broken');
    expect(existsSync(path)).toBe(false);
  });
});
