import type pg from 'pg';
import { WORKING_ROLES } from '../cluster/bootstrap.ts';
import { refused, ServerError } from './server-error.ts';
import type { Target } from './target.ts';

/** The migrations are tested on this one; an older server lacks what they use. */
const LEAST_MAJOR = 18;

/** Settings without which an answer that was given may be lost. */
const DURABLE = ['fsync', 'full_page_writes', 'synchronous_commit'] as const;

/** @throws ServerError when the role of this session, here, would be told of commits that a crash undoes */
export async function refuseForgetful(session: pg.Client, { endpoint }: Target): Promise<void> {
  const { rows } = await session.query<{ name: string; role: string }>(
    "SELECT name, current_user AS role FROM pg_settings WHERE name = ANY($1) AND setting = 'off'",
    [DURABLE],
  );
  const [off] = rows;
  if (off)
    throw refused(
      endpoint,
      `has ${off.name} off for the role ${off.role}: what it acknowledged could be lost. Turn it on.`,
    );
}

/** @throws ServerError when this server cannot be ours, whoever asks */
export async function refuseServer(maker: pg.Client, target: Target): Promise<void> {
  const { rows } = await maker.query<{ version: string; standby: boolean }>(
    "SELECT current_setting('server_version_num') AS version, pg_is_in_recovery() AS standby",
  );
  const major = Math.floor(Number(rows[0]?.version) / 10_000);
  // What says no version is no number, and less than nothing.
  if (!(major >= LEAST_MAJOR))
    throw refused(
      target.endpoint,
      `is of ${major > 0 ? `version ${major}` : 'no version that it says'}; ${LEAST_MAJOR} or newer is needed.`,
    );
  if (rows[0]?.standby)
    throw new ServerError(
      'database-unreachable',
      `${target.endpoint.host} is a standby, which takes no writes. Name the primary, or wait until this one is.`,
    );
  await refuseForgetful(maker, target);
}

interface FoundDatabase {
  readonly owner: string;
  readonly encoding: string;
  /** Sorts by bytes, as the embedded cluster does: the same rows come in the same order on every server. */
  readonly by_bytes: boolean;
}

export interface Found {
  readonly roles: readonly string[];
  readonly database: FoundDatabase | undefined;
}

export async function look(maker: pg.Client, name: string): Promise<Found> {
  const roles = await maker.query<{ rolname: string }>(
    'SELECT rolname FROM pg_roles WHERE rolname = ANY($1) ORDER BY rolname',
    [WORKING_ROLES],
  );
  const databases = await maker.query<FoundDatabase>(
    `SELECT pg_get_userbyid(datdba) AS owner, pg_encoding_to_char(encoding) AS encoding,
            datcollate IN ('C', 'POSIX') AND (datlocprovider = 'c' OR datlocprovider = 'b' AND datlocale IN ('C', 'C.UTF-8'))
              AS by_bytes
     FROM pg_database WHERE datname = $1`,
    [name],
  );
  return { roles: roles.rows.map(({ rolname }) => rolname), database: databases.rows[0] };
}

/** What stands there must be ours, or not be there. @throws ServerError */
export function refuseStrangers({ roles, database }: Found, { endpoint }: Target): void {
  const name = endpoint.database;
  if (roles.length > 0 && !roles.includes('migrator'))
    throw refused(
      endpoint,
      `has the ${roles.length === 1 ? 'role' : 'roles'} ${roles.join(', ')} of somebody else, whose names are needed here. Use another server, or rename them.`,
    );
  if (!database) return;
  if (database.owner !== 'migrator' || roles.length === 0)
    throw refused(
      endpoint,
      `has a database ${name} that the role ${database.owner} owns: it was not made for this. Name another one, which is then made.`,
    );
  if (database.encoding !== 'UTF8' || !database.by_bytes)
    throw refused(
      endpoint,
      `has a database ${name} whose encoding is not UTF8 or whose collation is not C. Name another one, which is then made.`,
    );
}
