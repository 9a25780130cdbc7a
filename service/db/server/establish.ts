import pg from 'pg';
import { BOOTSTRAP_LOCK, closeFunctions, rolesAreComplete, WORKING_ROLES } from '../cluster/bootstrap.ts';
import { connectSession } from '../cluster/session.ts';
import { type Found, look, refuseServer, refuseStrangers } from './inspect.ts';
import { connectAs, createRoles, proveAll, proveRoles } from './roles.ts';
import { refused } from './server-error.ts';
import { CONNECT_MS, type Target } from './target.ts';

const { escapeIdentifier } = pg;

/** Where every server has one: advisory locks are a database's, and ours may not exist yet. */
const MAKING = 'postgres';

/** A starter that makes everything needs a second or two; one that holds the lock for longer hangs. */
const LOCK_PATIENCE_MS = 30_000;

interface Maker {
  readonly session: pg.Client;
  readonly superuser: boolean;
}

/** @throws ServerError when something is missing that this role may not make */
async function makerOf(session: pg.Client, { endpoint }: Target, found: Found): Promise<Maker> {
  const { rows } = await session.query<{ name: string; superuser: boolean; makes: boolean }>(
    `SELECT rolname AS name, rolsuper AS superuser, rolsuper OR (rolcreaterole AND rolcreatedb) AS makes
     FROM pg_roles WHERE rolname = current_user`,
  );
  const { name = '', superuser = false, makes = false } = rows[0] ?? {};
  const complete = found.database !== undefined && found.roles.length === WORKING_ROLES.length;
  if (!complete && !makes)
    throw refused(
      endpoint,
      `has not all roles and the database that are needed, and the role ${name} may not make them. Have its DBA run ALTER ROLE ${name} CREATEROLE CREATEDB.`,
    );
  return { session, superuser };
}

/**
 * With the locale of the embedded cluster, so that rows sort and compare alike on both. To give a database to another role one must
 * be able to become it; who is no superuser takes that right for this one statement.
 */
async function createDatabase({ session, superuser }: Maker, { endpoint }: Target): Promise<void> {
  if (!superuser) await session.query('GRANT migrator TO CURRENT_USER WITH SET TRUE, INHERIT FALSE');
  try {
    await session.query(
      `CREATE DATABASE ${escapeIdentifier(endpoint.database)} OWNER migrator TEMPLATE template0
       ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'`,
    );
  } finally {
    if (!superuser) await session.query('REVOKE migrator FROM CURRENT_USER').catch(() => undefined);
  }
}

/** Whoever else has a role on this server has no business in our database. Other databases are not ours to close. */
async function closeDatabase(migrator: pg.Client, { endpoint }: Target): Promise<void> {
  const name = escapeIdentifier(endpoint.database);
  await migrator.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
  const connecting = WORKING_ROLES.map((role) => escapeIdentifier(role)).join(', ');
  await migrator.query(`GRANT CONNECT ON DATABASE ${name} TO ${connecting}`);
}

/** Of several starters one looks and makes at a time; the lock goes with the session. */
async function makeMissing(session: pg.Client, target: Target): Promise<pg.Client> {
  await session.query(`SET lock_timeout = ${LOCK_PATIENCE_MS}`);
  await session.query('SELECT pg_advisory_lock($1)', [BOOTSTRAP_LOCK]);
  const found = await look(session, target.endpoint.database);
  refuseStrangers(found, target);
  const proven = await proveRoles(target, found);
  const maker = await makerOf(session, target, found);
  await createRoles(session, target, found);
  if (!found.database) await createDatabase(maker, target);
  const migrator = await connectAs(target, 'migrator');
  try {
    await closeDatabase(migrator, target);
    if (!proven) await proveAll(target);
    // They belong to the server's superuser; a maker that is none leaves them open, and docs/SECURITY.md says so.
    if (maker.superuser && !(await rolesAreComplete(migrator)))
      await closeFunctions(target.endpoint, target.maker);
    return migrator;
  } catch (error) {
    await migrator.end();
    throw error;
  }
}

/**
 * Makes what is missing on the server, and nothing else: roles and a database. Safe to repeat, and for several at once.
 * @returns a session as the migrator
 * @throws ServerError, or what PostgreSQL says, when the server is not ours or cannot be
 */
export async function establish(target: Target): Promise<pg.Client> {
  const session = await connectSession({ ...target.endpoint, database: MAKING }, target.maker, CONNECT_MS);
  try {
    await refuseServer(session, target);
    return await makeMissing(session, target);
  } finally {
    await session.end();
  }
}
