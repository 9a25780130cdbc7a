import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { idOf } from '../../../shared/ids/ids.ts';
import type { TokenKey } from './token-keys.ts';

/** Names, not addresses: a port that changes must not end every session. Deployments differ by their keys. */
const ISSUER = 'urn:sallyport:service';
const AUDIENCE = 'urn:sallyport:api';
/** RFC 9068 section 2.1: no other kind of JWT can pass for an access token. */
const TYPE = 'at+jwt';
const ALGORITHM = 'EdDSA';

/** A header of ours has these three members. `jwk`, `jku`, `x5u`, `x5c`, `crit`, `b64` and whatever else comes is refused. */
const header = z.strictObject({
  alg: z.literal(ALGORITHM),
  typ: z.literal(TYPE),
  kid: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});

const claims = z.strictObject({
  iss: z.literal(ISSUER),
  aud: z.literal(AUDIENCE),
  sub: idOf('account'),
  sid: idOf('accountSession'),
  iat: z.number().int(),
  exp: z.number().int(),
});

export interface AccessClaims {
  readonly accountId: string;
  readonly sessionId: string;
  readonly kid: string;
}

/** @returns the token, and when it expires (whole seconds: a JWT knows no others) */
export async function signAccessToken(
  key: TokenKey,
  { accountId, sessionId }: Pick<AccessClaims, 'accountId' | 'sessionId'>,
  now: Date,
  lastsSeconds: number,
): Promise<{ token: string; expiresAt: Date }> {
  const issued = Math.floor(now.getTime() / 1000);
  const token = await new SignJWT({ sid: sessionId })
    .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: key.kid })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(accountId)
    .setIssuedAt(issued)
    .setExpirationTime(issued + lastsSeconds)
    .sign(key.privateKey);
  return { token, expiresAt: new Date((issued + lastsSeconds) * 1000) };
}

/**
 * One token, one spelling: base64url decoders take several encodings for the same bytes, and a second spelling would pass by
 * every list of tokens that somebody keeps.
 */
const isCanonical = (part: string): boolean => Buffer.from(part, 'base64url').toString('base64url') === part;

function headerOf(token: string): z.output<typeof header> | null {
  const parts = token.split('.');
  const [protectedHeader = ''] = parts;
  if (parts.length !== 3 || !parts.every((part) => part !== '' && isCanonical(part))) return null;
  try {
    return (
      header.safeParse(JSON.parse(Buffer.from(protectedHeader, 'base64url').toString('utf8'))).data ?? null
    );
  } catch {
    return null;
  }
}

/**
 * What an access token says, after its spelling, header, key, algorithm, signature, type, issuer, audience and time were
 * checked, in that order. Whether its session is open is another question.
 * @param token attacker-controlled
 * @param keyOf the key of this service with that kid; nothing of the token leads to any other key
 * @returns null for whatever is not an unexpired token of ours
 */
export async function readAccessToken(
  token: string,
  keyOf: (kid: string) => Promise<Pick<TokenKey, 'publicKey'> | null>,
  now: Date,
): Promise<AccessClaims | null> {
  const head = headerOf(token);
  const key = head && (await keyOf(head.kid));
  if (!head || !key) return null;
  try {
    const { payload } = await jwtVerify(token, key.publicKey, {
      algorithms: [ALGORITHM],
      typ: TYPE,
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ['iat', 'exp', 'sub', 'sid'],
      currentDate: now,
    });
    const { data } = claims.safeParse(payload);
    return data ? { accountId: data.sub, sessionId: data.sid, kid: head.kid } : null;
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}
