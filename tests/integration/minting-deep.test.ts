import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { transact } from '../../service/db/database.ts';
import { deepVerify } from '../../service/evidence/deep/deep.ts';
import { BATCH_SIZE, integrateBatch } from '../../service/ledger/integrator/batch.ts';
import { macKeyOf, sealKeyOf } from '../../service/ledger/mac.ts';
import { sealEvent } from '../../service/ledger/seal.ts';
import { mintJobStates } from '../../service/minting/jobs/rederive.ts';
import { mintTokenStates } from '../../service/minting/tokens/rederive.ts';
import { activateToken } from '../../service/resolver/store.ts';
import type { OpenedEntry } from '../../shared/ledger/bundle/format.ts';
import { OriginEvidence } from '../../shared/ledger/mint-export/origin.ts';
import { verifyExport } from '../../shared/ledger/mint-export/verify.ts';
import type { TestSession } from '../fixtures/accounts.ts';
import { startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { integratorDeps } from '../fixtures/ledger.ts';
import { mintAllOf, mintingOf, order } from '../fixtures/minting.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api', 4);
const reader = cluster.open('reader', 2);
const migrator = cluster.open('migrator', 1);
const macKey = macKeyOf(cluster.keys.stagingMac);

let api: TestApi;
let owner: TestSession;
let brandId = '';
/** Ids of jobs by their activation, and of tokens by job and position: `manual 2`. */
const ids: Record<string, string> = {};

/** The first scan of a token, as the scan plane writes it. */
async function scan(token: string, brand: string): Promise<void> {
  const parts = { clock: api.clock, random: randomBytes };
  const event = {
    ...{ kind: 'scan.activated' as const, data: { token, brand }, agent: null, requestId: null },
    actor: { type: 'system', id: 'resolver', name: null } as const,
  };
  const entry = sealEvent(sealKeyOf(macKey, event.kind), parts, event);
  const { code_hash: code } = await db.kysely
    .selectFrom('mint_tokens')
    .select('code_hash')
    .where('id', '=', token)
    .executeTakeFirstOrThrow();
  expect(await activateToken(cluster.open('resolver', 1), code, entry)).toBe(true);
}

const { open, brand, send, get } = mintingOf(() => api);

async function mintTraffic(): Promise<void> {
  owner = await open('owner');
  brandId = await brand(owner);
  const product = { name: 'Tea', gtin: '4006381333931', url: 'https://example.org/tea' };
  for (const [activation, quantity] of [
    ['first_scan', 12],
    ['manual', 5],
    ['none', 4],
  ] as const) {
    const wish = order(brandId, { activation, quantity, product, batchName: activation });
    ids[activation] = (await send('/jobs', wish, owner)).body.job.id;
  }
  await mintAllOf(cluster.open('worker', 2), api.clock);
  const act = async (name: string, what: string) => {
    const [activation = '', position] = name.split(' ');
    const { tokens } = (await get(`/jobs/${ids[activation]}/tokens`, owner)).body;
    const { id, serial } = tokens[Number(position) - 1];
    const answer = await send(
      `/tokens/${id}/${what}`,
      { serial, ...(what === 'void' && { reason: 'x' }) },
      owner,
    );
    expect(answer.status, answer.text).toBeLessThan(300);
  };
  await act('manual 1', 'activate');
  await act('manual 2', 'void');
  await act('manual 2', 'reissue');
  await act('manual 6', 'activate');
  await act('none 4', 'void');
  for (const [activation, jobId] of Object.entries({ ...ids }))
    for (const { id, position } of (await get(`/jobs/${jobId}/tokens`, owner)).body.tokens)
      ids[`${activation} ${position}`] = id;
  await scan(ids['first_scan 3'] ?? '', brandId);
}

/** What the owner of the tables can do, and no role of ours may. */
const owns = (statement: string) => sql.raw(statement).execute(migrator.kysely);

async function integrate(): Promise<void> {
  const integrator = cluster.open('integrator');
  const batch = () => transact(integrator, (tx) => integrateBatch(tx, integratorDeps(cluster)));
  while ((await batch()).found === BATCH_SIZE);
}

beforeAll(async () => {
  await cluster.reset();
  const clock = new TestClock();
  api = await startTestApi({ db, clock, staging: testStaging(clock, cluster.keys.stagingMac), quiet: true });
  await mintTraffic();
  await integrate();
  for (const table of ['mint_jobs', 'mint_tokens'])
    await owns(`CREATE TABLE saved_${table} AS SELECT * FROM ${table};
      ALTER TABLE ${table} DISABLE TRIGGER USER`);
  await owns('ALTER TABLE mint_tokens DROP CONSTRAINT mint_tokens_replacement');
});
afterAll(() => api.close());

beforeEach(async () => {
  await owns('DELETE FROM mint_exports');
  for (const table of ['mint_tokens', 'mint_jobs'])
    await owns(`DELETE FROM ${table}; INSERT INTO ${table} SELECT * FROM saved_${table}`);
});

async function findings(domain: string) {
  const found: unknown[] = [];
  for await (const step of deepVerify({ db, reader, macKey, rederivers: [mintJobStates, mintTokenStates] }))
    if (step.step === 'log' || (step.step === 'state' && step.domain === domain)) found.push(step);
  return found;
}

/** Number of the only entry of this kind that names the id. */
async function numberOf(kind: string, id: string): Promise<number> {
  const rows = await db.kysely
    .selectFrom('ledger_entries')
    .select('number')
    .where('kind', '=', kind)
    .where('data', 'like', `%${id}%`)
    .execute();
  expect(rows, `${kind} ${id}`).toHaveLength(1);
  return Number(rows[0]?.number);
}

const set = (token: string, assignment: string) =>
  `UPDATE mint_tokens SET ${assignment} WHERE id = '${ids[token]}'`;
const ACTIVE = `state = 'active', activated_at = now()`;

describe('deep verification of tokens', () => {
  it('finds nothing where every state has its entry', async () => {
    for (const domain of ['mint tokens', 'mint jobs']) expect(await findings(domain)).toEqual([]);
  });

  it.each([
    ['first_scan 1', ACTIVE, ['state', 'activated'], 'mint.tokens-minted first_scan'],
    ['manual 3', ACTIVE, ['state', 'activated'], 'mint.tokens-minted manual'],
    ['first_scan 5', `state = 'voided', voided_at = now()`, ['state'], 'mint.tokens-minted first_scan'],
    ['first_scan 3', `state = 'voided', voided_at = now()`, ['state'], 'scan.activated first_scan 3'],
    ['first_scan 12', `activation = 'manual'`, ['activation'], 'mint.tokens-minted first_scan'],
    ['none 1', `serial = 'ACME-999999'`, ['serial'], 'mint.tokens-minted none'],
    ['manual 2', 'replaced_by = NULL', ['replacedBy'], 'mint.token-reissued manual 2'],
    ['manual 6', `serial = 'ACME-000099-R1'`, ['serial'], 'mint.token-activated manual 6'],
    ['manual 6', 'code_hash = sha256(code_hash)', ['codeHash'], 'mint.token-activated manual 6'],
  ])('finds and locates a state without an entry: %s, %s', async (token, assignment, fields, told) => {
    await owns(set(token, assignment));
    const [, kind = '', about = ''] = /^(\S+) (.*)$/.exec(told) ?? [];
    const one = { step: 'state', domain: 'mint tokens', subject: ids[token], what: 'differs', fields };
    expect(await findings('mint tokens')).toEqual([
      { ...one, number: await numberOf(kind, ids[about] ?? '') },
    ]);
  });

  it.each([
    ['first_scan 3', `state = 'issued', activated_at = NULL`, 'scan.activated'],
    ['manual 1', `state = 'issued', activated_at = NULL`, 'mint.token-activated'],
    ['none 4', `state = 'active', voided_at = NULL`, 'mint.token-voided'],
  ])('finds and locates an entry without its state: %s, %s', async (token, assignment, kind) => {
    await owns(set(token, assignment));
    const one = { step: 'state', domain: 'mint tokens', subject: ids[token], what: 'unwritten', fields: [] };
    expect(await findings('mint tokens')).toEqual([
      { ...one, number: await numberOf(kind, ids[token] ?? '') },
    ]);
  });

  it('finds tokens that are gone, by their positions, and one in place of another that is gone', async () => {
    await owns(`DELETE FROM mint_tokens WHERE id IN ('${ids['first_scan 7']}', '${ids['first_scan 8']}');
      DELETE FROM mint_tokens WHERE id = '${ids['manual 6']}'`);
    const one = { step: 'state', domain: 'mint tokens', what: 'unwritten', fields: [] };
    const minted = await numberOf('mint.tokens-minted', ids.first_scan ?? '');
    expect(await findings('mint tokens')).toEqual([
      {
        ...one,
        subject: ids['manual 6'],
        number: await numberOf('mint.token-activated', ids['manual 6'] ?? ''),
      },
      { ...one, subject: `${ids.first_scan} at 7 to 8`, number: minted },
    ]);
  });

  it('finds a token that nobody minted', async () => {
    const forged = `mtk_${'0'.repeat(25)}z`;
    await owns(`INSERT INTO mint_tokens
      SELECT '${forged}', job_id, brand_id, 13, 'ACME-000013-R1', sha256(code_hash), code_envelope, activation, state
      FROM mint_tokens WHERE id = '${ids['first_scan 1']}'`);
    expect(await findings('mint tokens')).toEqual([
      { step: 'state', domain: 'mint tokens', subject: forged, number: null, what: 'untold', fields: [] },
    ]);
  });

  it('finds codes that are not those that the root of their job commits to', async () => {
    await owns(set('manual 5', 'code_hash = sha256(code_hash)'));
    const number = await numberOf('mint.job-completed', ids.manual ?? '');
    expect(await findings('mint tokens')).toEqual([
      {
        step: 'state',
        domain: 'mint tokens',
        subject: ids.manual,
        number,
        what: 'differs',
        fields: ['codeHashes'],
      },
    ]);
  });

  it.each([
    `jsonb_set(product, '{gtin}', '"4006381333948"')`,
    `jsonb_set(product, '{url}', '"https://example.net/tea"')`,
    `product - 'gtin'`,
  ])('finds and locates a product that was changed: %s', async (product) => {
    await owns(`UPDATE mint_jobs SET product = ${product} WHERE id = '${ids.manual}'`);
    expect(await findings('mint jobs')).toMatchObject([
      { subject: ids.manual, number: expect.any(Number), what: 'differs', fields: ['product'] },
    ]);
  });
});

describe('an export of what was re-issued', () => {
  const wish = (first: number, format = 'jsonl', more = {}) => ({
    ...{ brandId, jobId: ids.manual, format, first, ...more },
  });
  const stateOf = async (id: string) => (await get(`/exports/${id}`, owner)).body.export;

  /** Ordered, made, and downloaded by its address. */
  async function fileOf(body: object): Promise<{ id: string; file: Buffer }> {
    const { id } = (await send('/exports', body, owner)).body.export;
    await api.jobs.find(({ name }) => name === 'mint-exports')?.run();
    const { url } = (await send(`/exports/${id}/link`, { batchName: 'manual' }, owner)).body;
    const { rawPayload } = await api.publicApp.inject({ method: 'GET', url });
    return { id, file: rawPayload };
  }

  async function judged(file: Buffer) {
    const leaves = new Map<string, string>();
    const chunks = (async function* () {
      yield file;
    })();
    const report = await verifyExport(chunks, {
      sha256: (data) => createHash('sha256').update(data).digest(),
      startSha256: () => createHash('sha256'),
      onReplacement: ({ serial, leaf }) => void leaves.set(serial, leaf),
    });
    return { report, leaves };
  }

  /** What a log without these kinds, if any, has against the file. */
  async function complaint({ report, leaves }: Awaited<ReturnType<typeof judged>>, without = '') {
    if (!report.manifest) throw new Error('it has no manifest');
    await integrate();
    const evidence = new OriginEvidence(report.manifest, leaves);
    const entries = await db.kysely.selectFrom('ledger_entries').select(['kind', 'data']).execute();
    for (const { kind, data } of entries)
      if (kind !== without) evidence.note({ kind, data: JSON.parse(data) } as OpenedEntry);
    return evidence.complaint(report);
  }

  it.each(['jsonl', 'csv'])('holds its codes and no others, and the log tells each: %s', async (format) => {
    const { id, file } = await fileOf(wish(6, format));
    const seen = await judged(file);
    expect(seen.report).toMatchObject({
      ...{ verdict: 'consistent', rows: 1, manifest: { count: 5, replacements: 1 } },
    });
    expect([...seen.leaves.keys()]).toEqual(['ACME-000014-R1']);
    expect(await stateOf(id)).toMatchObject({ first: 6, rows: 1, done: 1, sha256: seen.report.sha256 });
    expect(await complaint(seen)).toBeNull();
    expect(await complaint(seen, 'mint.token-reissued')).toContain('no entry that "ACME-000014-R1"');
    const forged = { ...seen, leaves: new Map([['ACME-000014-R1', '0'.repeat(64)]]) };
    expect(await complaint(forged)).toContain('is not the one');
  });

  it('begins behind what was ordered, ends with the last, and is nothing where nothing was re-issued', async () => {
    for (const wrong of [wish(5), wish(7), wish(6, 'csv', { rows: 2 }), wish(5, 'csv', { rows: 1 })])
      expect((await send('/exports', wrong, owner)).status, JSON.stringify(wrong)).toBe(400);
    const other = { brandId, jobId: ids.none, format: 'jsonl', first: 5 };
    expect((await send('/exports', other, owner)).text).toContain('none of whose tokens was re-issued');
    expect((await send('/exports', wish(6), await open('stranger'))).status).toBe(404);
  });

  it('is none when its code does not open', async () => {
    await owns(
      set(
        'manual 6',
        `code_envelope = (SELECT code_envelope FROM saved_mint_tokens WHERE id = '${ids['manual 5']}')`,
      ),
    );
    const { id } = (await send('/exports', wish(6), owner)).body.export;
    await api.jobs.find(({ name }) => name === 'mint-exports')?.run();
    expect(await stateOf(id)).toMatchObject({ state: 'failed', problem: 'unreadable', bytes: null });
  });
});
