import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { devDependencies } from '../../package.json';
import { PAGE_HEADERS } from '../guards/csp.ts';
import { examineArchive } from './archive.ts';
import { examinePolicy, openIn } from './policy.ts';
import { examineProcesses } from './processes.ts';
import { examineSupport, STABLE_SINCE } from './support.ts';
import { examineUpdates } from './updates.ts';

const POLICY = PAGE_HEADERS['content-security-policy'] ?? '';

describe('the policy of the pages', () => {
  const door = (policy: string | null, status = 200) => ({ app: async () => ({ status, policy }) });

  it('is what each door answers with', async () => {
    const found = await examinePolicy({ doors: { ...door(POLICY), trusted: door(POLICY).app } });
    expect(found).toMatchObject({ status: 'ok', remedy: null });
    expect(found.evidence).toContain(POLICY);
  });

  it.each([
    ['no policy', null, 200],
    ['inline script', POLICY.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'"), 200],
    ['a network', POLICY.replace("connect-src 'none'", 'connect-src https:'), 200],
    ['a network by silence', POLICY.replace("connect-src 'none'; ", ''), 200],
    ['text as markup', POLICY.replace("; require-trusted-types-for 'script'", ''), 200],
    ['pictures of anybody', POLICY.replace("img-src 'self'", 'img-src *'), 200],
    ['a frame of anybody', `${POLICY}; frame-src data:`, 200],
    ['a first word that counts', `script-src *; ${POLICY}`, 200],
    ['another answer', POLICY, 404],
  ])('fails with %s', async (_what, policy, status) => {
    const found = await examinePolicy({ doors: { ok: door(POLICY).app, ...door(policy, status) } });
    expect(found.status).toBe('failed');
    expect(found.evidence).toMatch(/^app: /);
    expect(found.remedy).not.toBeNull();
  });

  it('is not known of a door that does not answer, or where there is none', async () => {
    const silent = { app: () => Promise.reject(new Error('gone')) };
    expect((await examinePolicy({ doors: { ...silent, trusted: door(POLICY).app } })).status).toBe('unknown');
    expect((await examinePolicy({ doors: {} })).status).toBe('unknown');
    // One that is silent hides no other that is open.
    expect((await examinePolicy({ doors: { ...silent, trusted: door(null).app } })).status).toBe('failed');
  });

  it('is read without regard to case and spaces, and the first directive of a name counts', () => {
    expect(openIn(POLICY)).toEqual([]);
    expect(openIn(` ${POLICY.replace('script-src', 'Script-Src')} ;; `)).toEqual([]);
    expect(openIn(`${POLICY}; script-src *`)).toEqual([]);
    expect(openIn('')).toHaveLength(9);
  });
});

describe('the archive', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-archive-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const look = (platform: string, wire: string, change: object = {}) => {
    const executable = join(folder, 'electron');
    const head = Buffer.concat([
      Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'),
      Buffer.from([1, wire.length]),
    ]);
    writeFileSync(executable, Buffer.concat([head, Buffer.from(wire)]));
    return examineArchive({
      ...{ platform, packaged: true, executable },
      readArchive: async function* () {
        yield Buffer.from('abc');
      },
      ...change,
    });
  };
  const SHA256_ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

  it('is held by the system where it enforces the fuses', async () => {
    for (const platform of ['darwin', 'win32'])
      expect(await look(platform, '01001100')).toMatchObject({ status: 'ok', remedy: null });
  });

  it('is not enforced by Linux, and gives a digest to compare instead', async () => {
    const found = await look('linux', '01001100');
    expect(found.status).toBe('weak');
    expect(found.evidence).toContain('not enforced by this system');
    expect(found.evidence).toContain(SHA256_ABC);
  });

  it.each(['linux', 'darwin', 'win32'])('fails on %s with either fuse off', async (platform) => {
    for (const [wire, name] of [
      ['01000100', 'EnableEmbeddedAsarIntegrityValidation'],
      ['01001000', 'OnlyLoadAppFromAsar'],
    ] as const) {
      const found = await look(platform, wire);
      expect(found.status).toBe('failed');
      expect(found.evidence).toContain(name);
    }
  });

  it('is never ok where it cannot be looked at, or is none', async () => {
    const fails = () => {
      throw new Error('gone');
    };
    expect((await look('darwin', '01001100', { readArchive: fails })).status).toBe('unknown');
    const absent = { executable: join(folder, 'absent') };
    expect((await look('darwin', '01001100', absent)).status).toBe('unknown');
    expect(await look('darwin', '01001100', { packaged: false })).toMatchObject({ status: 'weak' });
  });
});

describe('the support window', () => {
  const on = (day: string, electron = '45.4.1') => examineSupport({ electron, now: Date.parse(day) });

  it.each([
    ['2026-10-21', 'ok'],
    ['2027-03-09', 'ok'],
    ['2027-03-10', 'weak'],
    ['2027-04-06', 'weak'],
    ['2027-04-07', 'weak'],
    ['2026-10-20', 'unknown'],
  ])('on %s is %s', (day, status) => {
    const found = on(day);
    expect(found.status).toBe(status);
    expect(found.remedy === null).toBe(status === 'ok');
  });

  it('says the day, and that it has passed', () => {
    expect(on('2026-11-22').evidence).toContain('2027-04-07');
    expect(on('2027-04-07').evidence).toContain('has passed');
  });

  it('is unknown of a version that nobody wrote down, and known of the one that is pinned', () => {
    for (const electron of ['46.0.0', 'unknown', ''])
      expect(on('2026-11-22', electron).status).toBe('unknown');
    expect(STABLE_SINCE[Number(devDependencies.electron.split('.')[0])]).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });
});

describe('the update channel', () => {
  const look = (keyIds: string[], floor: () => number | null) =>
    examineUpdates({ name: 'stable', keyIds, floor });

  it('is ok with a pinned key, and says whose and how far back nothing is taken', () => {
    const found = look(['release-1'], () => 7);
    expect(found).toMatchObject({ status: 'ok', remedy: null });
    for (const said of ['release-1', 'number 7']) expect(found.evidence).toContain(said);
    expect(look(['release-1'], () => null).evidence).toContain('none was seen yet');
  });

  it('is weak without a key, and failed where nobody knows what was seen', () => {
    expect(look([], () => null)).toMatchObject({ status: 'weak', remedy: expect.any(String) });
    const damaged = look(['release-1'], () => {
      throw new Error('damaged');
    });
    expect(damaged).toMatchObject({ status: 'failed', remedy: expect.any(String) });
  });
});

describe('the sandbox of every process', () => {
  const all = [
    { pid: 1, type: 'Browser', name: 'main', sandboxed: false },
    { pid: 2, type: 'Tab', name: 'page', sandboxed: true },
    { pid: 3, type: 'Utility', name: 'Sallyport keeper', sandboxed: false },
    { pid: 4, type: 'GPU', name: 'GPU', sandboxed: undefined },
  ];
  const kernel = (modes: Record<number, string>) => async (path: string) =>
    `Seccomp:\t${modes[Number(path.split('/')[2])] ?? ''}\n`;
  const linux = (modes: Record<number, string>, processes = all) =>
    examineProcesses({
      ...{ platform: 'linux', pid: 1, processes: () => processes },
      readFile: kernel({ 1: '0', ...modes }),
    });

  it('names each process with what the kernel says', async () => {
    const found = await linux({ 1: '0', 2: '2', 3: '0' });
    expect(found).toMatchObject({ status: 'ok', remedy: null });
    expect(found.evidence).toBe('confined: page; not confined: Sallyport keeper, main; not readable: GPU.');
  });

  it('fails with one page that is not confined, and does not know of one that cannot be read', async () => {
    const pages = [...all, { pid: 5, type: 'Tab', name: 'second', sandboxed: true }];
    expect((await linux({ 2: '2', 5: '0' }, pages)).status).toBe('failed');
    expect((await linux({ 2: '2' }, pages)).status).toBe('unknown');
    expect((await linux({}, [])).status).toBe('unknown');
  });

  it('is not what a container gave to all of them', async () => {
    const filtered = { 1: '2\nSeccomp_filters:\t1', 3: '2\nSeccomp_filters:\t1' };
    const found = await linux({ ...filtered, 2: '2\nSeccomp_filters:\t2' });
    expect(found.status).toBe('ok');
    expect(found.evidence).toBe('confined: page; not confined: Sallyport keeper, main; not readable: GPU.');
    expect((await linux({ ...filtered, 2: '2\nSeccomp_filters:\t1' })).status).toBe('failed');
    expect((await linux({ 1: '2', 2: '2' })).status).toBe('unknown');
  });

  it('is what the runtime says on other systems', async () => {
    const look = (sandboxed: boolean | undefined) =>
      examineProcesses({
        ...{ platform: 'darwin', pid: 1 },
        processes: () => [{ pid: 2, type: 'Tab', name: 'page', sandboxed }],
        readFile: () => Promise.reject(new Error('no /proc')),
      });
    expect((await look(true)).status).toBe('ok');
    expect((await look(false)).status).toBe('failed');
    expect((await look(undefined)).status).toBe('unknown');
  });
});
