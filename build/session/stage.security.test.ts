import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bringBack } from './bring-back.mjs';
import { givenFolder, ownFolder, removeTree } from './folders.mjs';
import { mirror } from './mirror.mjs';
import { takeOver } from './user.mjs';

const self = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
/** The user that a run drops to. Only root can give something away; without root the caller stands for both. */
const user = self.uid === 0 ? { uid: 65_534, gid: 65_534 } : self;

describe.runIf(process.platform === 'linux')('the border between root and the unprivileged user', () => {
  let base = '';
  const at = (...names: string[]): string => join(base, ...names);
  /** What the attacker wants: somebody else's folder, with a file in it. */
  const victim = (): string => at('victim');

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'border-'));
    mkdirSync(victim(), { mode: 0o700 });
    writeFileSync(at('victim', 'shadow'), 'a secret', { mode: 0o600 });
  });
  afterEach(() => rmSync(base, { recursive: true }));

  const expectUntouched = (): void => {
    const folder = lstatSync(victim());
    expect({ uid: folder.uid, gid: folder.gid, mode: folder.mode & 0o777 }).toEqual({ ...self, mode: 0o700 });
    expect(readdirSync(victim())).toEqual(['shadow']);
    expect(readFileSync(at('victim', 'shadow'), 'utf8')).toBe('a secret');
    expect(lstatSync(at('victim', 'shadow')).mode & 0o777).toBe(0o600);
  };

  describe('a link in the stage, left by an earlier run', () => {
    beforeEach(() => {
      mkdirSync(at('clone', 'build'), { recursive: true });
      writeFileSync(at('clone', 'build', 'start.mjs'), 'start');
      writeFileSync(at('clone', 'README.md'), 'read me');
      mkdirSync(at('stage'));
    });

    it.each(['build', 'not-of-the-clone'])(
      'in the place of the folder %s is removed, not followed',
      (name) => {
        symlinkSync(victim(), at('stage', name));
        mirror(at('clone'), at('stage'));
        expectUntouched();
        expect(readdirSync(at('stage')).sort()).toEqual(['README.md', 'build']);
        expect(lstatSync(at('stage', 'build')).isDirectory()).toBe(true);
        expect(readFileSync(at('stage', 'build', 'start.mjs'), 'utf8')).toBe('start');
      },
    );

    it('in the place of a file is removed, not written through', () => {
      symlinkSync(at('victim', 'shadow'), at('stage', 'README.md'));
      mirror(at('clone'), at('stage'));
      expectUntouched();
      expect(lstatSync(at('stage', 'README.md')).isFile()).toBe(true);
    });

    it('in the place of the stage is removed, not followed', () => {
      rmSync(at('stage'), { recursive: true });
      symlinkSync(victim(), at('stage'));
      mirror(at('clone'), at('stage'));
      expectUntouched();
      expect(existsSync(at('stage', 'README.md'))).toBe(true);
    });

    it.each(['out', 'artifacts'])(
      'in the place of the folder %s is removed, and nothing behind it given',
      (name) => {
        symlinkSync(victim(), at('stage', name));
        givenFolder(at('stage', name), user);
        expectUntouched();
        expect(lstatSync(at('stage', name)).isDirectory()).toBe(true);
      },
    );
  });

  describe('a stage that the user could change', () => {
    it('is not made: what is mirrored is the caller’s own and writable by nobody else', () => {
      mkdirSync(at('clone', 'build'), { recursive: true, mode: 0o777 });
      writeFileSync(at('clone', 'build', 'run'), '', { mode: 0o777 });
      mirror(at('clone'), at('stage'));
      for (const path of [at('stage'), at('stage', 'build'), at('stage', 'build', 'run')]) {
        const { uid, mode } = lstatSync(path);
        expect({ uid, others: mode & 0o022 }).toEqual({ uid: self.uid, others: 0 });
      }
    });

    it('is readable by the user under any umask', () => {
      const folders = JSON.stringify(join(import.meta.dirname, 'folders.mjs'));
      const code = `process.umask(0o077); (await import(${folders})).ownFolder(${JSON.stringify(at('stage'))})`;
      execFileSync(process.execPath, ['--input-type=module', '-e', code]);
      expect(lstatSync(at('stage')).mode & 0o777).toBe(0o755);
    });

    it('has folders that are given, and keeps what the user built in them', () => {
      ownFolder(at('stage'));
      givenFolder(at('stage', 'out'), user);
      writeFileSync(at('stage', 'out', 'main.js'), 'built');
      givenFolder(at('stage', 'out'), user);
      expect(statSync(at('stage', 'out')).uid).toBe(user.uid);
      expect(readFileSync(at('stage', 'out', 'main.js'), 'utf8')).toBe('built');
    });
  });

  it('a tree with links out of it is removed without what they lead to', () => {
    mkdirSync(at('run', 'tmp'), { recursive: true });
    symlinkSync(victim(), at('run', 'tmp', 'link'));
    removeTree(at('run'));
    expect(existsSync(at('run'))).toBe(false);
    symlinkSync(victim(), at('run'));
    removeTree(at('run'));
    expectUntouched();
  });

  describe('results that lead out of the run', () => {
    beforeEach(() => mkdirSync(at('artifacts', 'tour'), { recursive: true }));
    const bring = (): string[] =>
      bringBack(at('artifacts'), at('brought'), self).map((path) => path.slice(base.length));

    it('stay behind and are named; plain files come home with their content', () => {
      writeFileSync(at('artifacts', 'tour', 'one.png'), 'a picture', { mode: 0o600 });
      symlinkSync(at('victim', 'shadow'), at('artifacts', 'link'));
      symlinkSync(victim(), at('artifacts', 'tour', 'folder'));
      linkSync(at('victim', 'shadow'), at('artifacts', 'second-name'));
      execFileSync('mkfifo', [at('artifacts', 'pipe')]);
      expect(bring().sort()).toEqual([
        '/brought/link',
        '/brought/pipe',
        '/brought/second-name',
        '/brought/tour/folder',
      ]);
      expect(readdirSync(at('brought'), { recursive: true }).sort()).toEqual(['tour', 'tour/one.png']);
      expect(readFileSync(at('brought', 'tour', 'one.png'), 'utf8')).toBe('a picture');
      expect(lstatSync(at('brought', 'tour', 'one.png')).mode & 0o777).toBe(0o644);
      expectUntouched();
    });

    it('are not read when the results’ folder itself is a link', () => {
      renameSync(at('artifacts'), at('elsewhere'));
      symlinkSync(victim(), at('artifacts'));
      expect(bring).toThrow(expect.objectContaining({ code: 'ENOTDIR' }));
      expect(existsSync(at('brought'))).toBe(false);
    });

    it('are not written through a link at home, and replace what an earlier run brought', () => {
      writeFileSync(at('artifacts', 'tour', 'shadow'), 'new');
      writeFileSync(at('artifacts', 'report.json'), 'new');
      mkdirSync(at('brought'));
      symlinkSync(victim(), at('brought', 'tour'));
      symlinkSync(at('victim', 'shadow'), at('brought', 'report.json'));
      expect(bring()).toEqual([]);
      expectUntouched();
      expect(readFileSync(at('brought', 'report.json'), 'utf8')).toBe('new');
      writeFileSync(at('artifacts', 'report.json'), 'newer');
      bring();
      expect(readFileSync(at('brought', 'report.json'), 'utf8')).toBe('newer');
      expect(readdirSync(at('brought')).sort()).toEqual(['report.json', 'tour']);
    });
  });

  describe('a data directory that is not what it is named', () => {
    const other = { name: 'sallyport', uid: self.uid + 1, gid: self.gid };
    const refused = expect.objectContaining({ code: 'user' });

    it('is not given away through a link, empty as it may be', () => {
      mkdirSync(at('empty'), { mode: 0o755 });
      symlinkSync(at('empty'), at('data'));
      expect(() => takeOver(at('data'), other)).toThrow(refused);
      expect(statSync(at('empty')).uid).toBe(self.uid);
      expect(statSync(at('empty')).mode & 0o777).toBe(0o755);
    });

    it('is not given away with somebody’s files in it', () => {
      expect(() => takeOver(victim(), other)).toThrow(refused);
      expectUntouched();
    });

    it('is left as it is when it is the user’s already', () => {
      takeOver(victim(), { ...self, name: 'sallyport' });
      expectUntouched();
    });
  });
});
