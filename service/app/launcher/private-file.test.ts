import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readIfThere, replacePrivateFile } from './private-file.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-private-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const path = () => join(folder, 'operator.json');

describe('replacing a private file', () => {
  it('makes it, and replaces what it was made from, for this user only', async () => {
    expect(await replacePrivateFile(path(), 'one', undefined)).toBe(true);
    expect(await replacePrivateFile(path(), 'two', 'one')).toBe(true);
    expect(await readFile(path(), 'utf8')).toBe('two');
    expect((await stat(path())).mode & 0o777).toBe(0o600);
  });

  it('leaves what a tool wrote since it was read, and no draft', async () => {
    await writeFile(path(), 'before');
    const read = await readIfThere(path());
    await writeFile(path(), 'the key of a tool');
    expect(await replacePrivateFile(path(), 'without the key', read)).toBe(false);
    expect(await readFile(path(), 'utf8')).toBe('the key of a tool');
    expect(await readdir(folder)).toEqual(['operator.json']);
  });

  it('does not make again what a person removed since', async () => {
    expect(await replacePrivateFile(path(), 'again', 'before')).toBe(false);
    expect(await readdir(folder)).toEqual([]);
  });
});
