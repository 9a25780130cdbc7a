import { describe, expect, it } from 'vitest';
import { PROBE_EMAILS } from '../../../shared/boundaries/probe-tenant.ts';
import { deriveProcessKeys } from '../../../shared/service/keys.ts';
import type { KeysOf } from '../../../shared/service/launch.ts';
import { createProber } from './principal.ts';

const root = new Uint8Array(32).fill(3);
const known = (deriveProcessKeys(root, 'api') as KeysOf<'api'>).prober;
const { accountPassword, adminToken } = deriveProcessKeys(root, 'probes') as KeysOf<'probes'>;
const foreign = (deriveProcessKeys(new Uint8Array(32), 'probes') as KeysOf<'probes'>).accountPassword;

describe('an account', () => {
  it.each(Object.values(PROBE_EMAILS))(
    'under %s is opened by whoever has the password of the probes',
    (email) => {
      expect(createProber(known).mayRegister(email, accountPassword)).toBe(true);
      for (const password of [foreign, adminToken, known?.accountHash ?? '', '', `${accountPassword} `])
        expect(createProber(known).mayRegister(email, password)).toBe(false);
      expect(createProber(undefined).mayRegister(email, accountPassword)).toBe(false);
    },
  );

  it('under any other address is opened with any password', () => {
    for (const email of ['ada@example.org', 'probes.sallyport.invalid@example.org'])
      for (const prober of [createProber(known), createProber(undefined)])
        expect(prober.mayRegister(email, 'correct horse')).toBe(true);
  });
});

describe('the token of the probes', () => {
  it('is known by its hash, and nothing else is', () => {
    expect(createProber(known).tokenHash(adminToken)).toBe(known?.tokenHash);
    expect(createProber(known).tokenHash(accountPassword)).toBeNull();
    expect(createProber(undefined).tokenHash(adminToken)).toBeNull();
  });
});
