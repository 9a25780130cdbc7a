import { describe, expect, it } from 'vitest';
import { DATABASE_ROLES, deriveProcessKeys } from './keys.ts';
import { PROCESS_NAMES, processKeys } from './launch.ts';

const root = new Uint8Array(32).fill(7);

describe('deriveProcessKeys', () => {
  it.each(PROCESS_NAMES)('gives %s keys that fit the launch contract, the same each time', (name) => {
    const keys = deriveProcessKeys(root, name);
    expect(processKeys.parse(keys)).toEqual(deriveProcessKeys(root, name));
  });

  it('gives the database process one password per role, all different', () => {
    const keys = deriveProcessKeys(root, 'database');
    if (keys.process !== 'database') throw new Error('wrong process');
    expect(Object.keys(keys.passwords).sort()).toEqual([...DATABASE_ROLES].sort());
    expect(new Set(Object.values(keys.passwords)).size).toBe(DATABASE_ROLES.length);
  });

  it('gives the api process the same staging key as the integrator, and neither a key that it does not use', () => {
    const [api, integrator] = [deriveProcessKeys(root, 'api'), deriveProcessKeys(root, 'integrator')];
    expect(
      'stagingMac' in api && 'stagingMac' in integrator && api.stagingMac === integrator.stagingMac,
    ).toBe(true);
    expect(Object.keys(api).sort()).toEqual([
      ...['codeHash', 'codeSeed', 'exportSeed', 'jwtSeed', 'limiterHash', 'password', 'prober', 'process'],
      ...['readerPassword', 'secretSeed', 'stagingMac', 'webhookSeed'],
    ]);
    expect(Object.keys(integrator).sort()).toEqual(['ledgerSeed', 'password', 'process', 'stagingMac']);
  });

  it('gives the worker what seals token codes, as the api opens them, and no key of anything else', () => {
    const [api, worker] = [deriveProcessKeys(root, 'api'), deriveProcessKeys(root, 'worker')];
    expect('codeSeed' in api && 'codeSeed' in worker && api.codeSeed === worker.codeSeed).toBe(true);
    expect('codeHash' in api && 'codeHash' in worker && api.codeHash === worker.codeHash).toBe(true);
    expect(Object.keys(worker).sort()).toEqual([
      ...['codeHash', 'codeSeed', 'password', 'process', 'stagingMac'],
    ]);
  });

  it('gives the resolver what finds codes and seals scans, and neither opens an envelope nor seals anything else', () => {
    const keys = deriveProcessKeys(root, 'resolver');
    expect(Object.keys(keys).sort()).toEqual(['codeHash', 'limiterHash', 'password', 'process', 'scanSeal']);
    const others = (['api', 'integrator', 'worker'] as const).flatMap((name) =>
      Object.entries(deriveProcessKeys(root, name)).filter(
        ([key]) => key !== 'process' && key !== 'codeHash',
      ),
    );
    for (const [name, value] of others) expect(Object.values(keys), name).not.toContain(value);
  });

  it('lets the api know the probes without holding what they call with', () => {
    const [api, probes] = [deriveProcessKeys(root, 'api'), deriveProcessKeys(root, 'probes')];
    const { process: _, ...own } = probes as Record<string, string> & { process: 'probes' };
    for (const secret of Object.values(own)) expect(JSON.stringify(api)).not.toContain(secret);
    expect(Object.keys(probes).sort()).toEqual([
      ...['accountPassword', 'adminToken', 'operatorSeed', 'password', 'process'],
    ]);
  });

  it('changes every key with the root', () => {
    const other = deriveProcessKeys(new Uint8Array(32).fill(8), 'integrator');
    expect(Object.values(other)).not.toContain(
      (deriveProcessKeys(root, 'integrator') as { password: string }).password,
    );
  });

  it('refuses a root of another length', () => {
    expect(() => deriveProcessKeys(new Uint8Array(31), 'api')).toThrow(RangeError);
  });
});
