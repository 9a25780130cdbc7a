import { sql } from 'kysely';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ORIGIN } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { checkpoint, dumpTables, filesOf } from '../fixtures/leaks.ts';
import { newMaterial, SecretBench } from '../fixtures/provider-secrets.ts';
import { prepareSigned } from '../fixtures/signing.ts';

const cluster = await startTestCluster({ own: 'it reads the files of the cluster' });
afterAll(() => cluster.stop());
const db = cluster.open('api', 12);
const owner = cluster.open('migrator', 1);

let bench: SecretBench;
beforeEach(async () => {
  bench = await SecretBench.open(cluster, db);
});
afterEach(() => bench.close());

/** A thousand are swapped, any two of them, where it is only about the mathematics: beside `seal`. */
const ROWS = 200;

/** Whoever owns the tables can lift every rule that stands in them; what stays is the mathematics. */
const tamper = (statements: string) =>
  owner.kysely.transaction().execute(async (tx) => {
    await sql.raw('ALTER TABLE provider_secrets DISABLE TRIGGER USER').execute(tx);
    await sql.raw(statements).execute(tx);
    await sql.raw('ALTER TABLE provider_secrets ENABLE TRIGGER USER').execute(tx);
  });

const unreadable = expect.objectContaining({ code: 'secret-unreadable' });

describe('a row that was changed in the database', () => {
  it(`${ROWS} rows whose contents went round by one: none opens, and none falls back to the platform’s`, async () => {
    const accounts = await bench.crowd(ROWS);
    await bench.keep(accounts);
    await bench.setPlatform(newMaterial());
    expect((await bench.resolve({ accountId: accounts[7] as string })).scope).toBe('account');
    await owner.kysely.transaction().execute(async (tx) => {
      await sql.raw('ALTER TABLE provider_secrets DISABLE TRIGGER USER').execute(tx);
      await sql.raw('ALTER TABLE provider_secrets DROP CONSTRAINT provider_secrets_salt_once').execute(tx);
      await sql`UPDATE provider_secrets s SET salt = o.salt, nonce = o.nonce, box = o.box
        FROM (SELECT account_id, lead(account_id, 1, ${accounts[0]}) OVER (ORDER BY account_id) AS next
              FROM provider_secrets WHERE scope = 'account') AS pair
        JOIN provider_secrets o ON o.account_id = pair.next WHERE s.account_id = pair.account_id`.execute(tx);
      await sql
        .raw('ALTER TABLE provider_secrets ADD CONSTRAINT provider_secrets_salt_once UNIQUE (salt)')
        .execute(tx);
      await sql.raw('ALTER TABLE provider_secrets ENABLE TRIGGER USER').execute(tx);
    });
    const outcomes = new Map<string, number>();
    for (const accountId of accounts) {
      const outcome = await bench.resolve({ accountId }).then(
        ({ scope }) => scope,
        (error) => error.code,
      );
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    expect([...outcomes]).toEqual([['secret-unreadable', ROWS]]);
    expect(await bench.staged('provider-secret.unreadable')).toHaveLength(ROWS);
  });

  it.each([
    ['a bit of its ciphertext', 'UPDATE provider_secrets SET box = set_byte(box, 3, get_byte(box, 3) # 1)'],
    [
      'a bit of its tag',
      'UPDATE provider_secrets SET box = set_byte(box, octet_length(box) - 1, get_byte(box, octet_length(box) - 1) # 128)',
    ],
    ['a bit of its salt', 'UPDATE provider_secrets SET salt = set_byte(salt, 31, get_byte(salt, 31) # 1)'],
    ['a bit of its nonce', 'UPDATE provider_secrets SET nonce = set_byte(nonce, 0, get_byte(nonce, 0) # 1)'],
    ['its id', `UPDATE provider_secrets SET id = 'psc_${'0'.repeat(26)}'`],
    ['the account it belongs to', `UPDATE provider_secrets SET account_id = 'acc_${'0'.repeat(26)}'`],
    ['its scope, to everybody’s', `UPDATE provider_secrets SET scope = 'platform', account_id = NULL`],
    ['its provider', `UPDATE provider_secrets SET provider = 'evil'`],
    [
      'the version of its root',
      `UPDATE secret_roots SET superseded_at = now(); INSERT INTO secret_roots (version, check_value, activated_at)
       VALUES (2, decode(repeat('00', 32), 'hex'), now()); UPDATE provider_secrets SET root_version = 2`,
    ],
  ])('fails loudly: %s', async (_what, statement) => {
    const [moved] = await bench.crowd(1);
    const ada = await bench.account('ada@example.org');
    await bench.put(ada, newMaterial());
    await tamper(statement);
    const provider = statement.includes('evil') ? 'evil' : 'openai';
    const accountId =
      statement.includes('account_id =') && !statement.includes('NULL') ? (moved as string) : ada.accountId;
    await expect(bench.resolve({ accountId, provider })).rejects.toThrow(unreadable);
  });

  it('is told once in the ledger, shown in lists and at the boundary, and mended by storing it again', async () => {
    const ada = await bench.account('ada@example.org');
    const { id } = (await bench.put(ada, newMaterial())).body.secret;
    await bench.setPlatform(newMaterial());
    await tamper(
      'UPDATE provider_secrets SET nonce = decode(repeat($$00$$, 12), $$hex$$) WHERE account_id IS NOT NULL',
    );
    const attempts = Array.from({ length: 20 }, () => bench.resolve({ accountId: ada.accountId }));
    for (const { status } of await Promise.allSettled(attempts)) expect(status).toBe('rejected');
    expect(await bench.staged('provider-secret.unreadable')).toMatchObject([
      { secretId: id, during: 'use', rootVersion: 1 },
    ]);
    const boundary = async () =>
      (await bench.api.get('/api/boundaries')).body.boundaries.find(
        (b: { id: string }) => b.id === 'secret-persistence',
      );
    expect(await boundary()).toMatchObject({
      state: 'failing',
      reasons: [expect.stringContaining('1 provider secrets do not open')],
    });
    const listed = (await bench.api.get('/api/provider-secrets?scope=account')).body.secrets;
    expect(listed[0].unreadableSince).toBe(bench.clock.now().toISOString());
    const mended = newMaterial();
    await bench.put(ada, mended);
    expect((await bench.resolve({ accountId: ada.accountId })).material).toBe(mended);
    expect((await boundary()).reasons.join()).not.toContain('do not open');
  });
});

describe('the table itself refuses', () => {
  it.each([
    ['provider_secrets_take_a_fresh_salt', 'UPDATE provider_secrets SET box = box || box'],
    [
      'provider_secrets_take_a_fresh_salt',
      `UPDATE provider_secrets SET nonce = decode(repeat('00', 12), 'hex')`,
    ],
    [
      'provider_secrets_never_go_back',
      `UPDATE provider_secrets SET root_version = 0, salt = sha256('x'), nonce = substr(sha256('y'), 1, 12)`,
    ],
    [
      'provider_secrets_root_is_in_use',
      `UPDATE provider_secrets SET root_version = 7, salt = sha256('x'), nonce = substr(sha256('y'), 1, 12)`,
    ],
    ['provider_secrets_count_one_by_one', 'UPDATE provider_secrets SET revision = revision + 2'],
    ['provider_secrets_salt_is_32_bytes', `UPDATE provider_secrets SET salt = 'x'`],
  ])('%s: %s', async (constraint, statement) => {
    await bench.put(await bench.account('ada@example.org'), newMaterial());
    for (const { kysely } of [db, owner])
      await expect(sql.raw(statement).execute(kysely)).rejects.toMatchObject({
        code: 'constraint',
        constraint,
      });
  });

  it.each([
    ['provider_secrets_stay_where_they_are', `UPDATE provider_secrets SET provider = 'evil'`],
    ['secret_roots_keep_their_key', `UPDATE secret_roots SET check_value = sha256('x')`],
    [
      'secret_roots_count_up',
      `INSERT INTO secret_roots (version, check_value, activated_at) VALUES (0, sha256('x'), now())`,
    ],
    [
      'secret_roots_one_active',
      `INSERT INTO secret_roots (version, check_value, activated_at) VALUES (2, sha256('x'), now())`,
    ],
    ['secret_roots_active_is_not_retired', 'UPDATE secret_roots SET retired_at = now()'],
    ['provider_secrets_root_is_in_use', 'UPDATE secret_roots SET superseded_at = now(), retired_at = now()'],
  ])('%s even to its owner: %s', async (constraint, statement) => {
    await bench.put(await bench.account('ada@example.org'), newMaterial());
    await expect(sql.raw(statement).execute(owner.kysely)).rejects.toMatchObject({ constraint });
  });
});

describe('a provider key', () => {
  it('is in no table, file of the database, log, answer, card or error', async () => {
    const ada = await bench.account('ada@example.org');
    const agent = await bench.agent(ada);
    const canaries = Array.from({ length: 6 }, newMaterial) as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const [own, replaced, ofAgent, platform, refused, wrong] = canaries;
    const texts: string[] = [];
    const note = async (answer: Promise<{ text: string; status: number }>, status: number) => {
      const { text, ...rest } = await answer;
      expect(rest.status, text).toBe(status);
      texts.push(text);
    };
    await note(bench.put(ada, replaced), 201);
    await note(bench.put(ada, own), 200);
    await note(bench.put(ada, ofAgent, { agent }), 201);
    const call = {
      route: 'provider-secrets.set-platform',
      path: '/api/provider-secrets/platform',
      body: { provider: 'openai', material: platform },
      idempotencyKey: 'set-platform-once',
    } as const;
    await note(bench.api.signed(call, bench.operator), 201);
    // The repeat is answered from what is remembered of the first.
    await note(bench.api.signed(call, bench.operator), 201);
    await note(bench.put(ada, `${wrong} with a space`), 400);
    await note(bench.put(ada, refused, { agent: `agt_${'0'.repeat(26)}` }), 403);
    await note(bench.send(ada, '/api/v1/tokenhall/provider-keys', { material: refused }), 400);
    const unsigned = await prepareSigned(
      ORIGIN,
      { ...call, body: { ...call.body, material: refused } },
      bench.operator,
    );
    await note(bench.api.send({ ...unsigned, body: unsigned.body.replace('openai', 'openal') }), 401);
    await note(bench.api.get(`/api/provider-secrets?material=${wrong}`), 200);
    await bench.resolve({ accountId: ada.accountId });
    await bench.rotate(2);
    await bench.work();
    await tamper(
      'UPDATE provider_secrets SET nonce = decode(repeat($$00$$, 12), $$hex$$) WHERE agent_id IS NOT NULL',
    );
    const failure = await bench.resolve({ agentId: agent }).catch((error: Error) => error);
    texts.push(String(failure), JSON.stringify(failure), bench.api.logged(), await dumpTables(owner));
    await checkpoint(cluster.open('owner', 1));
    const files = await filesOf(cluster.dataDir);
    expect(files.length).toBeGreaterThan(100);
    for (const canary of canaries) {
      const forms = [
        canary,
        Buffer.from(canary).toString('base64'),
        Buffer.from(canary).toString('hex'),
        canary.slice(10),
      ];
      for (const form of forms) {
        expect(texts.some((text) => text.includes(form))).toBe(false);
        expect(files.some((file) => file.includes(form))).toBe(false);
      }
    }
  });
});
