import { randomBytes } from 'node:crypto';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  BUCKET,
  type ObjectStore,
  STORE_CREDENTIALS,
  startObjectStore,
} from '../../../../tests/fixtures/object-store.ts';
import { LocalStorage } from './local.ts';
import { S3Storage } from './s3.ts';
import { type ExportStorage, objectName } from './storage.ts';

const NAME = objectName(`mex_${'0'.repeat(26)}`, '1');

async function* parts(...all: (Uint8Array | Error)[]): AsyncGenerator<Uint8Array> {
  for (const part of all) {
    if (part instanceof Error) throw part;
    yield part;
  }
}

async function readAll(storage: ExportStorage, name = NAME): Promise<Buffer> {
  const read: Uint8Array[] = [];
  for await (const part of storage.read(name)) read.push(part);
  return Buffer.concat(read);
}

const BAD_NAMES = ['..', '../x', `${NAME}/../x`, `${NAME}\0`, '/etc/passwd', `${NAME}.part`, '', `${NAME}\n`];

let folder: string;
let store: ObjectStore;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-exports-'));
  store = await startObjectStore();
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await store.close();
});
const local = () => new LocalStorage(join(folder, 'exports'));
const s3 = () => new S3Storage({ ...BUCKET, endpoint: store.endpoint }, STORE_CREDENTIALS);

describe.each([
  ['a folder', local],
  ['a bucket', s3],
] as const)('%s', (_what, open) => {
  it('gives back what it took, and forgets what is removed', async () => {
    const large = randomBytes(3 * 1024 * 1024 + 7);
    await open().write(NAME, parts(large.subarray(0, 10), large.subarray(10)));
    expect((await readAll(open())).equals(large)).toBe(true);
    await open().remove(NAME);
    await expect(readAll(open())).rejects.toMatchObject({ code: 'object-missing' });
    await open().remove(NAME);
  });

  it('keeps nothing of a file that was broken off', async () => {
    const broken = parts(randomBytes(9 * 1024 * 1024), randomBytes(9 * 1024 * 1024), new Error('broken off'));
    await expect(open().write(NAME, broken)).rejects.toThrow('broken off');
    await expect(readAll(open())).rejects.toMatchObject({ code: 'object-missing' });
    expect(store.uploads.size).toBe(0);
  });

  it.each(BAD_NAMES)('takes no name but its own kind: %j', async (name) => {
    const refused = { code: 'object-name' };
    await expect(open().write(name, parts(Buffer.of(1)))).rejects.toMatchObject(refused);
    await expect(readAll(open(), name)).rejects.toMatchObject(refused);
    await expect(open().remove(name)).rejects.toMatchObject(refused);
    expect([readdirSync(folder), store.requests]).toEqual([[], []]);
  });
});

describe('the folder', () => {
  it('is 0700 and its files 0600, under any umask', async () => {
    const before = process.umask(0);
    try {
      await local().write(NAME, parts(Buffer.of(1)));
    } finally {
      process.umask(before);
    }
    const path = join(folder, 'exports');
    expect([statSync(path).mode & 0o777, statSync(join(path, NAME)).mode & 0o777]).toEqual([0o700, 0o600]);
  });

  it('follows no link that somebody put in the place of a file', async () => {
    await local().write(NAME, parts(Buffer.of(1)));
    const path = join(folder, 'exports', NAME);
    rmSync(path);
    writeFileSync(join(folder, 'secret'), 'secret');
    symlinkSync(join(folder, 'secret'), path);
    await expect(readAll(local())).rejects.toMatchObject({ code: 'storage-unavailable' });
    await local().write(NAME, parts(Buffer.from('new')));
    expect(readFileSync(join(folder, 'secret'), 'utf8')).toBe('secret');
  });
});

describe('the bucket', () => {
  it('gets a large file in parts, signed, without an ACL, and no address of it carries our signature', async () => {
    const large = randomBytes(20 * 1024 * 1024);
    await s3().write(NAME, parts(large));
    expect(store.objects.get(NAME)?.equals(large)).toBe(true);
    expect((await readAll(s3())).equals(large)).toBe(true);
    for (const { line, headers } of store.requests) {
      expect(Object.keys(headers).filter((name) => name.includes('acl'))).toEqual([]);
      expect(line).not.toMatch(/X-Amz-(?:Signature|Credential)/i);
    }
  });

  it('is refused by the store with another secret', async () => {
    const other = { ...STORE_CREDENTIALS, secretAccessKey: 'another' };
    const stranger = new S3Storage({ ...BUCKET, endpoint: store.endpoint }, other);
    await expect(stranger.write(NAME, parts(Buffer.of(1)))).rejects.toMatchObject({
      code: 'storage-unavailable',
    });
    expect(store.objects.size).toBe(0);
  });

  it.each(['unavailable', 'denies', 'resets'] as const)(
    'that %s is an error with a name, not a hang',
    async (mood) => {
      store.mood = mood;
      const away = { code: 'storage-unavailable' };
      await expect(s3().write(NAME, parts(Buffer.of(1)))).rejects.toMatchObject(away);
      await expect(readAll(s3())).rejects.toMatchObject(away);
      await expect(s3().remove(NAME)).rejects.toMatchObject(away);
    },
  );

  it('has no object and no open upload after a part failed', async () => {
    store.mood = 'breaks-parts';
    const writing = s3().write(NAME, parts(randomBytes(20 * 1024 * 1024)));
    await expect(writing).rejects.toMatchObject({ code: 'storage-unavailable' });
    expect([store.objects.size, store.uploads.size]).toEqual([0, 0]);
  });

  it('loses the open upload of an instance that died when its object is removed', async () => {
    store.uploads.set('left-behind', { key: NAME, parts: new Map() });
    store.uploads.set('of-another', { key: `${NAME}0`, parts: new Map() });
    await s3().remove(NAME);
    expect([...store.uploads.keys()]).toEqual(['of-another']);
  });
});
