import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../service/db/database.ts';
import { startTestCluster, type TestCluster } from '../fixtures/cluster.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startTestCluster({ own: 'it looks at every database, and leaves a log-in unfinished' });
});
afterAll(() => cluster.stop());

/** Everything that each role may do with each table of the ledger. A new right is a new line here, or a failure. */
const LEDGER_RIGHTS = {
  leases: { integrator: 'SELECT UPDATE' },
  ledger_entries: { api: 'SELECT', integrator: 'INSERT SELECT', reader: 'SELECT' },
  ledger_checkpoints: { api: 'SELECT', integrator: 'INSERT SELECT UPDATE', reader: 'SELECT' },
  ledger_cosignatures: { api: 'INSERT SELECT', reader: 'SELECT' },
  ledger_epochs: { api: 'SELECT', integrator: 'INSERT SELECT', reader: 'SELECT' },
  ledger_forks: { api: 'INSERT SELECT' },
  ledger_keys: { api: 'SELECT', integrator: 'INSERT SELECT UPDATE', reader: 'SELECT' },
  ledger_head: { api: 'SELECT', integrator: 'SELECT UPDATE', reader: 'SELECT' },
  ledger_quarantine: { api: 'SELECT', integrator: 'INSERT SELECT' },
  ledger_salts: { api: 'INSERT', integrator: 'INSERT SELECT', reader: 'SELECT', worker: 'INSERT' },
  ledger_staged: { api: 'INSERT SELECT', integrator: 'DELETE INSERT SELECT', worker: 'INSERT' },
  ledger_tiles: { api: 'SELECT', integrator: 'INSERT SELECT UPDATE', reader: 'SELECT' },
  ledger_witnesses: { api: 'INSERT SELECT', reader: 'SELECT' },
  schema_migrations: {},
} as const;

/** What a worker may do besides: take jobs and mint, never change what it minted, nor read an envelope. */
const MINTING_RIGHTS = {
  brands: { api: 'INSERT SELECT UPDATE' },
  brand_members: { api: 'DELETE INSERT SELECT UPDATE' },
  member_lookups: { api: 'INSERT SELECT UPDATE' },
  mint_jobs: { api: 'INSERT SELECT UPDATE', worker: 'SELECT UPDATE' },
  mint_tokens: { api: 'INSERT SELECT UPDATE', worker: 'INSERT SELECT' },
} as const;

/** The scan plane reads one view; what it writes goes through its two functions. */
const SCAN_RIGHTS = {
  scan_tokens: { resolver: 'SELECT' },
  scans: { api: 'DELETE SELECT' },
  scan_passers: { api: 'DELETE SELECT' },
} as const;

const RIGHTS = { ...LEDGER_RIGHTS, ...MINTING_RIGHTS, ...SCAN_RIGHTS };

/** The tables of the other rooms: only the api touches them. */
const onlyTheApi = (rights: Record<string, string>) => Object.keys(rights).every((role) => role === 'api');

async function grantedRights(): Promise<Record<string, Record<string, string>>> {
  const { rows } = await sql<{ table: string; role: string; rights: string }>`
    SELECT c.relname AS table, r.rolname AS role,
           (SELECT coalesce(string_agg(p, ' ' ORDER BY p), '')
            FROM unnest(ARRAY['SELECT','INSERT','UPDATE','DELETE','TRUNCATE','REFERENCES','TRIGGER']) AS p
            WHERE has_table_privilege(r.rolname, c.oid, p) OR
              (p IN ('SELECT','INSERT','UPDATE') AND has_any_column_privilege(r.rolname, c.oid, p))) AS rights
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN pg_roles r
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'v', 'm', 'p') AND r.rolname IN ('api', 'integrator', 'reader', 'worker', 'resolver')
    ORDER BY 1, 2`.execute(cluster.open('migrator', 1).kysely);
  const table: Record<string, Record<string, string>> = {};
  for (const row of rows) {
    table[row.table] = { ...table[row.table], ...(row.rights === '' ? {} : { [row.role]: row.rights }) };
  }
  return table;
}

describe('rights in the database', () => {
  it('are exactly those of the table above, and no other room opens its tables to another role than the api', async () => {
    const granted = await grantedRights();
    for (const [table, rights] of Object.entries(RIGHTS)) expect(granted[table], table).toEqual(rights);
    const others = Object.entries(granted).filter(([table]) => !(table in RIGHTS));
    for (const [table, rights] of others)
      expect(onlyTheApi(rights), `${table}: ${JSON.stringify(rights)}`).toBe(true);
  });

  it('give no working role any power over the cluster', async () => {
    const { rows } = await sql<{ rolname: string }>`
      SELECT rolname FROM pg_roles
      WHERE rolname IN ('migrator', 'api', 'integrator', 'reader', 'worker', 'resolver')
        AND NOT (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls OR rolinherit)
      ORDER BY 1`.execute(cluster.open('reader', 1).kysely);
    expect(rows.map((row) => row.rolname)).toEqual([
      ...['api', 'integrator', 'migrator', 'reader', 'resolver', 'worker'],
    ]);
  });

  it('are nobody’s by default', async () => {
    const { rows } = await sql<{ count: string }>`
      SELECT count(*) FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
      WHERE a.grantee = 0 AND d.datname <> 'template0'`.execute(cluster.open('reader', 1).kysely);
    expect(rows[0]?.count).toBe('0');
  });
});

describe('the worker role', () => {
  it.each([
    'UPDATE mint_tokens SET state = $$voided$$',
    'DELETE FROM mint_tokens',
    'SELECT code_envelope FROM mint_tokens',
    'SELECT id FROM mint_tokens',
    'UPDATE mint_jobs SET quantity = 2',
    'INSERT INTO mint_jobs SELECT * FROM mint_jobs',
    'SELECT * FROM brands',
    'SELECT * FROM accounts',
    'SELECT * FROM ledger_staged',
    'SELECT * FROM ledger_salts',
  ])('%s', async (statement) => {
    const worker = cluster.open('worker', 1);
    await expect(sql.raw(statement).execute(worker.kysely)).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('the api role attacks the ledger', () => {
  it.each([
    'UPDATE ledger_staged SET actor_id = $$x$$',
    'DELETE FROM ledger_staged',
    'TRUNCATE ledger_staged',
    'INSERT INTO ledger_entries SELECT * FROM ledger_entries',
    'UPDATE ledger_entries SET data = $${}$$',
    'DELETE FROM ledger_entries',
    'UPDATE ledger_head SET size = 0',
    'UPDATE ledger_tiles SET hashes = sha256(hashes)',
    'UPDATE ledger_checkpoints SET note = note',
    'INSERT INTO ledger_keys SELECT * FROM ledger_keys',
    'UPDATE ledger_cosignatures SET line = line',
    'DELETE FROM ledger_witnesses',
    'SELECT * FROM ledger_salts',
    'UPDATE ledger_salts SET salts = salts',
    'UPDATE leases SET epoch = 0',
    'DROP TABLE ledger_entries',
    'ALTER TABLE ledger_staged DISABLE TRIGGER ALL',
    'CREATE TABLE mine (x int)',
    'CREATE TEMP TABLE mine (x int)',
    'SET ROLE migrator',
    'SELECT * FROM schema_migrations',
    `COPY ledger_head TO PROGRAM 'true'`,
    `SELECT pg_read_file('PG_VERSION')`,
  ])('%s', async (statement) => {
    const api = cluster.open('api', 1);
    await expect(sql.raw(statement).execute(api.kysely)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('cannot log in as another role or without a password', async () => {
    for (const password of ['', cluster.password('api')]) {
      const db = openDatabase({ endpoint: cluster.endpoint, role: 'integrator', password, poolSize: 1 });
      await expect(sql`SELECT 1`.execute(db.kysely)).rejects.toMatchObject({ name: 'DatabaseError' });
      await db.close();
    }
  });
});
