import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addressOf } from '../../shared/money/wallets.ts';
import { accountsOf, type TestSession } from '../fixtures/accounts.ts';
import { startTestApi, type TestAnswer, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import type { TestOperator } from '../fixtures/signing.ts';
import { answered, derivedBalances } from '../fixtures/treasury.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api', 16);
const clock = new TestClock();
const staging = testStaging(clock, cluster.keys.stagingMac);

let api: TestApi;
let operator: TestOperator;
let ada: TestSession;
let bob: TestSession;
let adas: string;
let bobs: string;

const walletOf = ({ accountId }: TestSession) => addressOf({ type: 'account', id: accountId });
const ofAgent = (id: string) => addressOf({ type: 'agent', id });
beforeEach(async () => {
  await cluster.reset();
  api = await startTestApi({ db, clock, staging });
  operator = await api.enrolFirst();
  const accounts = accountsOf(() => api);
  [ada, bob] = [await accounts.open(), await accounts.open('bob@example.org')];
  [adas, bobs] = [walletOf(ada), walletOf(bob)];
  expect((await grant(adas, '100')).status).toBe(201);
});
afterEach(() => api.close());

const grant = (to: string, amount: string, idempotencyKey?: string) =>
  api.signed(
    {
      ...{ route: 'treasury.grant', path: '/api/wallets/grant', body: { to, amount, reason: 'test' } },
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    },
    operator,
  );
const correct = (body: Record<string, unknown>) =>
  api.signed({ route: 'treasury.transfer', path: '/api/wallets/transfer', body }, operator);

let keys = 0;
interface Sent {
  readonly key?: string | null;
  readonly agent?: string;
  readonly token?: string;
  readonly at?: TestApi;
}
const pay = async (
  body: Record<string, unknown>,
  { key = `key-${keys++}-xxxx`, agent, token = ada.accessToken, at = api }: Sent = {},
): Promise<TestAnswer> => {
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${token}`,
    ...(key === null ? {} : { 'idempotency-key': key }),
    ...(agent === undefined ? {} : { 'x-agent-id': agent }),
  };
  return at.send(
    { method: 'POST', path: '/api/v1/transfers', headers: {}, body: JSON.stringify(body) },
    headers,
  );
};
const reasonOf = ({ status, body }: TestAnswer) => (status === 201 ? '201' : `${status} ${body.error.type}`);

const newAgent = async (session: TestSession | null) => {
  const made = (await api.post('/api/v1/agents/register', { name: 'a' })).body;
  if (session) await api.post('/api/v1/agents/claim', { claimCode: made.claimCode }, session.accessToken);
  return { id: made.agent.id as string, key: made.key as string };
};

const figuresOf = async (session: TestSession) => {
  const { body } = await api.get('/api/v1/wallets', { authorization: `Bearer ${session.accessToken}` });
  return Object.fromEntries(
    body.wallets.map((w: { address: string; available: string }) => [w.address, w.available]),
  );
};
const conservation = async () => (await api.get('/api/wallets/conservation')).body;

describe('POST /api/v1/transfers', () => {
  it('moves credits and answers with what was entered', async () => {
    const answer = await pay({ toAddress: bobs, amount: '12.5', memo: 'lunch' });
    expect(answer.status).toBe(201);
    expect(answer.body.transfer).toMatchObject({
      ...{ kind: 'transfer', from: adas, to: bobs, amount: '12.50000000', memo: 'lunch' },
    });
    expect(await figuresOf(ada)).toEqual({ [adas]: '87.50000000' });
    expect(await figuresOf(bob)).toEqual({ [bobs]: '12.50000000' });
    expect(await conservation()).toMatchObject({ holds: true, sum: '0.00000000', issuance: '-100.00000000' });
  });

  it('pays an agent by its id, unclaimed too', async () => {
    const { id } = await newAgent(null);
    expect((await pay({ toAgentId: id, amount: '1' })).body.transfer.to).toBe(ofAgent(id));
  });

  it.each([
    ['no amount', { amount: undefined }],
    ['zero', { amount: '0' }],
    ['less than zero', { amount: '-1' }],
    ['nine decimals', { amount: '1.000000001' }],
    ['a float', { amount: 1.5 }],
    ['an exponent', { amount: '1e2' }],
    ['more than a milliard', { amount: '1000000000.00000001' }],
    ['a memo of 501', { memo: 'x'.repeat(501) }],
    ['an unknown field', { note: 'x' }],
    ['no destination', { toAddress: undefined }],
    ['two destinations', { toAgentId: `agt_${'0'.repeat(26)}` }],
    ['no address', { toAddress: 'revenue' }],
  ])('refuses %s as 400 invalid_body', async (_what, change) => {
    expect(reasonOf(await pay({ toAddress: bobs, amount: '1', ...change }))).toBe('400 invalid_body');
    expect(await figuresOf(ada)).toEqual({ [adas]: '100.00000000' });
  });

  it('takes a memo of 500 and refuses a transfer to itself, one without a key, and without funds', async () => {
    expect(reasonOf(await pay({ toAddress: bobs, amount: '1', memo: 'é'.repeat(500) }))).toBe('201');
    expect(reasonOf(await pay({ toAddress: adas, amount: '1' }))).toBe('400 bad_request');
    expect(reasonOf(await pay({ toAddress: bobs, amount: '1' }, { key: null }))).toBe(
      '400 idempotency_key_required',
    );
    expect(reasonOf(await pay({ toAddress: bobs, amount: '99.00000001' }))).toBe('402 insufficient_funds');
    const nobody = `tmu_${'z'.repeat(26)}`;
    expect(reasonOf(await pay({ toAddress: nobody, amount: '1' }))).toBe('404 not_found');
  });

  it('refuses every source that is not the caller’s alike', async () => {
    const theirs = await newAgent(bob);
    const stray = await newAgent(null);
    for (const from of [bobs, ofAgent(theirs.id), ofAgent(stray.id), `tma_${'z'.repeat(26)}`])
      expect(reasonOf(await pay({ from, toAddress: adas, amount: '1' }))).toBe('403 forbidden');
  });

  it('spends from the agent that is acted as, its own account or another of its agents', async () => {
    const [first, second] = [await newAgent(ada), await newAgent(ada)];
    await grant(ofAgent(first.id), '5');
    const asFirst = { agent: first.id };
    expect((await pay({ toAddress: bobs, amount: '2' }, asFirst)).body.transfer.from).toBe(ofAgent(first.id));
    expect((await pay({ from: adas, toAddress: bobs, amount: '2' }, asFirst)).body.transfer.from).toBe(adas);
    const other = { from: ofAgent(second.id), toAddress: bobs, amount: '2' };
    expect(reasonOf(await pay(other, asFirst))).toBe('402 insufficient_funds');
    // Of two agents none is meant: the account itself pays.
    expect((await pay({ toAddress: bobs, amount: '2' })).body.transfer.from).toBe(adas);
  });

  it('lets a claimed agent spend its own by its key, and an unclaimed one nothing', async () => {
    const [claimed, stray] = [await newAgent(ada), await newAgent(null)];
    await grant(ofAgent(claimed.id), '5');
    await grant(ofAgent(stray.id), '5');
    const body = { toAddress: bobs, amount: '2' };
    const answer = await pay(body, { token: claimed.key });
    expect(answer.body.transfer.from).toBe(ofAgent(claimed.id));
    expect(reasonOf(await pay({ ...body, from: adas }, { token: claimed.key }))).toBe('403 forbidden');
    expect(reasonOf(await pay(body, { token: stray.key }))).toBe('403 forbidden');
    const own = await api.get('/api/v1/agents/self/wallet', { authorization: `Bearer ${claimed.key}` });
    expect(own.body.wallet).toMatchObject({ kind: 'agent', posted: '3.00000000', held: '0.00000000' });
  });
});

describe('an Idempotency-Key', () => {
  const body = () => ({ toAddress: bobs, amount: '10' });

  it('pays once, however often it is sent, across a restart, and long after', async () => {
    const first = await pay(body(), { key: 'order-0001' });
    expect((await pay(body(), { key: 'order-0001' })).text).toBe(first.text);
    const other = await startTestApi({ db, clock, staging });
    expect((await pay(body(), { key: 'order-0001', at: other })).text).toBe(first.text);
    await other.close();
    expect(await figuresOf(bob)).toEqual({ [bobs]: '10.00000000' });
  });

  it('belongs to one request and to one caller', async () => {
    await pay(body(), { key: 'order-0001' });
    const { id } = await newAgent(ada);
    for (const [change, sent] of [
      [{ amount: '10.0' }, {}],
      [{ memo: 'x' }, {}],
      [{}, { agent: id }],
    ] as const)
      expect(reasonOf(await pay({ ...body(), ...change }, { key: 'order-0001', ...sent }))).toBe(
        '422 idempotency_mismatch',
      );
    await grant(bobs, '10');
    const bobsOwn = { key: 'order-0001', token: bob.accessToken };
    expect(reasonOf(await pay({ toAddress: adas, amount: '1' }, bobsOwn))).toBe('201');
  });

  it('is free again after a refusal', async () => {
    expect(reasonOf(await pay({ ...body(), amount: '101' }, { key: 'order-0001' }))).toBe(
      '402 insufficient_funds',
    );
    await grant(adas, '1');
    expect(reasonOf(await pay({ ...body(), amount: '101' }, { key: 'order-0001' }))).toBe('201');
  });

  it('sent many times at once: one transfer, and 409 for who came too early', async () => {
    const all = await answered(24, () => pay(body(), { key: 'order-0001' }));
    const made = new Set(all.filter(({ status }) => status === 201).map(({ body: b }) => b.transfer.id));
    expect(made.size).toBe(1);
    for (const answer of all) expect(['201', '409 conflict']).toContain(reasonOf(answer));
    expect(await figuresOf(ada)).toEqual({ [adas]: '90.00000000' });
  });
});

describe('64 payments at once on one wallet', () => {
  it('succeed exactly floor(balance / amount) times', async () => {
    const all = await answered(64, () => pay({ toAddress: bobs, amount: '3' }));
    expect(all.filter(({ status }) => status === 201)).toHaveLength(33);
    expect(all.filter(({ status }) => status === 402)).toHaveLength(31);
    expect(await figuresOf(ada)).toEqual({ [adas]: '1.00000000' });
  });
});

describe('operators', () => {
  it('grant, take back, correct, and never take more than there is', async () => {
    expect(reasonOf(await grant(adas, '-100.00000001'))).toBe('402 insufficient_funds');
    const taken = await grant(adas, '-40');
    expect(taken.body.transfer).toMatchObject({ from: adas, to: 'issuance', amount: '40.00000000' });
    const moved = await correct({ from: adas, to: bobs, amount: '60', reason: 'wrong wallet' });
    expect(moved.body.transfer).toMatchObject({ kind: 'correction', memo: 'wrong wallet' });
    expect(reasonOf(await correct({ from: adas, to: bobs, amount: '1', reason: 'x' }))).toBe(
      '402 insufficient_funds',
    );
    expect(reasonOf(await correct({ from: 'revenue', to: bobs, amount: '1', reason: 'x' }))).toBe(
      '402 insufficient_funds',
    );
    expect(await conservation()).toMatchObject({ holds: true, owned: '60.00000000', postings: 6 });
  });

  it.each([
    ['issuance as a source', { from: 'issuance' }],
    ['issuance as a destination', { to: 'issuance' }],
    ['platform-loss as a source', { from: 'platform-loss' }],
    ['a negative amount', { amount: '-1' }],
    ['no reason', { reason: ' ' }],
  ])('cannot transfer with %s', async (_what, change) => {
    const body = { from: adas, to: bobs, amount: '1', reason: 'x', ...change };
    expect(reasonOf(await correct(body))).toBe('400 invalid_body');
  });

  it('grant once for one idempotency key', async () => {
    const first = await grant(bobs, '5', 'grant-0001');
    expect((await grant(bobs, '5', 'grant-0001')).text).toBe(first.text);
    expect(reasonOf(await grant(bobs, '6', 'grant-0001'))).toBe('422 idempotency_mismatch');
    expect(await figuresOf(bob)).toEqual({ [bobs]: '5.00000000' });
  });

  it('read every wallet, hold and posting page by page, none twice and none left out', async () => {
    for (let i = 0; i < 5; i += 1) await pay({ toAddress: bobs, amount: '1' });
    const walk = async (path: string, list: string, idOf: (row: Record<string, string>) => string) => {
      const seen: string[] = [];
      let cursor = '';
      do {
        const { body } = await api.get(`${path}?limit=2${cursor}`);
        seen.push(...body[list].map(idOf));
        cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
      } while (cursor !== '');
      expect(new Set(seen).size).toBe(seen.length);
      return seen;
    };
    expect(await walk('/api/wallets', 'wallets', (w) => w.address ?? '')).toHaveLength(5);
    expect(await walk('/api/wallets/postings', 'postings', (p) => p.number ?? '')).toHaveLength(12);
    expect(await walk('/api/wallets/holds', 'holds', (h) => h.id ?? '')).toHaveLength(0);
    expect((await api.get('/api/wallets/postings?cursor=x')).status).toBe(400);
  });

  it('and accounts read postings of their own wallets only', async () => {
    const as = (session: TestSession, address: string) =>
      api.get(`/api/v1/wallets/${address}/postings`, { authorization: `Bearer ${session.accessToken}` });
    expect((await as(ada, adas)).body.postings).toMatchObject([
      { amount: '100.00000000', counterpart: 'issuance', transfer: { kind: 'admin_grant' } },
    ]);
    expect((await as(bob, adas)).status).toBe(403);
  });
});

describe('the ledger', () => {
  it('says every delta: balances derived from its entries are the balances', async () => {
    await pay({ toAddress: bobs, amount: '12.5', memo: 'lunch' });
    await grant(bobs, '-2.5');
    await correct({ from: bobs, to: adas, amount: '0.00000001', reason: 'x' });
    const rows = await db.kysely.selectFrom('ledger_staged').select(['kind', 'data', 'actor_type']).execute();
    const money = rows.filter(({ kind }) => /^(transfer|credits|hold|loss)\./.test(kind));
    expect(money.map(({ kind, actor_type }) => `${kind} ${actor_type}`)).toEqual([
      ...['credits.granted operator', 'transfer.posted account'],
      ...['credits.granted operator', 'transfer.corrected operator'],
    ]);
    const wallets = await db.kysely.selectFrom('wallets').select(['address', 'posted', 'held']).execute();
    expect(derivedBalances(money)).toEqual(
      new Map(
        wallets
          .filter(({ posted, held }) => posted !== '0' || held !== '0')
          .map(({ address, posted, held }) => [address, { posted: BigInt(posted), held: BigInt(held) }]),
      ),
    );
  });
});
