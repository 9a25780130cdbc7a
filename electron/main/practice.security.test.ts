import { EventEmitter } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aloneBy, practiceOpener, startOf } from './practice.ts';
import { isPracticeFolder } from './practice-folder.ts';

const PROGRAM = {
  isPackaged: true,
  executable: '/opt/Sallyport/sallyport',
  main: '/opt/Sallyport/out/main/main.js',
  environment: { HOME: '/srv/ada', SALLYPORT_USER_DATA: '/srv/ada/real' },
};

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sallyport-open-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

type Given = Pick<Parameters<typeof practiceOpener>[0]['ground'], 'airGap' | 'isPractice'>;

function opener(given: Partial<Given> = {}, outcome: 'spawn' | 'error' = 'spawn') {
  const child = Object.assign(new EventEmitter(), { unref: vi.fn() });
  const start = vi.fn((_start: ReturnType<typeof startOf>) => {
    setImmediate(() => child.emit(outcome, new Error('spawn /opt ENOENT')));
    return child;
  });
  const ground = { airGap: 'off' as const, isPractice: false, folders: { root }, ...given };
  return { open: practiceOpener({ ground, program: () => PROGRAM, start }), start, child };
}

describe('the program that is started', () => {
  it('is this one, with the practice folder and no switch that this console was started with', () => {
    const { command, args, environment } = startOf(PROGRAM, '/srv/ada/real/practice');
    expect(command).toBe(PROGRAM.executable);
    expect(args).toEqual(['--user-data-dir=/srv/ada/real/practice']);
    expect(environment).toEqual({ HOME: '/srv/ada' });
  });

  it('is given what to run where it is not packaged', () => {
    const { args } = startOf({ ...PROGRAM, isPackaged: false }, '/p');
    expect(args).toEqual([PROGRAM.main, '--user-data-dir=/p']);
  });

  it('is the image that this console runs from, in a package only and never by a relative path', () => {
    const at = (APPIMAGE: string, isPackaged = true) =>
      startOf({ ...PROGRAM, isPackaged, environment: { APPIMAGE } }, '/p').command;
    expect(at('/srv/ada/sallyport.AppImage')).toBe('/srv/ada/sallyport.AppImage');
    expect(at('sallyport.AppImage')).toBe(PROGRAM.executable);
    expect(at('/srv/ada/sallyport.AppImage', false)).toBe(PROGRAM.executable);
  });
});

describe('opening a practice console', () => {
  it('makes its folder first, marked, and lets go of the program', async () => {
    const { open, start, child } = opener();
    await open();
    const folder = join(root, 'practice');
    expect(isPracticeFolder(folder)).toBe(true);
    expect(start.mock.calls[0]?.[0].args).toEqual([`--user-data-dir=${folder}`]);
    expect(child.unref).toHaveBeenCalledOnce();
  });

  it.each([
    ['from a practice console', { isPractice: true }, /practice console already/],
    ['behind the air gap', { airGap: 'enforced' as const }, /air gap is on/],
    ['behind an air gap that is not enforced', { airGap: 'requested' as const }, /air gap is on/],
  ])('is refused %s, and leaves nothing behind', async (_, given, says) => {
    const { open, start } = opener(given);
    await expect(open()).rejects.toMatchObject({
      code: 'not-available',
      message: expect.stringMatching(says),
    });
    expect(start).not.toHaveBeenCalled();
    expect(existsSync(join(root, 'practice'))).toBe(false);
  });

  it('is refused where the folder is somebody else’s, or cannot be made', async () => {
    writeFileSync(join(root, 'practice'), '');
    const { open, start } = opener();
    await expect(open()).rejects.toMatchObject({ code: 'not-available' });
    rmSync(root, { recursive: true });
    await expect(open()).rejects.toMatchObject({
      code: 'not-available',
      message: expect.stringMatching(/could not be made/),
    });
    expect(start).not.toHaveBeenCalled();
  });

  it('that the system does not start is a sentence, and can be tried again', async () => {
    const { open } = opener({}, 'error');
    await expect(open()).rejects.toMatchObject({ code: 'request-failed', retryable: true });
    await expect(opener().open()).resolves.toBeUndefined();
  });
});

describe('a practice console', () => {
  it('is alone, and a real one is not', () => {
    expect(aloneBy({ isPractice: true })).toMatch(/never mix with real data/);
    expect(aloneBy({ isPractice: false })).toBeNull();
  });
});
