import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { PackagingError } from './packaging-error.mjs';

/** What electron/updates/manifest.ts expects before the payload. */
const PURPOSE = 'sallyport release manifest v1\n';
const DAY_MS = 24 * 60 * 60 * 1000;

/** The raw public half of an Ed25519 key. @param {import('node:crypto').KeyObject} key */
const publicHalf = (key) => createPublicKey(key).export({ format: 'jwk' }).x ?? '';

/**
 * Makes a release key. The private half goes to a file that nobody else may read and that was not there before.
 * @param {string} path
 * @returns {string} the public half, for electron/updates/release-keys.ts
 */
export function newReleaseKey(path) {
  const { privateKey } = generateKeyPairSync('ed25519');
  writeFileSync(path, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600, flag: 'wx' });
  return publicHalf(privateKey);
}

/** @param {NodeJS.ProcessEnv} env */
export function releaseKeyOf({ SALLYPORT_RELEASE_KEY_FILE: file, SALLYPORT_RELEASE_KEY_ID: id }) {
  if (!file || !id)
    throw new PackagingError(
      'signing-missing',
      'A manifest is signed or not made: set SALLYPORT_RELEASE_KEY_FILE (made by: node build/release.mjs new-key FILE) and SALLYPORT_RELEASE_KEY_ID.',
    );
  return { id, key: createPrivateKey(readFileSync(file)) };
}

/** @param {string} named `linux-x64=FILE` */
function fileOf(named) {
  const [, platform, arch, path = ''] = /^(linux|darwin|win32)-(x64|arm64)=(.+)$/.exec(named) ?? [];
  if (!platform)
    throw new PackagingError(
      'target-unknown',
      `${named} is not SYSTEM-ARCH=FILE, such as linux-x64=sallyport.AppImage.`,
    );
  const sha512 = createHash('sha512').update(readFileSync(path)).digest('hex');
  return { platform, arch, name: basename(path), bytes: statSync(path).size, sha512 };
}

/**
 * Signs what was packaged. Bytes are signed as they stand in the file, so nobody has to agree on a canonical form.
 * @param {{ version: string, channel: string, sequence: number, days: number, now: Date, files: string[], signer: ReturnType<typeof releaseKeyOf> }} order
 * @returns {string} the text of the manifest's file
 */
export function signRelease({ version, channel, sequence, days, now, files, signer }) {
  const manifest = {
    ...{ product: 'sallyport', channel, sequence, version, issuedAt: now.toISOString() },
    expiresAt: new Date(now.getTime() + days * DAY_MS).toISOString(),
    files: files.map(fileOf),
  };
  const payload = Buffer.from(JSON.stringify(manifest));
  const signature = sign(null, Buffer.concat([Buffer.from(PURPOSE), payload]), signer.key);
  const envelope = {
    payload: payload.toString('base64url'),
    keyId: signer.id,
    signature: signature.toString('base64url'),
  };
  return `${JSON.stringify(envelope, null, 2)}\n`;
}
