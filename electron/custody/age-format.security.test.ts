import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { armor, Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import canonicalize from 'canonicalize';
import * as kit from 'cctv-age';
import { beforeAll, describe, expect, it } from 'vitest';
import { type AgeKey, readAge, readArmour } from '../../tests/fixtures/age-reader.ts';
import { signingHandle } from '../vault/items.ts';
import { ageFile } from './age-file.ts';
import { openPackage, parsePackage, sealPackage } from './sealed-package.ts';

/** One file of the test kit (C2SP CCTV), with what a reader has to make of it. */
interface Vector {
  readonly name: string;
  readonly opens: boolean;
  /** SHA-256 of what is in it. */
  readonly payload: string;
  readonly keys: readonly AgeKey[];
  readonly armoured: boolean;
  readonly file: Buffer;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function vectorOf([name, text]: [string, Uint8Array]): Vector {
  const bytes = Buffer.from(text);
  const end = bytes.indexOf('\n\n');
  const facts = bytes
    .subarray(0, end)
    .toString()
    .split('\n')
    .map((line) => line.split(': ') as [string, string]);
  const of = (key: string): string[] => facts.flatMap(([fact, value]) => (fact === key ? [value] : []));
  const body = bytes.subarray(end + 2);
  return {
    name,
    opens: of('expect')[0] === 'success',
    payload: of('payload')[0] ?? '',
    keys: [
      ...of('identity').map((identity) => ({ identity })),
      ...of('passphrase').map((passphrase) => ({ passphrase })),
    ],
    armoured: of('armored')[0] === 'yes',
    file: of('compressed')[0] === 'zlib' ? inflateSync(body) : body,
  };
}
const VECTORS = Object.entries(kit).map(vectorOf);

type Open = (vector: Vector) => Promise<Uint8Array>;

/** The vectors that came out otherwise than the kit says. */
async function contradicted(open: Open, vectors: readonly Vector[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const vector of vectors) {
    const seen = await open(vector).then(sha256, () => 'refused');
    if (seen !== (vector.opens ? vector.payload : 'refused')) wrong.push(`${vector.name}: ${seen}`);
  }
  return wrong;
}

const byLibrary: Open = async ({ file, armoured, keys }) => {
  const decrypter = new Decrypter();
  for (const key of keys)
    if ('identity' in key) decrypter.addIdentity(key.identity);
    else decrypter.addPassphrase(key.passphrase);
  return decrypter.decrypt(armoured ? armor.decode(file.toString('latin1')) : file);
};

const byReader: Open = async ({ file, armoured, keys }) =>
  readAge(armoured ? readArmour(file.toString('latin1')) : file, ...keys);

const custodian = signingHandle(randomBytes(32));

/** Through the door for sealed packages: what is inside was signed by a trusted custodian, and is still read strictly. */
const byPackage: Open = async ({ file, keys }) => {
  const identity = keys.flatMap((key) => ('identity' in key ? key.identity : []))[0] ?? '';
  const recipient = await identityToRecipient(identity);
  const ceremony = randomUUID();
  const digest = createHash('sha256').update(file).digest('base64url');
  const signed = Buffer.from(
    canonicalize(['sallyport/sealed-package/v1', ceremony, recipient, digest]) ?? '',
  );
  const text = JSON.stringify({
    ...{ format: 'sallyport-sealed-package', version: 1, ceremony, recipient, digest },
    ...{ signer: custodian.keyId, signature: custodian.sign(signed).toString('base64url') },
    ciphertext: file.toString('base64url'),
  });
  const custodians = new Map([[custodian.keyId, custodian.publicKey]]);
  return openPackage(text, identity, { ceremony, recipient, custodians, wasImported: () => false });
};

/** Post-quantum recipients are younger than the reader's specification, and no package of ours has one. */
const isClassical = ({ name, keys }: Vector): boolean =>
  !name.includes('hybrid') && keys.every((key) => !('identity' in key) || !key.identity.includes('-PQ-'));

/** Where the counter of chunks carries: three files of 16 MB, which take the library as long as all others. A secret has 48 KiB. */
const LARGE = 1024 * 1024;
const FULL = process.env.SALLYPORT_FAULTS === 'full';

describe('the test kit of the age format', () => {
  it('is there whole', () => {
    const counted = (prefix: string) => VECTORS.filter(({ name }) => name.startsWith(prefix)).length;
    expect(['armor', 'scrypt', 'stanza', 'stream', 'x25519'].map(counted)).toEqual([33, 25, 14, 28, 14]);
    expect(VECTORS).toHaveLength(143);
    expect(VECTORS.filter(({ opens }) => opens)).toHaveLength(26);
  });

  it('comes out as it says by the library of every door', async () => {
    const vectors = VECTORS.filter(({ file }) => FULL || file.length < LARGE);
    expect(vectors.length).toBeGreaterThanOrEqual(VECTORS.length - 3);
    expect(await contradicted(byLibrary, vectors)).toEqual([]);
  });

  it('comes out as it says inside a sealed package', async () => {
    const fitting = VECTORS.filter(
      (vector) => isClassical(vector) && !vector.armoured && vector.keys.some((key) => 'identity' in key),
    ).filter(({ file }) => file.length < 150_000);
    expect(fitting.length).toBeGreaterThan(60);
    expect(await contradicted(byPackage, fitting)).toEqual([]);
  });

  it('comes out as it says by the reader that judges our own files below', async () => {
    const readable = VECTORS.filter(isClassical);
    expect(readable.length).toBeGreaterThan(120);
    expect(await contradicted(byReader, readable)).toEqual([]);
  });

  it('can fail: a reader that takes whatever it finds is contradicted', async () => {
    const trusting: Open = async () => Buffer.alloc(0);
    expect((await contradicted(trusting, VECTORS)).length).toBeGreaterThan(100);
  });
});

/** None, one, a chunk of 64 KiB less one, exactly, and one more. */
const SIZES = [0, 1, 65_535, 65_536, 65_537, 131_072];

describe('what the console encrypts', () => {
  let identity: string;
  let recipient: string;
  beforeAll(async () => {
    identity = await generateX25519Identity();
    recipient = await identityToRecipient(identity);
  });

  it.each(SIZES)('opens by another implementation than the one that wrote it: %i bytes', async (size) => {
    const content = randomBytes(size);
    const text = await ageFile(content, { recipient });
    expect(readAge(readArmour(text), { identity }).equals(content)).toBe(true);
  });

  it('is refused by another key', async () => {
    const other = await generateX25519Identity();
    const file = readArmour(await ageFile(Buffer.from('treasure'), { recipient }));
    expect(() => readAge(file, { identity: other })).toThrow('no recipient');
  });

  it('as a sealed package opens by another implementation too', async () => {
    const text = await sealPackage(randomBytes(64), { ceremony: randomUUID(), recipient }, custodian);
    const { ciphertext } = parsePackage(text);
    expect(readAge(Buffer.from(ciphertext, 'base64url'), { identity })).toHaveLength(64);
  });

  it('is refused with any byte changed, cut off, doubled or added', async () => {
    const file = readArmour(await ageFile(randomBytes(20), { recipient }));
    const flipped = [...file.keys()].map((at) => file.with(at, (file[at] ?? 0) ^ 1));
    const cut = [...file.keys()].map((length) => file.subarray(0, length));
    const last = file.subarray(-(20 + 16));
    const malformed = [
      ...flipped,
      ...cut,
      Buffer.concat([file, last]),
      Buffer.concat([file, Buffer.alloc(1)]),
    ];
    const keys = [{ identity }];
    const asVector = (bytes: Uint8Array, at: number): Vector => ({
      ...{
        name: `variant ${at}`,
        opens: false,
        payload: '',
        keys,
        armoured: false,
        file: Buffer.from(bytes),
      },
    });
    const vectors = malformed.map(asVector);
    expect(vectors.length).toBeGreaterThan(400);
    expect(await contradicted(byLibrary, vectors)).toEqual([]);
    expect(await contradicted(byReader, vectors)).toEqual([]);
  });
});

/** Debian's package `age`, or any build of the reference tool in the path. */
const hasTool = spawnSync('age', ['--version']).status === 0;

describe.skipIf(!hasTool)('the reference tool (skipped where `age` is not installed)', () => {
  it('opens what the console exports and seals, and the console opens what the tool wrote', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-age-'));
    try {
      const keys = join(folder, 'key');
      const identity = await generateX25519Identity();
      const recipient = await identityToRecipient(identity);
      writeFileSync(keys, `${identity}\n`, { mode: 0o600 });
      const content = randomBytes(70_000);
      const decrypt = (input: Uint8Array | string) =>
        execFileSync('age', ['--decrypt', '-i', keys], { input });
      expect(decrypt(await ageFile(content, { recipient })).equals(content)).toBe(true);
      const sealed = parsePackage(
        await sealPackage(content, { ceremony: randomUUID(), recipient }, custodian),
      );
      expect(decrypt(Buffer.from(sealed.ciphertext, 'base64url')).equals(content)).toBe(true);
      const file = execFileSync('age', ['--encrypt', '-r', recipient], { input: content });
      const asVector = {
        name: 'tool',
        opens: true,
        payload: '',
        keys: [{ identity }],
        armoured: false,
        file,
      };
      expect(Buffer.from(await byPackage(asVector)).equals(content)).toBe(true);
      file[file.length - 1] = (file.at(-1) ?? 0) ^ 1;
      await expect(byPackage(asVector)).rejects.toMatchObject({ code: 'package-unreadable' });
      expect(() => decrypt(file)).toThrow();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
