import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { issueLink, judgeLink, type LinkClaims } from './link.ts';
import { openObject, sealObject } from './sealing.ts';

const key = { seed: randomBytes(32), name: 'mex_a-1' };

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
async function all(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const read: Uint8Array[] = [];
  for await (const part of parts) read.push(part);
  return Buffer.concat(read);
}
const seal = (plain: Buffer, size = 1000) => all(sealObject(key, randomBytes(32), cut(plain, size)));
const open = (stored: Buffer, size = 777, with_ = key) => all(openObject(with_, cut(stored, size)));

const SEGMENT = 64 * 1024;
const STORED = SEGMENT + 16;

describe('a sealed object', () => {
  it.each([0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 3 * SEGMENT])(
    'of %i bytes opens, whatever the pieces',
    async (bytes) => {
      const plain = randomBytes(bytes);
      const stored = await seal(plain, 50_000);
      for (const size of [31, SEGMENT, 1_000_000])
        expect((await open(stored, size)).equals(plain)).toBe(true);
    },
  );

  it('does not open when it is changed, cut off, reordered, doubled, or under another name or seed', async () => {
    const stored = await seal(randomBytes(3 * SEGMENT + 5));
    const [head, body] = [stored.subarray(0, 32), stored.subarray(32)];
    const segment = (at: number) => body.subarray(at * STORED, (at + 1) * STORED);
    const flipped = (at: number) => stored.map((byte, i) => (i === at ? byte ^ 1 : byte)) as Buffer;
    const wrong = [
      ...[0, 31, 32, 32 + STORED, stored.length - 1].map(flipped),
      ...[0, 31, 32, 32 + STORED, 32 + 3 * STORED, stored.length - 1].map((end) => stored.subarray(0, end)),
      Buffer.concat([head, segment(1), segment(0), segment(2), segment(3)]),
      Buffer.concat([head, segment(0), segment(0), segment(1), segment(2), segment(3)]),
      Buffer.concat([stored, Buffer.of(0)]),
    ];
    for (const [i, bytes] of wrong.entries())
      await expect(open(Buffer.from(bytes)), String(i)).rejects.toMatchObject({ code: 'object-damaged' });
    for (const other of [
      { ...key, name: 'mex_a-2' },
      { ...key, seed: randomBytes(32) },
    ])
      await expect(open(stored, 777, other)).rejects.toMatchObject({ code: 'object-damaged' });
  });
});

describe('a download address', () => {
  const secret = randomBytes(32);
  const now = new Date('2030-01-01T00:00:00.400Z');
  const of = { exportId: 'mex_a', accountId: 'acc_a', object: 'mex_a-1' };
  const { url, expiresAt } = issueLink(secret, of, now);
  const query = new URL(url, 'http://x').searchParams;
  const claims: LinkClaims = { ...of, expires: query.get('expires') ?? '' };
  const signature = query.get('signature') ?? '';
  const at = (milliseconds: number) => new Date(expiresAt.getTime() + milliseconds);

  it('is good for at most 300 seconds, and not one millisecond more', () => {
    expect(expiresAt.getTime() - now.getTime()).toBeLessThanOrEqual(300_000);
    expect(judgeLink(secret, claims, signature, now)).toBe('valid');
    expect(judgeLink(secret, claims, signature, at(-1))).toBe('valid');
    expect(judgeLink(secret, claims, signature, at(0))).toBe('expired');
  });

  it('is forged when any part of it is another, or moved to its neighbour', () => {
    const others: LinkClaims[] = [
      { ...claims, exportId: 'mex_b' },
      { ...claims, accountId: 'acc_b' },
      { ...claims, object: 'mex_a-2' },
      { ...claims, expires: String(Number(claims.expires) + 1) },
      { ...claims, expires: `0${claims.expires}` },
      { ...claims, exportId: 'mex_', accountId: 'aacc_a' },
    ];
    for (const other of others) expect(judgeLink(secret, other, signature, now)).toBe('forged');
    expect(judgeLink(randomBytes(32), claims, signature, now)).toBe('forged');
  });

  it('has one spelling of its signature', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    for (const last of alphabet) {
      const spelled = signature.slice(0, -1) + last;
      expect(judgeLink(secret, claims, spelled, now)).toBe(spelled === signature ? 'valid' : 'forged');
    }
    for (const wrong of ['', `${signature}=`, signature.toLowerCase(), 'é'.repeat(43)])
      expect(judgeLink(secret, claims, wrong, now)).toBe('forged');
  });
});
