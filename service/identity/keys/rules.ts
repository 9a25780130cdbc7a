import { createHash } from 'node:crypto';
import { base64urlnopad } from '@scure/base';
import type { ApiKey } from '../../../shared/http/keys.ts';
import { displayPrefix, prefixOf } from '../../../shared/ids/credentials.ts';

export const SECRET_BYTES = 32;

const INFERENCE_KEY = new RegExp(`^${prefixOf('inference')}[A-Za-z0-9_-]{43}$`);

/** Whether it can be a key at all: everything else is refused without asking the database. */
export const isInferenceKey = (token: string): boolean => INFERENCE_KEY.test(token);

/** SHA-256 of the whole key. A plain hash is enough: the key has 256 random bits, so there is nothing to guess. */
export const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

export interface NewSecret {
  /** The whole key. It leaves the service in one answer and is kept nowhere. */
  readonly secret: string;
  readonly hash: Buffer;
  readonly displayPrefix: string;
}

/** @param random 32 bytes of a CSPRNG */
export function newSecret(random: Uint8Array): NewSecret {
  if (random.length !== SECRET_BYTES) throw new RangeError('a key takes 32 random bytes');
  const secret = prefixOf('inference') + base64urlnopad.encode(random);
  return { secret, hash: hashOf(secret), displayPrefix: displayPrefix(secret) };
}

export interface KeyRow {
  readonly id: string;
  readonly label: string;
  readonly display_prefix: string;
  readonly requests_per_minute: number;
  readonly created_at: Date;
  readonly created_by: string;
  readonly last_used_at: Date | null;
  readonly revoked_at: Date | null;
  readonly revoked_reason: string | null;
}

export const toApiKey = (row: KeyRow): ApiKey => ({
  id: row.id,
  label: row.label,
  displayPrefix: row.display_prefix,
  requestsPerMinute: row.requests_per_minute,
  state: row.revoked_at === null ? 'active' : 'revoked',
  createdAt: row.created_at.toISOString(),
  createdBy: row.created_by,
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
  revokedAt: row.revoked_at?.toISOString() ?? null,
  revokedReason: row.revoked_reason,
});
