import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Place, type Sealed, seal, unseal } from './seal.ts';

const root = Buffer.alloc(32, 1);
const random = (bytes: number) => randomBytes(bytes);
const place: Place = {
  tenant: `acc_${'0'.repeat(26)}`,
  id: `psc_${'0'.repeat(26)}`,
  provider: 'openai',
  version: 1,
};
const sealed = (material: string, at: Place = place, by: Uint8Array = root) =>
  seal(by, Buffer.from(material), at, random);
const unreadable = expect.objectContaining({ code: 'secret-unreadable' });

const visible = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((c) => String.fromCharCode(c)),
  minLength: 16,
  maxLength: 400,
});
const name = fc.stringMatching(/^[a-z0-9._-]{2,64}$/);
const anyPlace = fc.record({
  tenant: fc.string({ minLength: 1, maxLength: 30 }),
  id: fc.string({ minLength: 1, maxLength: 30 }),
  provider: name,
  version: fc.integer({ min: 1, max: 9999 }),
});

describe('a sealed secret', () => {
  it('opens where it was sealed, whatever it is', () => {
    fc.assert(
      fc.property(visible, anyPlace, (material, at) => {
        expect(unseal(root, sealed(material, at), at).toString()).toBe(material);
      }),
    );
  });

  it('opens nowhere else, and under no other root', () => {
    fc.assert(
      fc.property(visible, anyPlace, anyPlace, (material, at, elsewhere) => {
        fc.pre(JSON.stringify(at) !== JSON.stringify(elsewhere));
        const record = sealed(material, at);
        expect(() => unseal(root, record, elsewhere)).toThrow(unreadable);
        expect(() => unseal(Buffer.alloc(32, 2), record, at)).toThrow(unreadable);
      }),
    );
  });

  it.each<[string, Partial<Place>]>([
    ['tenant', { tenant: `agt_${'0'.repeat(26)}` }],
    ['id', { id: `psc_${'1'.repeat(26)}` }],
    ['provider', { provider: 'openai2' }],
    ['version of the root', { version: 2 }],
    // Without lengths in front these two would be the same bytes as the original.
    ['border between id and provider', { id: `${place.id}provider-key/`, provider: 'openai' }],
  ])('does not open at another %s', (_what, change) => {
    expect(() => unseal(root, sealed('sk-canary-0123456789'), { ...place, ...change })).toThrow(unreadable);
  });
});

describe('a flipped bit', () => {
  it('at any position of salt, nonce, ciphertext or tag is noticed', () => {
    const record = sealed('sk-canary-0123456789');
    let flips = 0;
    for (const part of ['salt', 'nonce', 'box'] as const)
      for (let bit = 0; bit < record[part].length * 8; bit += 1) {
        const bytes = Buffer.from(record[part]);
        bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(() => unseal(root, { ...record, [part]: bytes }, place), `${part} bit ${bit}`).toThrow(
          unreadable,
        );
        flips += 1;
      }
    expect(flips).toBe((32 + 12 + 20 + 16) * 8);
  });

  it.each<[string, (record: Sealed) => Partial<Sealed>]>([
    ['an empty box', () => ({ box: Buffer.alloc(0) })],
    ['a box shorter than its tag', ({ box }) => ({ box: box.subarray(0, 15) })],
    ['a truncated box', ({ box }) => ({ box: box.subarray(0, -1) })],
    ['a longer box', ({ box }) => ({ box: Buffer.concat([box, Buffer.alloc(1)]) })],
    ['a shorter nonce', ({ nonce }) => ({ nonce: nonce.subarray(0, 11) })],
    ['a shorter salt', ({ salt }) => ({ salt: salt.subarray(0, 31) })],
  ])('or %s', (_what, change) => {
    const record = sealed('sk-canary-0123456789');
    expect(() => unseal(root, { ...record, ...change(record) }, place)).toThrow(unreadable);
  });
});

describe('1,000 rows', () => {
  const rows = Array.from({ length: 1000 }, (_, n) => {
    const at = { ...place, tenant: `acc_${n}`, id: `psc_${n}` };
    return { at, record: sealed(`sk-canary-of-row-${n}`, at) };
  });

  it('share no key and nonce, and not even a salt or a nonce', () => {
    const salts = new Set(rows.map(({ record }) => record.salt.toString('hex')));
    const nonces = new Set(rows.map(({ record }) => record.nonce.toString('hex')));
    expect([salts.size, nonces.size]).toEqual([1000, 1000]);
  });

  it('fail when any two of them are swapped', () => {
    // Each row against the records of its next neighbours; all 999,000 pairs when asked for.
    const reach = process.env.SALLYPORT_ALL_PAIRS ? 999 : 25;
    for (const [n, { at }] of rows.entries())
      for (let step = 1; step <= reach; step += 1) {
        const other = rows[(n + step) % 1000] as (typeof rows)[number];
        expect(() => unseal(root, other.record, at)).toThrow(unreadable);
      }
  });
});
