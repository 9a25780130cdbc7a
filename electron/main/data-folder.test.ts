import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataFolderError, mayHoldVault, prepareDataFolders } from './data-folder.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-data-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('data folders', () => {
  it('are made for this user only, under any umask', () => {
    const before = process.umask(0);
    try {
      const folders = prepareDataFolders(join(folder, 'a', 'b'));
      for (const path of [folders.root, folders.vault, folders.service, folders.operators, folders.logs])
        expect(statSync(path).mode & 0o777).toBe(0o700);
    } finally {
      process.umask(before);
    }
  });

  it('that cannot be made are a sentence with the folder and what to do', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const attempt = () => prepareDataFolders(join(file, 'data'));
    expect(attempt).toThrow(DataFolderError);
    expect(attempt).toThrow(/file\/data.*writable/);
  });

  it('leave no probe behind, and are not stopped by that of a console that starts beside them', () => {
    writeFileSync(join(folder, '.writable'), '');
    writeFileSync(join(folder, `.writable-${process.pid}`), '');
    const { root } = prepareDataFolders(folder);
    expect(readdirSync(root)).not.toContain(`.writable-${process.pid}`);
  });
});

describe('a look for the vault', () => {
  it('tells an empty folder from one that holds something', () => {
    const { vault } = prepareDataFolders(folder);
    expect(mayHoldVault(vault)).toBe(false);
    writeFileSync(join(vault, 'vault'), '');
    expect(mayHoldVault(vault)).toBe(true);
  });

  it('does not fail, nor offer to create another, when the folder is gone', () => {
    expect(mayHoldVault(join(folder, 'gone'))).toBe(true);
  });
});
