import { describe, expect, it } from 'vitest';
import { forgeries } from '../../../tests/fixtures/jwt.ts';
import { readAccessToken, signAccessToken } from './access-token.ts';
import { TokenKeys } from './token-keys.ts';

const keys = new TokenKeys(new Uint8Array(32).fill(9));
const key = await keys.version(1);
const now = new Date('2030-01-01T00:00:00.500Z');
const subject = { accountId: `acc_${'0'.repeat(26)}`, sessionId: `ses_${'1'.repeat(26)}` };
const { token, expiresAt } = await signAccessToken(key, subject, now, 900);
const forged = await forgeries(token, key);
const asked: string[] = [];
const keyOf = async (kid: string) => {
  asked.push(kid);
  return kid === key.kid ? key : null;
};

describe('an access token', () => {
  it('says whose session it is, for 15 minutes and not a second longer', async () => {
    expect(await readAccessToken(token, keyOf, now)).toEqual({ ...subject, kid: key.kid });
    expect(expiresAt.getTime() - Math.floor(now.getTime() / 1000) * 1000).toBe(900_000);
    const last = new Date(expiresAt.getTime() - 1);
    expect(await readAccessToken(token, keyOf, last)).not.toBeNull();
    expect(await readAccessToken(token, keyOf, expiresAt)).toBeNull();
  });

  it('names its key, type, issuer and audience, and nothing about the person', () => {
    const [head = '', body = ''] = token.split('.');
    const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect(read(head)).toEqual({ alg: 'EdDSA', typ: 'at+jwt', kid: key.kid });
    expect(Object.keys(read(body)).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'sid', 'sub']);
  });

  it('is good under its own key only', async () => {
    const other = await keys.version(2);
    expect(other.kid).not.toBe(key.kid);
    expect(await readAccessToken(token, async () => other, now)).toBeNull();
    expect(await readAccessToken(token, async () => null, now)).toBeNull();
  });
});

describe('a forged access token is refused:', () => {
  it.each(Object.entries(forged))('%s', async (_name, attempt) => {
    expect(attempt).not.toBe(token);
    expect(await readAccessToken(attempt, keyOf, now)).toBeNull();
  });

  it('and no key is ever asked for by anything but a thumbprint', () => {
    for (const kid of asked) expect(kid).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
});

describe('the keys of access tokens', () => {
  it('are derived: the same from the same seed, another for every version and seed', async () => {
    const again = await new TokenKeys(new Uint8Array(32).fill(9)).version(1);
    expect(again.jwk).toEqual(key.jwk);
    const kids = [
      key.kid,
      (await keys.version(2)).kid,
      (await new TokenKeys(new Uint8Array(32).fill(8)).version(1)).kid,
    ];
    expect(new Set(kids).size).toBe(3);
    expect(() => new TokenKeys(new Uint8Array(31))).toThrow(RangeError);
  });

  it('show their public half only', () => {
    expect(Object.keys(key.jwk).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
  });
});
