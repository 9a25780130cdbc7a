import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { linkPackages } from './packages.mjs';

describe.runIf(process.platform === 'linux')('the packages of a stage', () => {
  let base = '';
  const at = (...names: string[]): string => join(base, ...names);
  const lock = (content: string): void => writeFileSync(at('clone', 'package-lock.json'), content);
  const kept = (): string[] => readdirSync(at('cache', 'packages'));
  const inode = (...names: string[]): number => lstatSync(at(...names)).ino;

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'packages-'));
    vi.stubEnv('SALLYPORT_CACHE', at('cache'));
    mkdirSync(at('clone', 'node_modules', 'a'), { recursive: true });
    mkdirSync(at('clone', 'node_modules', '.vite'));
    writeFileSync(at('clone', 'node_modules', 'a', 'index.js'), 'a');
    symlinkSync('a/index.js', at('clone', 'node_modules', 'link'));
    mkdirSync(at('stage'));
    lock('one');
  });
  afterEach(() => rmSync(base, { recursive: true }));

  it('are links to the clone’s, without the drafts of its tools', async () => {
    await linkPackages(at('clone'), at('stage'));
    expect(readdirSync(at('stage', 'node_modules')).sort()).toEqual(['.staged', 'a', 'link']);
    expect(inode('stage', 'node_modules', 'a', 'index.js')).toBe(
      inode('clone', 'node_modules', 'a', 'index.js'),
    );
    expect(existsSync(at('clone', 'node_modules', '.staged'))).toBe(false);
    expect(existsSync(at('clone', 'node_modules', '.vite'))).toBe(true);
  });

  it('are copies when others may not read the clone’s, which keeps its modes', async () => {
    chmodSync(at('clone', 'node_modules', 'a', 'index.js'), 0o600);
    await linkPackages(at('clone'), at('stage'));
    expect(inode('stage', 'node_modules', 'a', 'index.js')).not.toBe(
      inode('clone', 'node_modules', 'a', 'index.js'),
    );
    expect(lstatSync(at('stage', 'node_modules', 'a', 'index.js')).mode & 0o777).toBe(0o644);
    expect(lstatSync(at('clone', 'node_modules', 'a', 'index.js')).mode & 0o777).toBe(0o600);
  });

  it('follow the lock file, and the trees of the last three are kept', async () => {
    for (const content of ['one', 'two', 'three', 'four']) {
      lock(content);
      writeFileSync(at('clone', 'node_modules', 'a', `${content}.js`), content);
      await linkPackages(at('clone'), at('stage'));
      expect(readFileSync(at('stage', 'node_modules', 'a', `${content}.js`), 'utf8')).toBe(content);
    }
    expect(kept()).toHaveLength(3);
  });

  it('are made once for clones that ask at the same time, and none sees half of them', async () => {
    const stages = ['stage', 'stage-2', 'stage-3'];
    for (const name of stages) mkdirSync(at(name), { recursive: true });
    await Promise.all(stages.map((name) => linkPackages(at('clone'), at(name))));
    expect(kept()).toHaveLength(1);
    for (const name of stages) expect(existsSync(at(name, 'node_modules', 'a', 'index.js'))).toBe(true);
  });

  it('that cannot be reproduced are named with the command, and no stage has half of them', async () => {
    rmSync(at('clone', 'node_modules'), { recursive: true });
    await expect(linkPackages(at('clone'), at('stage'))).rejects.toMatchObject({ code: 'packages' });
    expect(existsSync(at('stage', 'node_modules'))).toBe(false);
    expect(kept()).toEqual([]);
  });
});
