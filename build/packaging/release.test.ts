import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newReleaseKey, releaseKeyOf, signRelease } from './release.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-release-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** That a console takes what is signed here is tested in electron/updates. */
describe('the release tool', () => {
  it('makes a key that nobody else reads, and never overwrites one', () => {
    const file = join(folder, 'release.pem');
    expect(newReleaseKey(file)).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(() => newReleaseKey(file)).toThrow(/EEXIST/);
  });

  it('signs nothing without a key, and says which variables name it', () => {
    expect(() => releaseKeyOf({})).toThrow(/SALLYPORT_RELEASE_KEY_FILE.*SALLYPORT_RELEASE_KEY_ID/s);
  });

  it('refuses a file without its system', () => {
    const file = join(folder, 'release.pem');
    newReleaseKey(file);
    writeFileSync(join(folder, 'package'), 'x');
    const signer = releaseKeyOf({ SALLYPORT_RELEASE_KEY_FILE: file, SALLYPORT_RELEASE_KEY_ID: 'r' });
    const order = { version: '1.0.0', channel: 'stable', sequence: 1, days: 1, now: new Date(), signer };
    expect(() => signRelease({ ...order, files: [join(folder, 'package')] })).toThrow(
      expect.objectContaining({ code: 'target-unknown' }),
    );
    expect(
      JSON.parse(signRelease({ ...order, files: [`linux-x64=${join(folder, 'package')}`] })),
    ).toMatchObject({ keyId: 'r' });
  });
});
