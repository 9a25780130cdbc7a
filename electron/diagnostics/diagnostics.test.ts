import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diagnosis } from '../../shared/ipc/diagnostics.ts';
import type { VaultStatus } from '../../shared/ipc/vault.ts';
import { consoleCheckOf } from './console-check.ts';
import { examine } from './examine.ts';
import { examineFuses } from './fuses.ts';
import { examineKeychain } from './keychain.ts';
import { examineRuntime } from './runtime.ts';
import { examineSandbox } from './sandbox.ts';

const info = {
  version: '1',
  platform: 'linux',
  electron: '45.4.1',
  chromium: '1',
  node: '20',
  runtime: 'release',
  ...{ packaged: true, practice: false },
} as const;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-fuses-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const executable = (wire: string, before = 10) => {
  const path = join(folder, 'electron');
  const head = Buffer.concat([
    Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'),
    Buffer.from([1, wire.length]),
  ]);
  writeFileSync(path, Buffer.concat([Buffer.alloc(before, 'x'), head, Buffer.from(wire), Buffer.alloc(10)]));
  return path;
};

describe('self-attestation', () => {
  it('answers every step in the one shape, also where there is nothing to look at', async () => {
    const run = examine({
      info: () => ({ ...info }),
      vaultStatus: () => null,
      attackKeychain: async () => null,
      rendererPid: () => null,
      executable: join(folder, 'absent'),
      processes: () => [],
      doors: {},
      updates: { name: 'stable', keyIds: ['k'], floor: () => null },
      readArchive: () => {
        throw new Error('none');
      },
      pid: -1,
      cluster: join(folder, 'absent'),
      now: () => 0,
    });
    const found = await run();
    expect(found.map((one) => diagnosis.parse(one).step)).toEqual(diagnosis.shape.step.options);
    const seen = found.filter(({ status }) => status !== 'unknown').map(({ step }) => step);
    expect(seen).toEqual(['runtime', 'updates']);
  });

  it('calls a development runtime what it is', () => {
    expect(examineRuntime({ ...info }).status).toBe('ok');
    expect(examineRuntime({ ...info, runtime: 'development' })).toMatchObject({ status: 'weak' });
  });

  const vault = { keychain: 'system', protection: 'passphrase-and-keychain' } as VaultStatus;
  const good = { keeps: true, discerns: true, forgets: true };

  it.each([
    ['holds', vault, good, 'ok'],
    ['answers no more', vault, 'missing', 'weak'],
    ['is not there', { ...vault, keychain: 'missing' }, 'missing', 'weak'],
    ['was not there when it was last asked for', { ...vault, keychain: 'missing' }, null, 'weak'],
    ['is back', { ...vault, keychain: 'missing' }, good, 'ok'],
    [
      'is back and keeps no half',
      { ...vault, keychain: 'missing', protection: 'passphrase-only' },
      ...([good, 'weak'] as const),
    ],
    ['keeps no half', { ...vault, protection: 'passphrase-only' }, good, 'weak'],
    ['loses what it is given', vault, { ...good, keeps: false }, 'failed'],
    ['answers to any name', vault, { ...good, discerns: false }, 'failed'],
    ['forgets nothing', vault, { ...good, forgets: false }, 'failed'],
    ['cannot be tried while the vault is locked', vault, null, 'unknown'],
  ] as const)('finds out that a keychain %s', async (_, status, attack, expected) => {
    const found = await examineKeychain(status as VaultStatus, async () => attack);
    expect(found.status).toBe(expected);
    expect(found.remedy === null).toBe(expected === 'ok' || expected === 'unknown');
  });

  it('does not take a keychain for a safe one whose attack failed', async () => {
    const fails = () => Promise.reject(new Error('gone'));
    expect((await examineKeychain(vault, fails)).status).toBe('unknown');
  });

  it('reports each step as it was found, and what was not taken as unknown', async () => {
    const keychain = { step: 'keychain', title: 'x', status: 'weak', evidence: 'e'.repeat(500) } as const;
    let time = 5;
    const check = consoleCheckOf({
      examine: async () => [{ ...keychain, remedy: null }],
      packaged: () => true,
      now: () => (time += 7),
    });
    expect(await check()).toEqual({
      ...{ packaged: true, durationMs: 7, keychain: { status: 'weak', evidence: 'e'.repeat(300) } },
      fuses: { status: 'unknown', evidence: expect.any(String) },
      sandbox: { status: 'unknown', evidence: expect.any(String) },
    });
  });

  /** What the kernel says of main and of a page: a mode, and how many filters where it counts them. */
  const lookAtPage = (main: string | null, page: string | null) =>
    examineSandbox({
      ...{ platform: 'linux', pid: 1, rendererPid: () => 7 },
      readFile: async (path) => {
        const said = path === '/proc/1/status' ? main : page;
        if (said === null) throw Object.assign(new Error('gone'), { code: 'ENOENT' });
        const [mode, count] = said.split(' ');
        const counted = count === undefined ? '' : `Seccomp_filters:\t${count}\n`;
        return `Name:\telectron\n${mode === '' ? '' : `Seccomp:\t${mode}\n`}${counted}`;
      },
    });

  it.each([
    ['a filter of its own', '0 0', '2 1', 'ok'],
    ['one, on a kernel that does not count them', '0', '2', 'ok'],
    ['one more than a container gave to all', '2 1', '2 2', 'ok'],
    ['none', '0 0', '0 0', 'failed'],
    ['only what a container gave to all', '2 1', '2 1', 'failed'],
    ['one, but main has too and nobody counts', '2', '2', 'unknown'],
    ['one, but main has too and only its are counted', '2 1', '2', 'unknown'],
    ['one, but nothing is said of main', '', '2 1', 'unknown'],
    ['one, but main cannot be read', null, '2 1', 'unknown'],
    ['nothing that the kernel says', '0 0', '', 'unknown'],
    ['gone', '0 0', null, 'unknown'],
  ])('judges a page by what confines it beyond main: it has %s', async (_what, main, page, status) => {
    const found = await lookAtPage(main, page);
    expect(found.status).toBe(status);
    expect(found.remedy === null).toBe(status !== 'failed');
  });

  it('finds the fuse wire wherever it lies, and names each fuse that is not as shipped', async () => {
    const chunk = 4 * 1024 * 1024;
    for (const before of [0, chunk - 40, chunk - 33, chunk - 5, chunk])
      expect((await examineFuses(executable('01001100', before))).status).toBe('ok');
    const found = await examineFuses(executable('11011100'));
    expect(found).toMatchObject({ status: 'weak' });
    expect(found.evidence).toBe('Not as shipped: RunAsNode, EnableNodeCliInspectArguments.');
    writeFileSync(join(folder, 'plain'), 'no fuses here');
    expect((await examineFuses(join(folder, 'plain'))).status).toBe('unknown');
  });
});
