import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SECRET_SCOPES, type SecretScope } from '../../../shared/http/provider-secrets.ts';
import { choose, fingerprintOf, type RootRow, toRootsState } from './rules.ts';

const rowsOf = (...scopes: SecretScope[]) => scopes.map((scope) => ({ scope }));

describe('whose secret counts', () => {
  it.each<[SecretScope[], boolean, SecretScope | null]>([
    [['agent', 'account', 'platform'], false, 'agent'],
    [['account', 'platform'], false, 'account'],
    [['platform'], false, 'platform'],
    [[], false, null],
    [['agent', 'account', 'platform'], true, 'agent'],
    [['account', 'platform'], true, 'account'],
    [['platform'], true, null],
    [[], true, null],
  ])('of %j with "always use mine" %s is %s', (scopes, alwaysMine, expected) => {
    expect(choose(rowsOf(...scopes), alwaysMine)?.scope ?? null).toBe(expected);
  });

  it('does not depend on the order of the rows, and is never the platform’s against the account’s will', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...SECRET_SCOPES]), fc.boolean(), (scopes, alwaysMine) => {
        const chosen = choose(rowsOf(...scopes), alwaysMine)?.scope ?? null;
        const expected = SECRET_SCOPES.find((s) => scopes.includes(s) && !(alwaysMine && s === 'platform'));
        expect(chosen).toBe(expected ?? null);
      }),
    );
  });
});

describe('a fingerprint', () => {
  it('is the beginning of SHA-256 (FIPS 180-4, "abc")', () => {
    expect(fingerprintOf('abc')).toBe('ba7816bf8f01cfea');
  });
});

describe('the state of the roots', () => {
  const at = new Date(0);
  const row = (version: number, change: Partial<RootRow> = {}): RootRow => ({
    ...{ version, activated_at: at, superseded_at: null, retired_at: null, secrets: 0, unreadable: 0 },
    ...change,
  });
  const states = (rows: RootRow[]) => toRootsState(rows, () => true).roots.map(({ state }) => state);

  it('names what each version is', () => {
    const left = { superseded_at: at };
    const rows = [row(4), row(3, { ...left, secrets: 2 }), row(2, left), row(1, { ...left, retired_at: at })];
    expect(states(rows)).toEqual(['active', 'leaving', 'empty', 'retired']);
  });

  it('counts how far it is, and which version comes next', () => {
    const rows = [row(2, { secrets: 30 }), row(1, { superseded_at: at, secrets: 10, unreadable: 1 })];
    expect(toRootsState(rows, (version) => version === 3)).toMatchObject({
      next: { version: 3, available: true },
      total: 40,
      settled: 30,
    });
    expect(toRootsState([], () => false)).toEqual({
      ...{ roots: [], next: { version: 2, available: false }, total: 0, settled: 0 },
    });
  });
});
