import { createHash } from 'node:crypto';
import type pg from 'pg';

export type MigrationErrorCode = 'altered' | 'newer' | 'failed';

/** Why the schema could not be brought up to date. The message is a sentence for a person. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
  readonly code: MigrationErrorCode;

  constructor(code: MigrationErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  /** SHA-256 (hex) of the text with LF line ends. */
  readonly checksum: string;
}

const FILE_NAME = /(\d{4})_([a-z0-9_]+)\.sql$/;

const FILES = import.meta.glob<string>('./migrations/*.sql', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** The numbered files in order. @throws MigrationError when two have one number or a name is not numbered */
export function readMigrations(files: Readonly<Record<string, string>> = FILES): Migration[] {
  const migrations = Object.entries(files).map(([path, text]) => {
    const [, number, name] = FILE_NAME.exec(path) ?? [];
    if (number === undefined || name === undefined) {
      throw new MigrationError('failed', `${path} is not named NNNN_name.sql`);
    }
    const sql = text.replaceAll('\r\n', '\n');
    return { number: Number(number), name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
  });
  migrations.sort((a, b) => a.number - b.number);
  const twice = migrations.find((migration, i) => migrations[i + 1]?.number === migration.number);
  if (twice) throw new MigrationError('failed', `two migrations have the number ${twice.number}`);
  return migrations;
}

/** Two starters at once must not both migrate. Any constant does. */
const MIGRATION_LOCK = '7046029254386353';

interface Applied {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

async function readApplied(session: pg.Client): Promise<Map<number, Applied>> {
  await session.query(`CREATE TABLE IF NOT EXISTS schema_migrations (
    number     integer PRIMARY KEY,
    name       text NOT NULL,
    checksum   text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
  )`);
  const { rows } = await session.query<Applied>('SELECT number, name, checksum FROM schema_migrations');
  return new Map(rows.map((row) => [row.number, row]));
}

function refuseForeignHistory(applied: ReadonlyMap<number, Applied>, migrations: readonly Migration[]): void {
  const known = new Map(migrations.map((migration) => [migration.number, migration]));
  for (const { number, name, checksum } of applied.values()) {
    const ours = known.get(number);
    if (!ours) {
      throw new MigrationError(
        'newer',
        `The database was used by a newer version of Sallyport (migration ${number}, ${name}). Install that version again; nothing was changed.`,
      );
    }
    if (ours.checksum === checksum) continue;
    throw new MigrationError(
      'altered',
      `Migration ${number} (${name}) differs from the one this database was made with. Install the version that made it; nothing was changed.`,
    );
  }
}

async function applyOne(session: pg.Client, migration: Migration): Promise<void> {
  const { number, name, sql, checksum } = migration;
  try {
    await session.query('BEGIN');
    await session.query(sql);
    await session.query('INSERT INTO schema_migrations (number, name, checksum) VALUES ($1, $2, $3)', [
      number,
      name,
      checksum,
    ]);
    await session.query('COMMIT');
  } catch (cause) {
    await session.query('ROLLBACK').catch(() => undefined);
    throw new MigrationError(
      'failed',
      `Migration ${number} (${name}) failed; the database is as it was before.`,
      {
        cause,
      },
    );
  }
}

/**
 * Applies the migrations that are missing, each in a transaction of its own, under a lock.
 * @returns how many were applied
 */
export async function migrate(
  session: pg.Client,
  migrations: readonly Migration[] = readMigrations(),
): Promise<number> {
  await session.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
  try {
    const applied = await readApplied(session);
    refuseForeignHistory(applied, migrations);
    const missing = migrations.filter((migration) => !applied.has(migration.number));
    for (const migration of missing) await applyOne(session, migration);
    return missing.length;
  } finally {
    await session.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
  }
}
