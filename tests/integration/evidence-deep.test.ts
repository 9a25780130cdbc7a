import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { REDERIVERS } from '../../service/app/open-log.ts';
import { type Database, transact } from '../../service/db/database.ts';
import { type DeepStep, deepVerify } from '../../service/evidence/deep/deep.ts';
import { deepHandlers } from '../../service/evidence/deep/routes.ts';
import { BATCH_SIZE, integrateBatch } from '../../service/ledger/integrator/batch.ts';
import { macKeyOf } from '../../service/ledger/mac.ts';
import { startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster, type TestCluster } from '../fixtures/cluster.ts';
import { damaging } from '../fixtures/damage.ts';
import { integratorDeps, stageMany, stagingFor } from '../fixtures/ledger.ts';
import { mintingOf, order } from '../fixtures/minting.ts';
import { mixedTraffic, type Traffic } from '../fixtures/mixed-traffic.ts';
import { tried } from '../fixtures/state-cases.ts';
import { CHANGES } from '../fixtures/states/changes.ts';
import { damagesOf } from '../fixtures/states/damages.ts';
import { STATE_CASES } from '../fixtures/states/every.ts';

const SIZE = 300;
let cluster: TestCluster;
let db: Database;
let reader: Database;
let integrator: Database;
let owner: Database;
let superuser: Database;
let api: TestApi;
let traffic: Traffic;

beforeAll(async () => {
  cluster = await startTestCluster();
  [db, reader, integrator, owner] = [
    cluster.open('api'),
    cluster.open('reader', 2),
    cluster.open('integrator'),
    cluster.open('migrator', 1),
  ];
  superuser = cluster.open('owner', 1);
  await cluster.reset();
  const clock = new TestClock();
  const staging = testStaging(clock, cluster.keys.stagingMac);
  api = await startTestApi({ db, clock, staging });
  const operator = await api.enrolFirst();
  const sent = async (route: 'keys.create' | 'keys.revoke' | 'limits.lower', path: string, body: unknown) =>
    (await api.signed({ route, path, body }, operator)).body;
  const create = () => sent('keys.create', '/api/keys', { label: 'k' });
  const [revoked, lowered] = [await create(), await create(), await create()];
  await sent('keys.revoke', `/api/keys/${revoked.key.id}/revoke`, { reason: 'left' });
  await sent('limits.lower', `/api/keys/${lowered.key.id}/limit/lower`, { requestsPerMinute: 5 });
  traffic = await mixedTraffic(api, operator, { db, staging });
  const minting = mintingOf(() => api);
  const member = await minting.open('mina');
  await minting.send('/jobs', order(await minting.brand(member)), member);
  const { size } = await db.kysely
    .selectFrom('ledger_staged')
    .select((eb) => eb.fn.countAll<string>().as('size'))
    .executeTakeFirstOrThrow();
  await stageMany(db, stagingFor(cluster), SIZE - Number(size));
  while (
    (await transact(integrator, (tx) => integrateBatch(tx, integratorDeps(cluster)))).found === BATCH_SIZE
  );
  // One event that has no number yet, and its state.
  await create();
});
afterAll(async () => {
  await api.close();
  await cluster.stop();
});

const BACKUP = [
  'ledger_entries',
  'ledger_salts',
  'ledger_tiles',
  'ledger_head',
  'ledger_checkpoints',
  'api_keys',
];
beforeEach(async () => {
  // Each case damages the database; what it was is put back before the next one.
  for (const table of BACKUP) {
    await sql
      .raw(`CREATE TABLE IF NOT EXISTS saved_${table} AS SELECT * FROM ${table}`)
      .execute(owner.kysely);
    await sql
      .raw(`DELETE FROM ${table}; INSERT INTO ${table} SELECT * FROM saved_${table}`)
      .execute(owner.kysely);
  }
});

async function findings(): Promise<DeepStep[]> {
  const found: DeepStep[] = [];
  const options = { db, reader, macKey: macKeyOf(cluster.keys.stagingMac), rederivers: REDERIVERS };
  for await (const step of deepVerify(options)) if (step.step !== 'progress') found.push(step);
  return found;
}
const { damage, saved, whileDamaged } = damaging(() => owner, findings);

describe('deep verification', () => {
  it('finds nothing in a database that nobody touched', async () => {
    expect(await findings()).toEqual([]);
  });

  it('that fails is told to the log, and one that finds nothing is not', async () => {
    const kinds: unknown[] = [];
    const options = { db, reader, macKey: macKeyOf(cluster.keys.stagingMac), rederivers: REDERIVERS };
    const staging = stagingFor(cluster);
    const told: typeof staging = {
      ...staging,
      stage: (_tx, { kind, data }) => {
        kinds.push({ kind, data });
        return Promise.resolve('evt');
      },
    };
    const verify = (aborted: boolean) => {
      const writer = { write: () => true, drained: () => Promise.resolve() };
      const closed = aborted ? AbortSignal.abort() : new AbortController().signal;
      const io = { headers: {}, closed, open: () => writer };
      return deepHandlers({ ...options, staging: told })['ledger.deepVerify']({}, {} as never, io);
    };
    await verify(false);
    expect(kinds).toEqual([]);
    await damage(`UPDATE ledger_entries SET at = at + interval '1 ms' WHERE number = 7`);
    await verify(false);
    expect(kinds).toMatchObject([
      { kind: 'ledger.verification-failed', data: { log: expect.any(Number), firstNumber: 7 } },
    ]);
    // Whoever looks and leaves at once hides nothing.
    await verify(true);
    expect(kinds).toHaveLength(2);
  });

  it.each(damagesOf(SIZE))('finds and locates: %s', async (statement, what, number) => {
    await damage(statement);
    expect((await findings()).filter(({ step }) => step === 'log')[0]).toMatchObject({ what, number });
  });

  it('finds a state row without its event, an event without its row, and what contradicts the log', async () => {
    const ids = (
      await db.kysely.selectFrom('api_keys').select('id').orderBy('revoked_at').orderBy('id').execute()
    ).map(({ id }) => id);
    const [first = '', second = '', third = ''] = ids;
    // Whoever owns the table can do what no role of ours may.
    await damage('ALTER TABLE api_keys DISABLE TRIGGER api_keys_stay_revoked');
    await damage(`UPDATE api_keys SET requests_per_minute = 999 WHERE id = '${second}'`);
    await damage(`DELETE FROM api_keys WHERE id = '${third}'`);
    await damage(
      `UPDATE api_keys SET revoked_at = NULL, revoked_by = NULL, revoked_reason = NULL WHERE id = '${first}'`,
    );
    await damage(`INSERT INTO api_keys (id, label, key_hash, display_prefix, requests_per_minute, created_at, created_by, family)
      SELECT 'key_0000000000000000000000000z', label, sha256('x'), 'th_xxxxxxxx', requests_per_minute, created_at, created_by,
        'inference' FROM api_keys WHERE id = '${second}'`);
    const found = await findings();
    expect(found).toHaveLength(4);
    const of = (subject: string) => found.find((one) => one.step === 'state' && one.subject === subject);
    expect(of(first)).toMatchObject({
      what: 'differs',
      fields: ['revoked', 'reason'],
      number: expect.any(Number),
    });
    expect(of(second)).toMatchObject({ what: 'differs', fields: ['requestsPerMinute'] });
    expect(of(third)).toMatchObject({ what: 'unwritten', fields: [] });
    expect(of('key_0000000000000000000000000z')).toMatchObject({ what: 'untold', number: null });
  });

  describe('of money', () => {
    it('finds and locates a balance that was changed', async () => {
      const set = (by: string) =>
        `UPDATE wallets SET posted = posted ${by} WHERE address = '${traffic.wallet}'`;
      expect(await whileDamaged('wallets', [set('+ 1'), set('- 1')])).toEqual([
        {
          ...{ step: 'state', domain: 'wallets', subject: traffic.wallet, what: 'differs' },
          ...{ fields: ['posted'], number: expect.any(Number) },
        },
      ]);
    });

    it('lets no entry that is sent into the log again explain a balance, and finds it', async () => {
      const { id, number } = await db.kysely
        .selectFrom('ledger_entries')
        .select(['id', 'number'])
        .where('kind', '=', 'credits.granted')
        .executeTakeFirstOrThrow();
      const both = `address IN ('${traffic.wallet}', 'issuance')`;
      const more = (sign: '+' | '-') => `UPDATE wallets w SET posted = posted ${sign} t.units *
        CASE address WHEN 'issuance' THEN -1 ELSE 1 END FROM transfers t WHERE t.entry_id = '${id}' AND ${both}`;
      // Its seal is a good one: told a second time, it grants the same credits twice.
      const row = 'id, kind, at, actor_type, actor_id, actor_name, agent, request_id, data, leaf, mac';
      await damage(`INSERT INTO ledger_staged (${row}) SELECT ${row} FROM ledger_entries WHERE id = '${id}'`);
      const found = await whileDamaged('wallets', [more('+'), more('-')]);
      await damage(`DELETE FROM ledger_staged WHERE id = '${id}'`);
      expect(found).toHaveLength(3);
      expect(found[0]).toEqual({ step: 'log', what: 'repeated', number: Number(number) });
      for (const subject of [traffic.wallet, 'issuance'])
        expect(found).toContainEqual(
          expect.objectContaining({ subject, what: 'differs', fields: ['posted'] }),
        );
    });

    it('finds and locates credits that are held and nobody holds, and the other way round', async () => {
      const set = (by: string) => `UPDATE wallets SET held = held ${by} WHERE address = '${traffic.wallet}'`;
      for (const both of [
        [set('+ 7'), set('- 7')],
        [set('- 7'), set('+ 7')],
      ] as const)
        expect(await whileDamaged('wallets', both)).toMatchObject([
          { domain: 'wallets', subject: traffic.wallet, what: 'differs', fields: ['held'] },
        ]);
    });
  });

  it.each(CHANGES)('finds and locates in %s: %s = %s', async (domain, place, value, field, where, kind) => {
    const [table = '', column = ''] = place.split('.');
    const subject = await saved(table, where);
    const found = await whileDamaged(table, [
      `UPDATE ${table} SET ${column} = ${value} WHERE id = '${subject}'`,
      `UPDATE ${table} t SET ${column} = s.${column} FROM saved s WHERE t.id = s.id`,
    ]);
    const number = kind === null ? expect.any(Number) : await numberOf(kind, subject);
    expect(found).toEqual([{ step: 'state', domain, subject, what: 'differs', fields: [field], number }]);
  });

  it('finds an agent that was given to another account', async () => {
    // The database refuses it while keys name both, so whoever owns the tables takes that away first.
    const keys = 'api_keys_agent_is_the_accounts';
    const subject = await saved('agents', 'owner_id IS NOT NULL');
    const found = await whileDamaged('agents', [
      `ALTER TABLE api_keys DROP CONSTRAINT ${keys};
       UPDATE agents SET owner_id = (SELECT max(a.id) FROM accounts a WHERE a.id <> owner_id) WHERE id = '${subject}'`,
      `UPDATE agents t SET owner_id = s.owner_id FROM saved s WHERE t.id = s.id;
       ALTER TABLE api_keys ADD CONSTRAINT ${keys} FOREIGN KEY (agent_id, account_id) REFERENCES agents (id, owner_id)`,
    ]);
    const number = await numberOf('agent.claimed', subject);
    expect(found).toEqual([
      { step: 'state', domain: 'agents', subject, what: 'differs', fields: ['ownerId'], number },
    ]);
  });

  it('finds an account that nobody told of', async () => {
    const forged = `acc_${'0'.repeat(25)}z`;
    const found = await whileDamaged('accounts', [
      `INSERT INTO accounts SELECT (jsonb_populate_record(a, jsonb_build_object('id', '${forged}', 'email_key', 'x@y.z'))).*
        FROM accounts a LIMIT 1`,
      `DELETE FROM accounts WHERE id = '${forged}'`,
    ]);
    expect(found).toMatchObject([{ domain: 'accounts', subject: forged, what: 'untold', number: null }]);
  });

  it.each([
    ['agent keys', 'agent_keys', 'key_hash', 'key_'],
    ['identity tokens', 'identity_tokens', 'token_hash', 'idt_'],
  ])('finds among %s one that nobody told of, and one that is gone', async (domain, table, hash, prefix) => {
    const gone = await saved(table);
    const forged = `${prefix}${'0'.repeat(25)}z`;
    const found = await whileDamaged(table, [
      `UPDATE ${table} SET id = '${forged}', ${hash} = sha256(${hash}) WHERE id = '${gone}'`,
      `UPDATE ${table} t SET id = s.id, ${hash} = s.${hash} FROM saved s WHERE t.id = '${forged}'`,
    ]);
    const one = { step: 'state', domain, fields: [] };
    expect(found).toEqual([
      { ...one, subject: forged, what: 'untold', number: null },
      { ...one, subject: gone, what: 'unwritten', number: expect.any(Number) },
    ]);
  });
});

describe('of every other table', () => {
  it.each(STATE_CASES)('finds and locates what contradicts the log of %s', async (_, cases) => {
    for (const one of cases) {
      const { table, subject, fields, told, untold = 'untold' } = one;
      const found = await tried(superuser, one);
      expect(found.asTold, table).toEqual([]);
      const differs = { subject, what: 'differs', number: told.at(-1)?.number, fields };
      expect(found.changed, table).toEqual(fields.length === 0 ? [] : [differs]);
      expect(found.gone, table).toEqual([{ ...differs, what: 'unwritten', fields: [] }]);
      const planted = { subject, what: untold, number: null };
      expect(found.planted, table).toContainEqual(expect.objectContaining(planted));
    }
  });
});

/** Number of the only entry of this kind about this subject. */
async function numberOf(kind: string, subject: string): Promise<number> {
  const entries = db.kysely.selectFrom('ledger_entries').select('number').where('kind', '=', kind);
  const rows = await entries.where('data', 'like', `%${subject}%`).execute();
  expect(rows).toHaveLength(1);
  return Number(rows[0]?.number);
}
