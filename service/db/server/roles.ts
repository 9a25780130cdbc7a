import pg from 'pg';
import { ROLE_ATTRIBUTES, WORKING_ROLES } from '../cluster/bootstrap.ts';
import { codeOf, connectSession } from '../cluster/session.ts';
import { type Found, refuseForgetful } from './inspect.ts';
import { scramVerifier } from './scram.ts';
import { anotherRoot, connectionFailure, refused } from './server-error.ts';
import { CONNECT_MS, type Target } from './target.ts';

const OTHERS = WORKING_ROLES.filter((role) => role !== 'migrator');

type WorkingRole = Exclude<keyof Target['passwords'], 'owner'>;

/** Connects to our database as one of our roles. @throws ServerError */
export async function connectAs(target: Target, role: WorkingRole): Promise<pg.Client> {
  const { endpoint, passwords } = target;
  try {
    return await connectSession(endpoint, { role, password: passwords[role] }, CONNECT_MS);
  } catch (error) {
    throw codeOf(error) === '28P01' ? anotherRoot(endpoint, role, error) : error;
  }
}

/** No proof yet: there is no such database, or nobody was granted to enter it, as after a start that was cut off. */
const TOO_EARLY = new Set(['3D000', '42501']);

/** @throws ServerError unless this server asked for the password: otherwise anybody could have come in, with any key */
export async function refuseOpenDoor(session: pg.Client, { endpoint }: Target): Promise<void> {
  const { rows } = await session.query<{ method: string | null; role: string }>(
    "SELECT split_part(system_user, ':', 1) AS method, current_user AS role",
  );
  const { method, role } = rows[0] ?? { method: null, role: '' };
  if (method === 'scram-sha-256') return;
  throw refused(
    endpoint,
    `lets the role ${role} in by ${method ?? 'trust'}. Have pg_hba.conf ask our roles for scram-sha-256.`,
  );
}

/** @returns whether it could be told already */
async function proveOne(target: Target, role: WorkingRole, made: boolean): Promise<boolean> {
  let session: pg.Client;
  try {
    session = await connectAs(target, role);
  } catch (error) {
    if (!made && TOO_EARLY.has(codeOf(error))) return false;
    throw connectionFailure(target.endpoint, role, error);
  }
  try {
    await refuseOpenDoor(session, target);
    await refuseForgetful(session, target);
    return true;
  } finally {
    await session.end();
  }
}

/**
 * Proves that roles of our names are ours: each takes the password that derives from this root key, and is told the truth about its
 * commits. None is ever altered.
 * @returns whether that is proven of all of them; if not, `proveAll` has to when everything is made
 * @throws ServerError `data-dir-foreign-key` when one refuses it
 */
export async function proveRoles(target: Target, { roles }: Found): Promise<boolean> {
  // The migrator first: by it one tells whose the others are.
  const present = ['migrator' as const, ...OTHERS].filter((role) => roles.includes(role));
  let proven = present.length === WORKING_ROLES.length;
  for (const role of present) proven = (await proveOne(target, role, false)) && proven;
  return proven;
}

/** What was just made too: the server's rules, which say who must give a password, are its DBA's. @throws ServerError */
export async function proveAll(target: Target): Promise<void> {
  for (const role of WORKING_ROLES) await proveOne(target, role, true);
}

/** Makes the roles that are missing, all or none. */
export async function createRoles(maker: pg.Client, target: Target, { roles }: Found): Promise<void> {
  const missing = WORKING_ROLES.filter((role) => !roles.includes(role));
  if (missing.length === 0) return;
  await maker.query('BEGIN');
  for (const role of missing) {
    const verifier = pg.escapeLiteral(scramVerifier(target.passwords[role]));
    await maker.query(`CREATE ROLE ${pg.escapeIdentifier(role)} ${ROLE_ATTRIBUTES} PASSWORD ${verifier}`);
  }
  await maker.query('COMMIT');
}
