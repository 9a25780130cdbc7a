import pg from 'pg';
import { DATABASE_ROLES, type DatabaseRole } from '../../../shared/service/keys.ts';
import type { DatabaseEndpoint } from '../../../shared/service/launch.ts';
import { foreignKey } from './cluster-error.ts';
import { DATABASE_NAME } from './listen.ts';
import { connectSession, isRefused } from './session.ts';

export type Passwords = Readonly<Record<DatabaseRole, string>>;

/** Roles that processes connect as. The owner made the cluster and only creates these. */
export const WORKING_ROLES = DATABASE_ROLES.filter((role) => role !== 'owner');

export const ROLE_ATTRIBUTES =
  'LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS';

/** Two starters at once must not both create the same role. Any constant does. */
export const BOOTSTRAP_LOCK = '5981241340912';

const { escapeIdentifier, escapeLiteral } = pg;

async function createRoles(owner: pg.Client, passwords: Passwords): Promise<void> {
  const { rows } = await owner.query<{ rolname: string }>('SELECT rolname FROM pg_roles');
  const present = new Set(rows.map((row) => row.rolname));
  for (const role of WORKING_ROLES) {
    const verb = present.has(role) ? 'ALTER' : 'CREATE';
    await owner.query(
      `${verb} ROLE ${escapeIdentifier(role)} ${ROLE_ATTRIBUTES} PASSWORD ${escapeLiteral(passwords[role])}`,
    );
  }
}

async function createDatabase(owner: pg.Client): Promise<void> {
  const name = escapeIdentifier(DATABASE_NAME);
  const { rowCount } = await owner.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE_NAME]);
  if (rowCount === 0) await owner.query(`CREATE DATABASE ${name} OWNER migrator`);
  for (const database of [DATABASE_NAME, 'postgres', 'template1']) {
    await owner.query(`REVOKE ALL ON DATABASE ${escapeIdentifier(database)} FROM PUBLIC`);
  }
  const connecting = WORKING_ROLES.map((role) => escapeIdentifier(role)).join(', ');
  await owner.query(`GRANT CONNECT ON DATABASE ${name} TO ${connecting}`);
}

/** The role that strangers are nearest to. */
const FOREMOST = 'resolver';

/**
 * What PostgreSQL lets every role do: take locks that others wait for (all spending shares one), and write large objects, which nobody
 * here has. The foremost role can do neither.
 */
export async function closeFunctions(
  endpoint: DatabaseEndpoint,
  superuser: { readonly role: string; readonly password: string },
): Promise<void> {
  const owner = await connectSession(endpoint, superuser, 2000);
  const others = WORKING_ROLES.filter((role) => role !== FOREMOST).map((role) => escapeIdentifier(role));
  try {
    const { rows } = await owner.query<{ name: string; locks: boolean }>(`
      SELECT oid::regprocedure::text AS name, proname LIKE '%advisory%' AS locks FROM pg_proc
      WHERE pronamespace = 'pg_catalog'::regnamespace AND proname ~ '^(pg_(try_)?advisory_|lo_|lowrite|loread)'`);
    for (const { name, locks } of rows) {
      if (locks) await owner.query(`GRANT EXECUTE ON FUNCTION ${name} TO ${others.join(', ')}`);
      await owner.query(`REVOKE EXECUTE ON FUNCTION ${name} FROM PUBLIC`);
    }
  } finally {
    await owner.end();
  }
}

/**
 * Creates the roles and the database that are missing; safe to repeat.
 * @throws ClusterError `data-dir-foreign-key` when the cluster was made with another key
 */
export async function bootstrapRoles(
  endpoint: DatabaseEndpoint,
  passwords: Passwords,
  dataDir: string,
): Promise<void> {
  const owner = await connectSession(
    { ...endpoint, database: 'postgres' },
    { role: 'owner', password: passwords.owner },
    2000,
  ).catch((error: unknown) => {
    throw isRefused(error) ? foreignKey(dataDir, error) : error;
  });
  try {
    await owner.query('SELECT pg_advisory_lock($1)', [BOOTSTRAP_LOCK]);
    await createRoles(owner, passwords);
    await createDatabase(owner);
    await closeFunctions(
      { ...endpoint, database: DATABASE_NAME },
      { role: 'owner', password: passwords.owner },
    );
  } finally {
    await owner.end();
  }
}

/** Whether all are there, and what is closed to the foremost one is: a cluster of an earlier version is brought up to it. */
export async function rolesAreComplete(migrator: pg.Client): Promise<boolean> {
  const { rowCount } = await migrator.query('SELECT 1 FROM pg_roles WHERE rolname = ANY($1)', [
    WORKING_ROLES,
  ]);
  if (rowCount !== WORKING_ROLES.length) return false;
  const { rows } = await migrator.query<{ open: boolean }>(
    `SELECT has_function_privilege($1, 'pg_advisory_lock(bigint)', 'EXECUTE')
      OR has_function_privilege($1, 'lo_create(oid)', 'EXECUTE') AS open`,
    [FOREMOST],
  );
  return rows[0]?.open === false;
}
