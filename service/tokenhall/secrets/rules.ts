import { createHash } from 'node:crypto';
import type {
  ProviderSecret,
  SecretRoot,
  SecretRootsState,
  SecretScope,
} from '../../../shared/http/provider-secrets.ts';
import type { Place, Sealed } from './seal.ts';

export interface SecretRow extends Sealed {
  readonly id: string;
  readonly provider: string;
  readonly scope: SecretScope;
  readonly tenant: string;
  readonly root_version: number;
  readonly fingerprint: string;
  readonly revision: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly updated_by: string;
  readonly unreadable_at: Date | null;
}

/** A row without what only decryption needs. */
export type ListedSecret = Omit<SecretRow, keyof Sealed>;

export const placeOf = ({
  tenant,
  id,
  provider,
  root_version: version,
}: Pick<SecretRow, 'tenant' | 'id' | 'provider' | 'root_version'>): Place => ({
  tenant,
  id,
  provider,
  version,
});

/** How people recognise a secret: the first 64 bits of its SHA-256, the same as on the card that stored it. */
export const fingerprintOf = (material: string): string =>
  createHash('sha256').update(material).digest('hex').slice(0, 16);

export const toProviderSecret = (row: ListedSecret): ProviderSecret => ({
  id: row.id,
  provider: row.provider,
  scope: row.scope,
  tenant: row.scope === 'platform' ? null : row.tenant,
  fingerprint: row.fingerprint,
  revision: row.revision,
  rootVersion: row.root_version,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
  updatedBy: row.updated_by,
  unreadableSince: row.unreadable_at?.toISOString() ?? null,
});

const ORDER: readonly SecretScope[] = ['agent', 'account', 'platform'];

/**
 * The secret that counts (SPEC 3): the agent's, else its account's, else the platform's unless the account forbids that. What
 * comes first is used even if it does not open: falling back would hide a broken or a tampered row.
 */
export function choose<T extends Pick<SecretRow, 'scope'>>(
  rows: readonly T[],
  alwaysMine: boolean,
): T | null {
  const scopes = alwaysMine ? ORDER.filter((scope) => scope !== 'platform') : ORDER;
  for (const scope of scopes) {
    const found = rows.find((row) => row.scope === scope);
    if (found) return found;
  }
  return null;
}

export interface RootRow {
  readonly version: number;
  readonly activated_at: Date;
  readonly superseded_at: Date | null;
  readonly retired_at: Date | null;
  readonly secrets: number;
  readonly unreadable: number;
}

function stateOf({ superseded_at, retired_at, secrets }: RootRow): SecretRoot['state'] {
  if (retired_at) return 'retired';
  if (!superseded_at) return 'active';
  return secrets === 0 ? 'empty' : 'leaving';
}

/** @param rows newest first */
export function toRootsState(
  rows: readonly RootRow[],
  holdsNext: (version: number) => boolean,
): SecretRootsState {
  const roots = rows.map((row) => ({
    version: row.version,
    state: stateOf(row),
    activatedAt: row.activated_at.toISOString(),
    retiredAt: row.retired_at?.toISOString() ?? null,
    secrets: row.secrets,
    unreadable: row.unreadable,
  }));
  // The first version comes into being with the first secret; a rotation goes on from there.
  const version = (rows[0]?.version ?? 1) + 1;
  return {
    roots,
    next: { version, available: holdsNext(version) },
    total: roots.reduce((sum, root) => sum + root.secrets, 0),
    settled: roots.find((root) => root.state === 'active')?.secrets ?? 0,
  };
}
