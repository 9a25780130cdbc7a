import { z } from 'zod';
import { OPERATOR_ROLES } from './route.ts';

/** RFC 7638 thumbprint (SHA-256, base64url) of an Ed25519 public key: the `keyid` of every signature. */
export const keyThumbprint = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

/** Raw 32-byte Ed25519 public key, base64url without padding. */
export const ed25519PublicKey = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

/** 128 random bits in Crockford base32 groups, e.g. `7ZK4M-0QX2C-…`: read aloud, typed by hand. */
export const enrolmentCode = z
  .string()
  .regex(/^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){4}-[0-9A-HJKMNP-TV-Z]$/);

export const operatorName = z.string().trim().min(1).max(64);
export const operatorRole = z.enum(OPERATOR_ROLES);

/** A name as people tell names apart: case, width and spaces make no other person. */
const folded = (name: string): string => name.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();

interface Named {
  readonly id: string;
  readonly name: string;
}

/** Two keys that were enrolled under one name are two keys of one person. */
export const isSamePerson = (a: Named, b: Named): boolean =>
  a.id === b.id || folded(a.name) === folded(b.name);
