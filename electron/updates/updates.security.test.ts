import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newReleaseKey, releaseKeyOf, signRelease } from '../../build/packaging/release.mjs';
import { updateReport } from '../../shared/ipc/updates.ts';
import { createUpdates } from './channel.ts';
import type { ReleaseKey } from './manifest.ts';
import { RELEASE_KEYS } from './release-keys.ts';

const NOW = new Date('2026-03-01T12:00:00.000Z');
const NAME = 'sallyport-2.0.0-linux-x64.AppImage';

let folder = '';
let keys: ReleaseKey[] = [];
let signer: ReturnType<typeof releaseKeyOf>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-updates-'));
  mkdirSync(join(folder, 'brought'));
  writeFileSync(join(folder, 'brought', NAME), 'the bytes of a package');
  const file = join(folder, 'release.pem');
  keys = [{ id: 'release-1', publicKey: newReleaseKey(file) }];
  signer = releaseKeyOf({ SALLYPORT_RELEASE_KEY_FILE: file, SALLYPORT_RELEASE_KEY_ID: 'release-1' });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const brought = (name: string) => join(folder, 'brought', name);
const manifestPath = () => brought('release.json');

type Order = Partial<Parameters<typeof signRelease>[0]>;

/** Signs a release and lays it where a person would have put it. */
function bring(change: Order = {}): void {
  const order = {
    version: '2.0.0',
    channel: 'stable',
    sequence: 7,
    days: 90,
    now: NOW,
    files: [`linux-x64=${brought(NAME)}`],
    signer,
  };
  writeFileSync(manifestPath(), signRelease({ ...order, ...change }));
}

const console_ = (change: object = {}) =>
  createUpdates({
    ...{ keys, channel: 'stable', version: '1.4.2', platform: 'linux', arch: 'x64' },
    ...{ folder: join(folder, 'updates'), now: () => NOW, choose: async () => manifestPath() },
    ...change,
  });
const refusal = async (change: object = {}) => (await console_(change).check()).refused?.code ?? null;
const taken = () =>
  existsSync(join(folder, 'updates', 'packages')) ? readdirSync(join(folder, 'updates', 'packages')) : [];

/** Changes a manifest that was signed, without the key. */
function tamper(change: (manifest: Record<string, unknown>) => void): void {
  const envelope = JSON.parse(readFileSync(manifestPath(), 'utf8'));
  const manifest = JSON.parse(Buffer.from(envelope.payload, 'base64url').toString());
  change(manifest);
  envelope.payload = Buffer.from(JSON.stringify(manifest)).toString('base64url');
  writeFileSync(manifestPath(), JSON.stringify(envelope));
}

describe('a release that a pinned key signed', () => {
  it('is found, and its package is taken whole into a folder of ours', async () => {
    bring();
    const report = updateReport.parse(await console_().check());
    const path = join(folder, 'updates', 'packages', NAME);
    expect(report).toMatchObject({
      state: 'open',
      refused: null,
      found: { version: '2.0.0', sequence: 7, isNewer: true, path },
    });
    expect(readFileSync(path, 'utf8')).toBe('the bytes of a package');
    expect([statSync(path).mode & 0o777, statSync(join(folder, 'updates')).mode & 0o777]).toEqual([
      0o600, 0o700,
    ]);
  });

  it('may be looked at again, and of the version that runs nothing is taken', async () => {
    bring();
    expect(await refusal()).toBeNull();
    expect(await refusal()).toBeNull();
    const report = await console_({ version: '2.0.0' }).check();
    expect(report.found).toMatchObject({ isNewer: false, path: null });
  });

  it('is nothing to a person who chooses no file', async () => {
    expect(await console_({ choose: async () => null }).check()).toMatchObject({
      found: null,
      refused: null,
    });
  });
});

describe('forging', () => {
  it.each<[string, (manifest: Record<string, unknown>) => void]>([
    ['the version', (manifest) => Object.assign(manifest, { version: '9.0.0' })],
    ['the number', (manifest) => Object.assign(manifest, { sequence: 99 })],
    ['the last day', (manifest) => Object.assign(manifest, { expiresAt: '2030-01-01T00:00:00.000Z' })],
    [
      'the digest of a file',
      (manifest) => Object.assign((manifest.files as object[])[0] ?? {}, { sha512: '0'.repeat(128) }),
    ],
  ])('%s is refused', async (_what, change) => {
    bring();
    tamper(change);
    expect(await refusal()).toBe('forged');
    expect(taken()).toEqual([]);
    expect(existsSync(join(folder, 'updates', 'seen-release.json'))).toBe(false);
  });

  it('one bit of the signature is refused', async () => {
    bring();
    const envelope = JSON.parse(readFileSync(manifestPath(), 'utf8'));
    const signature = Buffer.from(envelope.signature, 'base64url');
    signature[0] = (signature[0] ?? 0) ^ 1;
    writeFileSync(
      manifestPath(),
      JSON.stringify({ ...envelope, signature: signature.toString('base64url') }),
    );
    expect(await refusal()).toBe('forged');
  });

  it('with a key of one’s own is refused, under its own name and under ours', async () => {
    const file = join(folder, 'foreign.pem');
    newReleaseKey(file);
    const as = (id: string) =>
      releaseKeyOf({ SALLYPORT_RELEASE_KEY_FILE: file, SALLYPORT_RELEASE_KEY_ID: id });
    bring({ signer: as('release-2') });
    expect(await refusal()).toBe('foreign');
    bring({ signer: as('release-1') });
    expect(await refusal()).toBe('forged');
  });

  it('a signature that was made for something else is refused', async () => {
    bring();
    const envelope = JSON.parse(readFileSync(manifestPath(), 'utf8'));
    const { sign } = await import('node:crypto');
    const signature = sign(null, Buffer.from(envelope.payload, 'base64url'), signer.key).toString(
      'base64url',
    );
    writeFileSync(manifestPath(), JSON.stringify({ ...envelope, signature }));
    expect(await refusal()).toBe('forged');
  });

  it.each([
    '',
    '{',
    '[]',
    'null',
    `{"payload":"","keyId":"release-1","signature":""}`.repeat(2),
    'x'.repeat(70_000),
  ])('a file that is no manifest is refused (%#)', async (text) => {
    writeFileSync(manifestPath(), text);
    expect(await refusal()).toBe('malformed');
  });

  it('a signed manifest that is not of this form is refused', async () => {
    bring({ channel: 'Stable Channel' });
    expect(await refusal()).toBe('malformed');
    bring({ version: '2.0.0-beta.1' });
    expect(await refusal()).toBe('malformed');
  });
});

describe('rolling back', () => {
  it('to an older number is refused, also with a newer version', async () => {
    bring({ sequence: 8 });
    expect(await refusal()).toBeNull();
    bring({ sequence: 7, version: '3.0.0' });
    expect(await refusal()).toBe('rolled-back');
  });

  it('to an older version is refused, also under a newer number', async () => {
    bring({ sequence: 9, version: '1.4.1' });
    expect(await refusal()).toBe('rolled-back');
    bring({ sequence: 9, version: '2.0.0' });
    expect(await refusal()).toBeNull();
    // 1.9.0 is newer than what runs, and older than what was seen.
    bring({ sequence: 10, version: '1.9.0' });
    expect(await refusal()).toBe('rolled-back');
  });

  it('compares numbers and not text', async () => {
    bring({ version: '1.10.0' });
    expect(await refusal()).toBeNull();
  });

  it('by two manifests of one number is said', async () => {
    bring();
    expect(await refusal()).toBeNull();
    bring({ days: 91 });
    expect(await refusal()).toBe('forked');
  });

  it('by damaging what is remembered is refused', async () => {
    bring();
    expect(await refusal()).toBeNull();
    writeFileSync(join(folder, 'updates', 'seen-release.json'), '{}');
    expect(await refusal()).toBe('floor-unreadable');
  });

  it('by holding back what is new ends when the manifest expires', async () => {
    bring({ days: 1 });
    expect(await refusal({ now: () => new Date(NOW.getTime() + 25 * 60 * 60 * 1000) })).toBe('expired');
    bring({ now: new Date(NOW.getTime() + 60 * 60 * 1000) });
    expect(await refusal()).toBe('expired');
  });
});

describe('a foreign or damaged package', () => {
  it('of another channel, system or product is refused', async () => {
    bring({ channel: 'nightly' });
    expect(await refusal()).toBe('other-channel');
    bring({ files: [`darwin-arm64=${brought(NAME)}`] });
    expect(await refusal()).toBe('no-package');
    // It was a genuine release of ours all the same: nothing before it comes back.
    bring({ sequence: 6 });
    expect(await refusal()).toBe('rolled-back');
  });

  it.each([
    ['one byte', 'the bytes of a packagE'],
    ['its end', 'the bytes of a pack'],
    ['more than was signed', 'the bytes of a package, and more'],
  ])('that differs in %s is refused, and nothing of it is kept', async (_what, text) => {
    bring();
    writeFileSync(brought(NAME), text);
    expect(await refusal()).toBe('damaged');
    expect(taken()).toEqual([]);
  });

  it('that is not there, or is no file, is said', async () => {
    bring();
    rmSync(brought(NAME));
    expect(await refusal()).toBe('no-package');
    execFileSync('mkfifo', [brought(NAME)]);
    expect(await refusal()).toBe('no-package');
    expect(taken()).toEqual([]);
  });

  it('cannot name a path', async () => {
    const outside = join(folder, 'outside');
    writeFileSync(outside, 'x');
    const sha512 = createHash('sha512').update('x').digest('hex');
    const payload = Buffer.from(
      JSON.stringify({
        ...{ product: 'sallyport', channel: 'stable', sequence: 7, version: '2.0.0' },
        ...{ issuedAt: NOW.toISOString(), expiresAt: new Date(NOW.getTime() + 1e9).toISOString() },
        files: [{ platform: 'linux', arch: 'x64', name: '../outside', bytes: 1, sha512 }],
      }),
    );
    const { sign } = await import('node:crypto');
    const signature = sign(
      null,
      Buffer.concat([Buffer.from('sallyport release manifest v1\n'), payload]),
      signer.key,
    );
    const envelope = {
      payload: payload.toString('base64url'),
      keyId: 'release-1',
      signature: signature.toString('base64url'),
    };
    writeFileSync(manifestPath(), JSON.stringify(envelope));
    expect(await refusal()).toBe('malformed');
  });
});

describe('a build without a release key', () => {
  it('is what stands in the repository, and takes nothing', async () => {
    expect(RELEASE_KEYS).toEqual([]);
    let asked = 0;
    const closed = console_({
      keys: RELEASE_KEYS,
      choose: async () => {
        asked += 1;
        return null;
      },
    });
    expect(await closed.check()).toMatchObject({ state: 'closed', found: null });
    expect(asked).toBe(0);
  });
});
