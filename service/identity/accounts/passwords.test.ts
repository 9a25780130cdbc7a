import { randomBytes } from 'node:crypto';
import { verify } from '@node-rs/argon2';
import { describe, expect, it } from 'vitest';
import { DEFAULT_IDENTITY } from '../../../shared/service/launch.ts';
import { createPasswords } from './passwords.ts';

const random = (bytes: number) => randomBytes(bytes);
const cost = { memoryKib: 8, passes: 1, lanes: 1 };

/** Algorithm, version and cost of a PHC string, and how long its salt and hash are. */
const workOf = (phc: string) => {
  const [, algorithm, version, parameters, salt = '', hash = ''] = phc.split('$');
  return { algorithm, version, parameters, salt: salt.length, hash: hash.length };
};

describe('a password at rest', () => {
  it('is Argon2id at the cost of production, and matches itself only', async () => {
    const passwords = createPasswords({ cost: DEFAULT_IDENTITY.password, random });
    const stored = await passwords.hash('correct horse');
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$/);
    expect(await passwords.matches('correct horse', stored)).toBe(true);
    expect(await passwords.matches('correct horsf', stored)).toBe(false);
  });

  it('differs for two accounts with one password', async () => {
    const passwords = createPasswords({ cost, random });
    expect(await passwords.hash('correct horse')).not.toBe(await passwords.hash('correct horse'));
  });

  it('is the same in every Unicode form, to its last character', async () => {
    const passwords = createPasswords({ cost, random });
    const stored = await passwords.hash(`rene\u0301${'x'.repeat(4000)}`);
    expect(await passwords.matches(`ren\u00e9${'x'.repeat(4000)}`, stored)).toBe(true);
    expect(await passwords.matches(`ren\u00e9${'x'.repeat(3999)}y`, stored)).toBe(false);
  });
});

describe('comparing with no account', () => {
  it('is one comparison of the same cost and lengths as with an account, and never matches', async () => {
    const compared: string[] = [];
    const passwords = createPasswords({
      cost,
      random,
      verify: (stored, password) => {
        compared.push(String(stored));
        return verify(stored, password);
      },
    });
    const stored = await passwords.hash('correct horse');
    expect(await passwords.matches('correct horse', stored)).toBe(true);
    expect(await passwords.matches('correct horse', null)).toBe(false);
    expect(compared).toHaveLength(2);
    const [real = '', decoy = ''] = compared;
    expect(workOf(decoy)).toEqual(workOf(real));
    expect(decoy).not.toBe(real);
  });

  it('does not match even when the comparison says so', async () => {
    const passwords = createPasswords({ cost, random, verify: async () => true });
    expect(await passwords.matches('anything at all', null)).toBe(false);
  });
});
