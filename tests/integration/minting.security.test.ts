import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mintJobStates } from '../../service/minting/jobs/rederive.ts';
import { mintTokenStates } from '../../service/minting/tokens/rederive.ts';
import type { TestSession } from '../fixtures/accounts.ts';
import { ORIGIN, startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { mintAllOf, mintingOf, order, stagedOf } from '../fixtures/minting.ts';
import { rederived } from '../fixtures/rederive.ts';
import { prepareSigned, type TestOperator } from '../fixtures/signing.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api', 12);
const worker = cluster.open('worker', 2);

let api: TestApi;
let operator: TestOperator;
let owner: TestSession;
let brandId: string;
const minting = mintingOf(() => api);
const { send, get } = minting;

const serve = () => {
  const clock = new TestClock();
  return startTestApi({ db, clock, staging: testStaging(clock, cluster.keys.stagingMac), quiet: true });
};
beforeEach(async () => {
  await cluster.reset();
  api = await serve();
  operator = await api.enrolFirst();
  owner = await minting.open('owner');
  brandId = await minting.brand(owner);
});
afterEach(async () => {
  await api.close();
  expect(await rederived(db, mintJobStates)).toEqual([]);
  expect(await rederived(db, mintTokenStates)).toEqual([]);
});

const said = (answer: { status: number; body: { error: { type: string } } }) =>
  `${answer.status} ${answer.body.error.type}`;
const join = async (role: string, name = role): Promise<TestSession> => {
  const session = await minting.open(name);
  const body = { brandName: 'Acme', accountId: session.accountId, role };
  expect((await send(`/brands/${brandId}/members`, body, owner)).status).toBe(201);
  return session;
};
const submitted = async (more: object = {}): Promise<string> => {
  const answer = await send('/jobs', order(brandId, more), owner);
  expect(answer.status, answer.text).toBe(201);
  return answer.body.job.id;
};
const mintAll = () => mintAllOf(worker, api.clock);
const staged = (kind: string) => stagedOf(db, kind);
const jobCount = async () => (await db.kysely.selectFrom('mint_jobs').select('id').execute()).length;

describe('who may mint', () => {
  it('is a member of the brand by a session: nobody, the admin token and a dead session are 401, strangers 404, members 403', async () => {
    const [member, stranger] = [await join('member'), await minting.open('stranger')];
    const jobId = await submitted();
    const request = (authorization?: string) =>
      api.publicApp.inject({
        method: 'POST',
        url: '/api/v1/minting/jobs',
        headers: {
          'content-type': 'application/json',
          'idempotency-key': 'who-may-mint',
          ...(authorization === undefined ? {} : { authorization }),
        },
        payload: JSON.stringify(order(brandId)),
      });
    for (const bearer of [
      undefined,
      `Bearer ${api.adminToken}`,
      'Bearer nonsense',
      `Bearer th_${'x'.repeat(43)}`,
    ])
      expect((await request(bearer)).statusCode, bearer).toBe(401);
    await api.post('/api/v1/auth/logout', {}, stranger.accessToken);
    expect((await request(`Bearer ${stranger.accessToken}`)).statusCode).toBe(401);
    const other = await minting.open('other');
    expect(said(await send('/jobs', order(brandId), other))).toBe('404 not_found');
    for (const path of [
      `/jobs/${jobId}`,
      `/jobs/${jobId}/tokens`,
      `/jobs/${jobId}/events`,
      `/brands/${brandId}/batches`,
    ])
      expect((await get(path, other)).status).toBe(404);
    expect(said(await send(`/jobs/${jobId}/cancel`, { batchName: 'spring' }, other))).toBe('404 not_found');
    expect(said(await send('/jobs', order(brandId), member))).toBe('403 forbidden');
    expect(said(await send(`/jobs/${jobId}/pause`, { batchName: 'spring' }, member))).toBe('403 forbidden');
    expect((await get(`/jobs/${jobId}`, member)).status).toBe(200);
    expect(await jobCount()).toBe(1);
  });
});

describe('a mint order', () => {
  it('continues the numbers of its pattern, and is refused where another batch has its serials', async () => {
    await submitted({ product: { name: 'x', gtin: '4006381333931' } });
    const next = await send('/jobs', order(brandId), owner);
    expect(next.body.job).toMatchObject({ firstNumber: 11, state: 'queued', done: 0, lease: null });
    expect(said(await send('/jobs', order(brandId, { firstNumber: 20 }), owner))).toBe('409 conflict');
    expect(said(await send('/jobs', order(brandId, { serialPattern: 'ACME-0{n:5}' }), owner))).toBe(
      '409 conflict',
    );
    expect((await send('/jobs', order(brandId, { firstNumber: 21 }), owner)).status).toBe(201);
  });

  it('needs an Idempotency-Key: the same body is the same job, another one 422, also after a restart', async () => {
    const bare = await api.post('/api/v1/minting/jobs', order(brandId), owner.accessToken);
    expect(said(bare)).toBe('400 idempotency_key_required');
    const first = await send('/jobs', order(brandId), owner, 'the-same-key');
    await api.close();
    api = await serve();
    const again = await send('/jobs', order(brandId), owner, 'the-same-key');
    expect(again.body.job.id).toBe(first.body.job.id);
    expect(said(await send('/jobs', order(brandId, { quantity: 11 }), owner, 'the-same-key'))).toBe(
      '422 idempotency_mismatch',
    );
    expect(await jobCount()).toBe(1);
  });

  it('sent a thousand times at once with ten keys is ten jobs', async () => {
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, i) =>
        send('/jobs', order(brandId, { batchName: `b${i % 10}` }), owner, `flood-key-${i % 10}`),
      ),
    );
    const statuses = new Set(answers.map(({ status }) => status));
    for (const status of statuses) expect([201, 409, 503]).toContain(status);
    for (let i = 0; i < 10; i += 1)
      answers.push(await send('/jobs', order(brandId, { batchName: `b${i}` }), owner, `flood-key-${i}`));
    expect(await jobCount()).toBe(10);
    const ids = new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body.job.id));
    expect(ids.size).toBe(10);
  });
});

describe('a job', () => {
  it('is paused, resumed and cancelled, each once, under its name, with an entry', async () => {
    const jobId = await submitted();
    const act = (name: string, batchName = 'spring') => send(`/jobs/${jobId}/${name}`, { batchName }, owner);
    expect(said(await act('pause', 'autumn'))).toBe('409 name_mismatch');
    expect(said(await act('resume'))).toBe('409 conflict');
    expect((await act('pause')).body.job.state).toBe('paused');
    expect(said(await act('pause'))).toBe('409 conflict');
    await mintAll();
    expect((await act('resume')).body.job).toMatchObject({ state: 'queued', done: 0 });
    expect((await act('cancel')).body.job.state).toBe('cancelled');
    for (const late of ['pause', 'resume', 'cancel']) expect(said(await act(late))).toBe('409 conflict');
    await mintAll();
    expect((await get(`/jobs/${jobId}`, owner)).body.job).toMatchObject({ state: 'cancelled', done: 0 });
    for (const kind of ['paused', 'resumed', 'cancelled'])
      expect(await staged(`mint.job-${kind}`)).toMatchObject([
        { jobId, actor: `account ${owner.accountId}`, countersignedBy: null },
      ]);
  });

  it('shows its tokens page by page without their codes', async () => {
    const jobId = await submitted({ quantity: 25 });
    await mintAll();
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await get(`/jobs/${jobId}/tokens?limit=10${cursor && `&cursor=${cursor}`}`, owner);
      seen.push(...body.tokens.map((token: { serial: string }) => token.serial));
      expect(JSON.stringify(body)).not.toContain('nvelope');
      cursor = body.nextCursor ?? '';
    } while (cursor !== '');
    expect(seen).toEqual(Array.from({ length: 25 }, (_, i) => `ACME-${String(i + 1).padStart(6, '0')}`));
    expect((await get(`/brands/${brandId}/batches`, owner)).body.batches).toMatchObject([
      { id: jobId, done: 25 },
    ]);
    expect((await get(`/jobs/${jobId}/tokens?cursor=x`, owner)).status).toBe(400);
  });
});

describe('a token', () => {
  const counts = async (jobId: string) => (await get(`/jobs/${jobId}/counts`, owner)).body.counts;
  const tokens = async (jobId: string) => (await get(`/jobs/${jobId}/tokens`, owner)).body.tokens;

  it('is voided once and re-issued once, in another serial behind the batch, whose root stays', async () => {
    const jobId = await submitted();
    await mintAll();
    const { root } = (await get(`/jobs/${jobId}`, owner)).body.job;
    const [token] = await tokens(jobId);
    const { id, serial } = token;
    expect(said(await send(`/tokens/${id}/reissue`, { serial }, owner))).toBe('409 conflict');
    const end = (named: string) => send(`/tokens/${id}/void`, { serial: named, reason: 'lost' }, owner);
    expect(said(await end('ACME-000002'))).toBe('409 name_mismatch');
    const twice = await Promise.all([end(serial), end(serial)]);
    expect(twice.map(({ status }) => status).sort()).toEqual([200, 409]);
    const again = await Promise.all([1, 2, 3].map(() => send(`/tokens/${id}/reissue`, { serial }, owner)));
    expect(again.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const made = again.find(({ status }) => status === 201)?.body;
    expect(made.token).toMatchObject({ serial: 'ACME-000001-R1', position: 11, state: 'active' });
    expect(made.replaced).toMatchObject({ id, state: 'voided', replacedBy: made.token.id });
    expect((await get(`/jobs/${jobId}`, owner)).body.job).toMatchObject({ root, reissued: 1, done: 10 });
    expect(await staged('mint.token-reissued')).toMatchObject([{ replaces: id, tokenId: made.token.id }]);
    expect(await counts(jobId)).toEqual({ tokens: 11, issued: 0, active: 10, voided: 1 });
    expect((await get(`/jobs/${jobId}/counts`, await minting.open('stranger'))).status).toBe(404);
  });

  it('is activated by hand only where the batch says so, and once', async () => {
    const jobId = await submitted({ activation: 'manual' });
    const other = await submitted({ activation: 'first_scan' });
    await mintAll();
    const [token] = await tokens(jobId);
    const [scanned] = await tokens(other);
    const act = (one: { id: string; serial: string }) =>
      send(`/tokens/${one.id}/activate`, { serial: one.serial }, owner);
    expect((await act(token)).body.token.state).toBe('active');
    expect(await counts(jobId)).toEqual({ tokens: 10, issued: 9, active: 1, voided: 0 });
    expect(said(await act(token))).toBe('409 conflict');
    expect(said(await act(scanned))).toBe('409 conflict');
    await send(`/tokens/${token.id}/void`, { serial: token.serial, reason: 'x' }, owner);
    expect(said(await act(token))).toBe('409 conflict');
    expect(await counts(jobId)).toEqual({ tokens: 10, issued: 9, active: 0, voided: 1 });
  });
});

describe('an operator’s signature beside the session', () => {
  const prepared = (by: TestOperator, idempotencyKey = 'countersigned-1') => {
    const body = order(brandId);
    return prepareSigned(
      ORIGIN,
      { route: 'mint.submit', path: '/api/v1/minting/jobs', body, idempotencyKey },
      by,
    );
  };
  const session = () => ({ authorization: `Bearer ${owner.accessToken}` });
  const signed = async (by: TestOperator, change: Record<string, string> = {}) => {
    const request = await prepared(by);
    return api.send({ ...request, headers: { ...request.headers, ...change } }, session());
  };

  it('is named in the entry, which is the member’s', async () => {
    expect((await signed(operator)).status).toBe(201);
    const [entry] = await staged('mint.job-submitted');
    expect(entry.actor).toBe(`account ${owner.accountId}`);
    expect(entry.countersignedBy).toMatch(/^opr_/);
  });

  it('refuses the request when it is a stranger’s, damaged, halved, over another card, sent again, or without the session', async () => {
    expect(said(await signed(api.newOperator()))).toBe('401 key_unknown');
    expect(said(await signed(operator, { 'sallyport-card': 'x' }))).toBe('401 card_mismatch');
    expect(said(await signed(operator, { 'content-digest': 'sha-256=:AAAA:' }))).toBe('401 digest_mismatch');
    expect((await signed(operator, { signature: 'sig1=:AAAA:' })).status).toBe(401);
    const whole = await prepared(operator);
    for (const half of ['signature', 'signature-input']) {
      const headers = Object.fromEntries(Object.entries(whole.headers).filter(([name]) => name !== half));
      expect((await api.send({ ...whole, headers }, session())).status, half).toBe(401);
    }
    expect((await api.send(await prepared(operator))).status).toBe(401);
    expect(await jobCount()).toBe(0);
    expect((await api.send(whole, session())).status).toBe(201);
    expect(said(await api.send(whole, session()))).toBe('401 signature_replayed');
  });
});
