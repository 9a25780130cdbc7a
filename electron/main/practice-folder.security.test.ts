import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataFolderError, prepareDataFolders } from './data-folder.ts';
import { isPracticeFolder, makePracticeFolder, practiceFolder } from './practice-folder.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sallyport-practice-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const MIXED = expect.objectContaining({ name: 'DataFolderError', code: 'mixed' });
const refusalOf = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};

describe('the practice folder', () => {
  it('is made marked, for this user only, with nothing else beside it, and is found again', () => {
    const before = process.umask(0);
    try {
      const folder = makePracticeFolder(root);
      expect(folder).toBe(practiceFolder(root));
      expect(isPracticeFolder(folder)).toBe(true);
      expect(isPracticeFolder(root)).toBe(false);
      for (const path of [folder, join(folder, 'service')]) expect(statSync(path).mode & 0o777).toBe(0o700);
      expect(readdirSync(root)).toEqual(['practice']);
      expect(makePracticeFolder(root)).toBe(folder);
    } finally {
      process.umask(before);
    }
  });

  it('stays one when a console has been at home in it', () => {
    const folder = makePracticeFolder(root);
    prepareDataFolders(folder);
    writeFileSync(join(folder, 'vault', 'vault.sallyport'), 'x');
    expect(isPracticeFolder(folder)).toBe(true);
    expect(makePracticeFolder(root)).toBe(folder);
  });

  it('is not made where something else lies: real data are never taken for practice', () => {
    const { vault } = prepareDataFolders(practiceFolder(root));
    writeFileSync(join(vault, 'vault.sallyport'), 'real');
    const refused = refusalOf(() => makePracticeFolder(root));
    expect(refused).toEqual(MIXED);
    expect((refused as DataFolderError).message).toMatch(/was not made for practice.*nothing was changed/);
    expect(existsSync(join(vault, 'vault.sallyport'))).toBe(true);
    expect(isPracticeFolder(practiceFolder(root))).toBe(false);
  });

  it('is not found behind a link to a folder of real data, nor in a file', () => {
    const elsewhere = mkdtempSync(join(root, 'real-'));
    prepareDataFolders(elsewhere);
    symlinkSync(elsewhere, practiceFolder(root));
    expect(refusalOf(() => makePracticeFolder(root))).toEqual(MIXED);
    rmSync(practiceFolder(root));
    writeFileSync(practiceFolder(root), '');
    expect(refusalOf(() => makePracticeFolder(root))).toBeInstanceOf(DataFolderError);
  });

  it('leaves nothing half made when the disk takes no more', () => {
    const file = join(root, 'file');
    writeFileSync(file, '');
    expect(refusalOf(() => makePracticeFolder(file))).toBeInstanceOf(Error);
    expect(readdirSync(root)).toEqual(['file']);
  });
});

describe('a mark', () => {
  it('that was added to real data stops the console before it opens anything', () => {
    const practice = makePracticeFolder(root);
    const real = join(root, 'real');
    prepareDataFolders(real);
    writeFileSync(join(real, 'vault', 'vault.sallyport'), 'real');
    copyFileSync(join(practice, 'PRACTICE'), join(real, 'PRACTICE'));
    const refused = refusalOf(() => isPracticeFolder(real));
    expect(refused).toEqual(MIXED);
    expect((refused as DataFolderError).message).toMatch(/never becomes one for practice/);
    rmSync(join(real, 'PRACTICE'));
    expect(isPracticeFolder(real)).toBe(false);
  });

  it('that was taken from sample data stops it as well: they are never shown as real', () => {
    const folder = makePracticeFolder(root);
    rmSync(join(folder, 'PRACTICE'));
    const refused = refusalOf(() => isPracticeFolder(folder));
    expect(refused).toEqual(MIXED);
    expect((refused as DataFolderError).message).toMatch(/never becomes one for real data/);
    expect(refusalOf(() => makePracticeFolder(root))).toEqual(MIXED);
  });

  it('counts whatever it is: a folder or a link of its name is none less', () => {
    const folder = makePracticeFolder(root);
    for (const mark of [join(folder, 'PRACTICE'), join(folder, 'service', 'PRACTICE')]) rmSync(mark);
    mkdirSync(join(folder, 'PRACTICE'));
    expect(refusalOf(() => isPracticeFolder(folder))).toEqual(MIXED);
    symlinkSync('/nonexistent', join(folder, 'service', 'PRACTICE'));
    expect(isPracticeFolder(folder)).toBe(true);
  });
});
