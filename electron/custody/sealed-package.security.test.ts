import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { beforeAll, describe, expect, it } from 'vitest';
import { signingHandle } from '../vault/items.ts';
import { CustodyError } from './custody-error.ts';
import { openPackage, parsePackage, sealPackage } from './sealed-package.ts';

const custodian = signingHandle(randomBytes(32));
const stranger = signingHandle(randomBytes(32));
const ceremony = randomUUID();
const secret = randomBytes(64);
let identity: string;
let recipient: string;
let sealed: string;

beforeAll(async () => {
  identity = await generateX25519Identity();
  recipient = await identityToRecipient(identity);
  sealed = await sealPackage(secret, { ceremony, recipient }, custodian);
});

const expectation = (more: object = {}) => ({
  ceremony,
  recipient,
  custodians: new Map([[custodian.keyId, custodian.publicKey]]),
  wasImported: () => false,
  ...more,
});
const codeOf = async (text: string, more?: object, opening = identity): Promise<string> =>
  openPackage(text, opening, expectation(more)).then(
    () => 'opened',
    (error: unknown) => (error instanceof CustodyError ? error.code : 'another error'),
  );
const changed = (change: object): string => JSON.stringify({ ...parsePackage(sealed), ...change });

describe('a sealed package', () => {
  it('opens for its recipient, in its ceremony, from its custodian', async () => {
    expect(Buffer.from(await openPackage(sealed, identity, expectation()))).toEqual(secret);
    expect(sealed).not.toContain(secret.toString('base64url').slice(4, 40));
  });

  it('is refused unsigned: by a stranger, or with a signature that is not of these bytes', async () => {
    const foreign = await sealPackage(secret, { ceremony, recipient }, stranger);
    expect(await codeOf(foreign)).toBe('package-unsigned');
    expect(
      await codeOf(changed({ signer: custodian.keyId, signature: parsePackage(foreign).signature })),
    ).toBe('package-unsigned');
    expect(await codeOf(JSON.stringify({ ...parsePackage(foreign), signer: custodian.keyId }))).toBe(
      'package-unsigned',
    );
    expect(await codeOf(sealed, { custodians: new Map() })).toBe('package-unsigned');
  });

  it('is refused when a signed part was changed', async () => {
    const other = await identityToRecipient(await generateX25519Identity());
    const digest = randomBytes(32).toString('base64url');
    for (const change of [{ ceremony: randomUUID() }, { recipient: other }, { digest }])
      expect(await codeOf(changed(change))).toBe('package-unsigned');
  });

  it('is refused when its ciphertext was changed or exchanged', async () => {
    const second = await sealPackage(randomBytes(64), { ceremony, recipient }, custodian);
    expect(await codeOf(changed({ ciphertext: parsePackage(second).ciphertext }))).toBe('package-foreign');
    const bytes = Buffer.from(parsePackage(sealed).ciphertext, 'base64url');
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    expect(await codeOf(changed({ ciphertext: bytes.toString('base64url') }))).toBe('package-foreign');
  });

  it('is refused in another ceremony, for another recipient, and a second time', async () => {
    expect(await codeOf(sealed, { ceremony: randomUUID() })).toBe('package-foreign');
    const other = await identityToRecipient(await generateX25519Identity());
    expect(await codeOf(sealed, { recipient: other })).toBe('package-foreign');
    const { digest } = parsePackage(sealed);
    expect(await codeOf(sealed, { wasImported: (seen: string) => seen === digest })).toBe('package-foreign');
  });

  it('does not open with the key of another machine', async () => {
    expect(await codeOf(sealed, {}, await generateX25519Identity())).toBe('package-unreadable');
  });

  it.each(['', '{}', 'null', '[]', 'not json'])('is refused when it is no package: %j', async (text) => {
    expect(await codeOf(text)).toBe('package-malformed');
  });

  it('is refused with anything added or cut off', async () => {
    expect(await codeOf(changed({ note: 'x' }))).toBe('package-malformed');
    expect(await codeOf(sealed.slice(0, -10))).toBe('package-malformed');
    expect(await codeOf(changed({ version: 2 }))).toBe('package-malformed');
  });

  it('trusts a key by its thumbprint only', async () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const x = publicKey.export({ format: 'jwk' }).x ?? '';
    expect(await codeOf(sealed, { custodians: new Map([[custodian.keyId, x]]) })).toBe('package-unsigned');
  });
});
