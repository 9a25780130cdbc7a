import { describe, expect, it, vi } from 'vitest';
import { COST_BOUNDS, checkCost, type KdfParameters, stretch } from './stretch.ts';

// Argon2id at 64 MiB and fsync are real here; on a loaded machine they take their time.
vi.setConfig({ testTimeout: 30_000 });

const least: KdfParameters = {
  algorithm: 'argon2id',
  memoryKib: 65_536,
  passes: 1,
  lanes: 1,
  salt: Buffer.alloc(16, 7).toString('base64url'),
};

describe('stretch', () => {
  it('matches the published Argon2id vector of the reference implementation at 64 MiB, two passes', async () => {
    // phc-winner-argon2, src/test.c. Its salt has eight bytes, which stored parameters may not: only the derivation is compared.
    const vector = { ...least, passes: 2, salt: Buffer.from('somesalt').toString('base64url') };
    const key = await stretch('password', vector);
    expect(key.toString('hex')).toBe('09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7');
  });

  it('reads a passphrase alike however its accents are composed', async () => {
    const composed = await stretch('caf\u00e9 au lait', least);
    const decomposed = await stretch('cafe\u0301 au lait', least);
    expect(composed.equals(decomposed)).toBe(true);
  });

  it('gives another key for another passphrase or salt', async () => {
    const other = { ...least, salt: Buffer.alloc(16, 8).toString('base64url') };
    const keys = await Promise.all([stretch('a', least), stretch('b', least), stretch('a', other)]);
    expect(new Set(keys.map((k) => k.toString('hex'))).size).toBe(3);
  });
});

describe('checkCost', () => {
  it('accepts the bounds themselves', () => {
    checkCost({ ...least, memoryKib: COST_BOUNDS.memoryKib.min });
    checkCost({ ...least, memoryKib: COST_BOUNDS.memoryKib.max });
  });

  it.each([
    ['memory below 64 MiB', { memoryKib: 65_535 }],
    ['memory above 1 GiB', { memoryKib: 1_048_577 }],
    ['no pass', { passes: 0 }],
    ['passes without end', { passes: 4_000_000_000 }],
    ['no lane', { lanes: 0 }],
    ['too many lanes', { lanes: 17 }],
    ['not a number', { memoryKib: Number.NaN }],
  ])('refuses %s before any memory is used', async (_, change) => {
    await expect(stretch('a', { ...least, ...change })).rejects.toMatchObject({ code: 'kdf-out-of-bounds' });
  });
});
