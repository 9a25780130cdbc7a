import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, transact } from '../../service/db/database.ts';
import { integrateBatch } from '../../service/ledger/integrator/batch.ts';
import { macKeyOf } from '../../service/ledger/mac.ts';
import { type SaltedRow, type StagedEvent, sealEvent } from '../../service/ledger/seal.ts';
import { insertStaged } from '../../service/ledger/staged.store.ts';
import { activateToken, recordScans } from '../../service/resolver/store.ts';
import type { Scan } from '../../service/resolver/telemetry.ts';
import { startTestCluster, type TestCluster } from '../fixtures/cluster.ts';
import { integratorDeps } from '../fixtures/ledger.ts';
import { RESOLVER_KEYS } from '../fixtures/resolver.ts';
import { type BatchOrder, lookAt, mintBatch, voidToken } from '../fixtures/scans.ts';

let cluster: TestCluster;
let owner: Database;
let db: Database;
let integrator: Database;
let see: ReturnType<typeof lookAt>;

const integrate = () => transact(integrator, (tx) => integrateBatch(tx, integratorDeps(cluster)));

beforeAll(async () => {
  cluster = await startTestCluster();
  owner = cluster.open('migrator', 2);
  db = cluster.open('resolver', 6);
  integrator = cluster.open('integrator');
  see = lookAt(owner, integrate);
});
afterAll(() => cluster.stop());

const mint = (order: Partial<BatchOrder> = {}) =>
  mintBatch(owner, RESOLVER_KEYS.codeHash, { count: 1, activation: 'first_scan', ...order });

/** An entry as somebody seals it who has the resolver's key and runs code of their own. */
const sealed = (event: Pick<StagedEvent, 'kind' | 'data'>): SaltedRow =>
  sealEvent(
    macKeyOf(RESOLVER_KEYS.scanSeal),
    { clock: { now: () => new Date() }, random: (bytes) => randomBytes(bytes) },
    { ...event, actor: { type: 'system', id: 'resolver', name: null }, agent: null, requestId: null },
  );

describe('who has taken over the resolver', () => {
  const forbidden = async (statement: string): Promise<boolean> =>
    sql
      .raw(statement)
      .execute(db.kysely)
      .then(
        () => false,
        (error: { code?: string }) => error.code === 'forbidden',
      );

  it('can read one view and no table, and write no table, of all in the catalogue', async () => {
    const tables =
      await see.rows(`SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND c.relkind IN ('r', 'v', 'm', 'p', 'f')`);
    expect(tables.length).toBeGreaterThan(40);
    const open: string[] = [];
    for (const { name = '' } of tables) {
      const [{ column = '' } = {}] = await see.rows(
        `SELECT attname AS column FROM pg_attribute WHERE attrelid = '${name}'::regclass AND attnum > 0 LIMIT 1`,
      );
      for (const statement of [
        `SELECT * FROM ${name} LIMIT 1`,
        `SELECT count(*) FROM ${name}`,
        `SELECT "${column}" FROM ${name} FOR UPDATE`,
        `INSERT INTO ${name} DEFAULT VALUES`,
        `UPDATE ${name} SET "${column}" = DEFAULT`,
        `DELETE FROM ${name}`,
        `TRUNCATE ${name}`,
        `COPY ${name} TO STDOUT`,
      ])
        if (!(await forbidden(statement))) open.push(statement.replace(/ LIMIT 1$/, ''));
    }
    expect(open.filter((statement) => !/ scan_tokens( |$)/.test(statement))).toEqual([]);
    const rights = await see.rows(`SELECT p FROM unnest(ARRAY['SELECT','INSERT','UPDATE','DELETE']) AS p
      WHERE has_table_privilege('resolver', 'scan_tokens', p)`);
    expect(rights).toEqual([{ p: 'SELECT' }]);
    const columns = await see.rows(
      `SELECT attname AS name FROM pg_attribute WHERE attrelid = 'scan_tokens'::regclass AND attnum > 0`,
    );
    expect(columns.map(({ name }) => name)).not.toContain('code_envelope');
  });

  it('can call two functions of ours and no other, whose search path nobody can change', async () => {
    const functions =
      await see.rows(`SELECT p.proname AS name, p.prosecdef::text AS definer, p.proconfig::text AS config,
        has_function_privilege('resolver', p.oid, 'EXECUTE')::text AS may
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public'`);
    const may = functions.filter(({ may }) => may === 'true').map(({ name }) => name);
    expect(may.sort()).toEqual(['scan_activate', 'scan_record']);
    for (const { name, definer, config } of functions.filter((one) => one.may === 'true')) {
      expect(definer, name).toBe('true');
      expect(config, name).toContain('search_path=pg_catalog, pg_temp');
    }
  });

  it('is refused by every function of ours when it calls it, and by every sequence', async () => {
    const functions =
      await see.rows(`SELECT p.oid::regproc::text AS name, coalesce(string_agg('NULL::' || t.type::regtype::text, ', ' ORDER BY t.at), '') AS arguments
      FROM pg_proc p LEFT JOIN LATERAL unnest(p.proargtypes::oid[]) WITH ORDINALITY AS t (type, at) ON true
      WHERE p.pronamespace = 'public'::regnamespace AND p.prorettype <> 'trigger'::regtype GROUP BY p.oid`);
    const sequences = await see.rows(
      `SELECT oid::regclass::text AS name FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace`,
    );
    const tries = [
      ...functions.map(({ name, arguments: given }) => `SELECT ${name}(${given})`),
      ...sequences.flatMap(({ name }) => [`SELECT nextval('${name}')`, `SELECT last_value FROM ${name}`]),
    ];
    expect(functions.length).toBeGreaterThan(2);
    const open: string[] = [];
    for (const statement of tries)
      if (!(await forbidden(statement))) open.push(statement.split('(')[0] ?? '');
    expect(open.sort()).toEqual(['SELECT scan_activate', 'SELECT scan_record']);
  });

  it.each([
    // The lock that all spending shares: whoever holds it stops all money.
    'SELECT pg_advisory_xact_lock(16, 240)',
    'SELECT pg_try_advisory_lock(5981241340912)',
    'SELECT lo_create(0)',
    `SELECT lo_from_bytea(0, '\\x00')`,
    'SET ROLE api',
    'SET ROLE migrator',
    'CREATE TABLE mine (x int)',
    'CREATE TEMP TABLE mine (x int)',
    'CREATE SCHEMA mine',
    'CREATE FUNCTION public.now() RETURNS int LANGUAGE sql AS $$SELECT 1$$',
    `SELECT scan_stage('credits.granted', 'evt_00000000000000000000000000', now(), '{}', '[]', ''::bytea, ''::bytea)`,
    'ALTER FUNCTION scan_activate SECURITY INVOKER',
    'GRANT resolver TO api',
    `SELECT pg_read_file('PG_VERSION')`,
    `COPY (SELECT 1) TO PROGRAM 'true'`,
    'SELECT rolpassword FROM pg_authid',
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'api'`,
    'ALTER SYSTEM SET fsync = off',
  ])('cannot: %s', async (statement) => {
    cluster.open('api', 1).stats();
    const refused = await forbidden(statement);
    const nobody = statement.includes('pg_terminate_backend');
    expect(refused || nobody).toBe(true);
  });
});

describe('the two functions', () => {
  it('refuse an entry that tells of another token, and activate nothing then', async () => {
    const { brand, tokens } = await mint({ count: 2 });
    const [first, second] = tokens;
    const lie = sealed({ kind: 'scan.activated', data: { token: second?.id, brand } });
    await expect(activateToken(db, first.codeHash, lie)).rejects.toMatchObject({ code: 'constraint' });
    expect(await see.token(first.id)).toMatchObject({ state: 'issued' });
  });

  it('activate nothing that waits for its brand, or is void', async () => {
    const manual = await mint({ activation: 'manual' });
    const voided = await mint();
    await voidToken(owner, voided.tokens[0].id);
    for (const { brand, tokens } of [manual, voided]) {
      const entry = sealed({ kind: 'scan.activated', data: { token: tokens[0].id, brand } });
      expect(await activateToken(db, tokens[0].codeHash, entry)).toBe(false);
      expect(await see.activations(tokens[0].id)).toEqual([]);
    }
  });

  it('refuse telemetry that holds an address, an unknown token, or another number than its entry', async () => {
    const { brand, tokens } = await mint();
    const scan: Scan = {
      ...{ token: tokens[0].id, hour: new Date('2030-01-01T00:00:00Z'), network: '8.8.8.0/24' },
      ...{ region: 'north-america', device: 'phone' },
    };
    const entry = (scans = 1) => sealed({ kind: 'scans.recorded', data: { scans, bots: 0, previews: 0 } });
    const wrong = [
      { scans: [{ ...scan, network: '8.8.8.8/32' }], passed: [], entry: entry() },
      { scans: [{ ...scan, network: '2a02:6b8::/64' }], passed: [], entry: entry() },
      { scans: [{ ...scan, hour: new Date('2030-01-01T00:10:00Z') }], passed: [], entry: entry() },
      { scans: [{ ...scan, token: 'mtk_1' }], passed: [], entry: entry() },
      { scans: [scan], passed: [], entry: entry(2) },
    ];
    for (const batch of wrong)
      await expect(recordScans(db, batch)).rejects.toMatchObject({ code: 'constraint' });
    const right = { scans: [scan], passed: [], entry: entry() };
    await recordScans(db, right);
    // Tried again after an answer that was lost: once is enough.
    await expect(recordScans(db, right)).rejects.toMatchObject({ code: 'constraint' });
    expect(await see.scans(brand)).toHaveLength(1);
  });

  it('cannot have the integrator number an entry of another kind, whatever it was sealed as', async () => {
    await integrate();
    const { brand, tokens } = await mint();
    const data = { token: tokens[0].id, brand };
    const started = { version: '1', mode: 'standalone', signatures: 'required' };
    // The function says the kind, so a seal over another one fits nothing.
    const other = sealed({ kind: 'service.started', data: started });
    const { data: text } = sealed({ kind: 'scan.activated', data });
    expect(await activateToken(db, tokens[0].codeHash, { ...other, data: text })).toBe(true);
    expect((await integrate()).forgeries).toMatchObject([{ reason: 'mac' }]);
    const another = sealed({ kind: 'service.started', data: started });
    // And who could even insert rows, with the resolver's key and without the staging key:
    await transact(cluster.open('api', 1), (tx) => insertStaged(tx, [another]));
    expect((await integrate()).forgeries).toMatchObject([{ reason: 'mac' }]);
  });
});
