import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LOOKUPS_PER_HOUR } from '../../service/minting/brands/lookup.ts';
import type { TestSession } from '../fixtures/accounts.ts';
import { startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { mintingOf, stagedOf } from '../fixtures/minting.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api', 12);

let api: TestApi;
let owner: TestSession;
let brandId: string;
const minting = mintingOf(() => api);
const { send, get } = minting;

beforeEach(async () => {
  await cluster.reset();
  const clock = new TestClock();
  api = await startTestApi({ db, clock, staging: testStaging(clock, cluster.keys.stagingMac), quiet: true });
  owner = await minting.open('owner');
  brandId = await minting.brand(owner);
});
afterEach(() => api.close());

const said = (answer: { status: number; body: { error: { type: string } } }) =>
  `${answer.status} ${answer.body.error.type}`;
const join = async (role: string, name = role): Promise<TestSession> => {
  const session = await minting.open(name);
  const body = { brandName: 'Acme', accountId: session.accountId, role };
  expect((await send(`/brands/${brandId}/members`, body, owner)).status).toBe(201);
  return session;
};
const staged = (kind: string) => stagedOf(db, kind);

describe('a brand', () => {
  it('belongs to whoever made it, who adds, changes and removes members', async () => {
    const member = await join('member');
    const change = { brandName: 'Acme', accountId: member.accountId, role: 'admin' };
    expect(await send(`/brands/${brandId}/members/role`, change, owner)).toMatchObject({
      status: 200,
      body: { member: { role: 'admin' } },
    });
    expect((await get(`/brands/${brandId}`, member)).body.members).toHaveLength(2);
    expect((await get('/brands', member)).body.brands).toMatchObject([{ id: brandId, role: 'admin' }]);
    const gone = { brandName: 'Acme', accountId: member.accountId };
    expect((await send(`/brands/${brandId}/members/remove`, gone, owner)).status).toBe(200);
    expect((await get(`/brands/${brandId}`, member)).status).toBe(404);
    expect(await staged('mint.member-removed')).toMatchObject([
      { brandId, accountId: member.accountId, former: 'admin' },
    ]);
  });

  it('takes a member by its e-mail address, however it is spelt, and tells an owner only whether there is one', async () => {
    const [mina, other] = [await minting.open('mina'), await minting.open('other')];
    const admin = await join('admin');
    const add = (email: string, by = owner, more: object = {}) =>
      send(`/brands/${brandId}/members`, { brandName: 'Acme', email, role: 'member', ...more }, by);
    // Whoever is no owner gets the same answer for every address.
    for (const email of ['mina@example.org', 'nobody@example.org']) {
      expect(said(await add(email, other))).toBe('404 not_found');
      expect(said(await add(email, admin))).toBe('403 forbidden');
    }
    expect((await add('mina@example.org', other)).text.replace(/req_\w+/, '')).toBe(
      (await add('nobody@example.org', other)).text.replace(/req_\w+/, ''),
    );
    expect((await add('MINA@Example.ORG')).body.member).toMatchObject({ accountId: mina.accountId });
    expect(said(await add('mina@example.org'))).toBe('409 conflict');
    expect(said(await add('nobody@example.org'))).toBe('404 not_found');
    expect(said(await add('mina@example.org', owner, { brandName: 'Acne' }))).toBe('409 name_mismatch');
    expect(said(await add('mina@example.org', owner, { accountId: mina.accountId }))).toBe(
      '400 invalid_body',
    );
    expect(said(await send(`/brands/${brandId}/members`, { brandName: 'Acme', role: 'member' }, owner))).toBe(
      '400 invalid_body',
    );
    expect(await staged('mint.member-added')).toHaveLength(2);
  });

  it('lets an account try few addresses an hour, however many at once and in whichever brand, and ids as before', async () => {
    const another = await minting.brand(owner, 'Nordwind');
    const attempt = (i: number) => {
      const [brand, brandName] = i % 2 === 0 ? [brandId, 'Acme'] : [another, 'Nordwind'];
      const body = { brandName, email: `x${i}@example.org`, role: 'member' };
      return send(`/brands/${brand}/members`, body, owner);
    };
    const answers = await Promise.all(Array.from({ length: LOOKUPS_PER_HOUR + 5 }, (_, i) => attempt(i)));
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(LOOKUPS_PER_HOUR);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(5);
    expect(Number(refused[0]?.headers['retry-after'])).toBe(3600);
    // Somebody else's allowance is their own; so is another way to name the account.
    await join('admin');
    const third = await minting.open('third');
    const body = { brandName: 'Third', email: 'x@example.org', role: 'member' };
    expect((await send(`/brands/${await minting.brand(third, 'Third')}/members`, body, third)).status).toBe(
      404,
    );
    api.clock.advance(3600_000);
    owner = await minting.open('owner');
    expect((await attempt(0)).status).toBe(404);
  });

  it('takes no account that does not exist, none twice, and none under another brand’s name', async () => {
    const body = { brandName: 'Acme', accountId: `acc_${'0'.repeat(26)}`, role: 'member' };
    expect(said(await send(`/brands/${brandId}/members`, body, owner))).toBe('404 not_found');
    const twice = { ...body, accountId: owner.accountId };
    expect(said(await send(`/brands/${brandId}/members`, twice, owner))).toBe('409 conflict');
    const other = { ...body, brandName: 'Acne' };
    expect(said(await send(`/brands/${brandId}/members`, other, owner))).toBe('409 name_mismatch');
  });

  it('always keeps an owner, also when two remove each other at the same moment', async () => {
    const second = await join('owner', 'second');
    const remove = (who: TestSession, by: TestSession) =>
      send(`/brands/${brandId}/members/remove`, { brandName: 'Acme', accountId: who.accountId }, by);
    const answers = await Promise.all([remove(owner, second), remove(second, owner)]);
    expect(answers.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1);
    const rows = await db.kysely.selectFrom('brand_members').select(['account_id', 'role']).execute();
    expect(rows).toMatchObject([{ role: 'owner' }]);
    const last = [owner, second].find(({ accountId }) => accountId === rows[0]?.account_id) as TestSession;
    expect(said(await remove(last, last))).toBe('409 conflict');
    const demote = { brandName: 'Acme', accountId: last.accountId, role: 'member' };
    expect(said(await send(`/brands/${brandId}/members/role`, demote, last))).toBe('409 conflict');
  });
});
