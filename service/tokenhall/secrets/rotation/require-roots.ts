import { TokenhallError } from '../../tokenhall-error.ts';
import type { SecretsDeps } from '../deps.ts';
import { readKnownRoots } from './store.ts';

/**
 * Whether this process holds every root that may still be needed, each the one that the database means. A service that found
 * out at the first request would have taken requests that it cannot serve.
 * @throws TokenhallError `root-unusable` with a sentence that says which
 */
export async function requireRoots({ db, roots }: Pick<SecretsDeps, 'db' | 'roots'>): Promise<void> {
  const known = await readKnownRoots(db.kysely);
  const missing = known.filter((root) => !roots.holds(root)).map(({ version }) => version);
  if (missing.length > 0)
    throw new TokenhallError(
      'root-unusable',
      `Provider secrets are encrypted under root ${missing.join(', ')}, which is not configured here, or as another key. Put the right one into SALLYPORT_SECRET_ROOTS.`,
    );
}
