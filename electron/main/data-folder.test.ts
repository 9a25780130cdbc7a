import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataFolderError, prepareDataFolders } from './data-folder.ts';

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
});
