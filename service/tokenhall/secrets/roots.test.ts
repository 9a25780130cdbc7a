import { describe, expect, it } from 'vitest';
import { SecretRoots } from './roots.ts';

const seed = Buffer.alloc(32, 1);
const keyOf = (byte: number) => Buffer.alloc(32, byte);
const configured = (versions: Record<string, Buffer>) =>
  new SecretRoots(
    seed,
    Object.fromEntries(Object.entries(versions).map(([v, key]) => [v, key.toString('base64url')])),
  );

describe('roots that are derived', () => {
  const roots = new SecretRoots(seed);

  it('are there for every version, each another key, each time the same', () => {
    const keys = [1, 2, 3, 9999].map((version) => roots.find(version)?.toString('hex'));
    expect(new Set(keys).size).toBe(4);
    expect(new SecretRoots(seed).find(2)).toEqual(roots.find(2));
    expect(new SecretRoots(keyOf(2)).find(2)).not.toEqual(roots.find(2));
  });

  it('take 32 bytes', () => {
    expect(() => new SecretRoots(Buffer.alloc(31))).toThrow(RangeError);
  });
});

describe('roots that are configured', () => {
  const roots = configured({ 2: keyOf(2), 4: keyOf(4) });

  it('are the keys as given', () => {
    expect(roots.find(2)).toEqual(keyOf(2));
    expect(roots.find(4)).toEqual(keyOf(4));
  });

  it('are never made up: a version that is missing from the first configured one on is missing', () => {
    expect(roots.find(3)).toBeNull();
    expect(roots.find(5)).toBeNull();
    expect(roots.checkOf(5)).toBeNull();
  });

  it('leave the versions before them derived, so that an old service can move over', () => {
    expect(roots.find(1)).toEqual(new SecretRoots(seed).find(1));
  });
});

describe('what the database means by a version', () => {
  const roots = configured({ 1: keyOf(1) });
  const known = (version: number, by: SecretRoots) => ({
    version,
    check_value: by.checkOf(version) ?? Buffer.alloc(32),
  });

  it('is recognised, and its check value is not the key', () => {
    expect(roots.holds(known(1, roots))).toBe(true);
    expect(roots.require(known(1, roots))).toEqual(keyOf(1));
    expect(roots.checkOf(1)).not.toEqual(keyOf(1));
  });

  it.each([
    ['another key under this number', known(1, configured({ 1: keyOf(9) })), 'another key'],
    ['a number that is not here', known(2, new SecretRoots(seed)), 'lacks root 2'],
    ['a check value of another length', { version: 1, check_value: Buffer.alloc(4) }, 'another key'],
  ])('is refused for %s', (_what, row, says) => {
    expect(roots.holds(row)).toBe(false);
    expect(() => roots.require(row)).toThrow(
      expect.objectContaining({ code: 'root-unusable', message: expect.stringContaining(says) }),
    );
  });
});
