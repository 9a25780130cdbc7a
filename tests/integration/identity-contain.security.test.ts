import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RouteId } from '../../shared/http/table.ts';
import { accountsOf } from '../fixtures/accounts.ts';
import { ORIGIN, startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { agentNames, identityActs, type Settled, settle } from '../fixtures/identity.ts';
import { operatorActs } from '../fixtures/operators.ts';
import { prepareSigned, type TestOperator } from '../fixtures/signing.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api', 8);

let clock: TestClock;
let api: TestApi;
/** Another instance on the same database. */
let other: TestApi;
let operator: TestOperator;
let ada: Settled;
let eve: Settled;

const start = () => startTestApi({ db, clock, staging: testStaging(clock, cluster.keys.stagingMac) });

beforeEach(async () => {
  await cluster.reset();
  clock = new TestClock();
  api = await start();
  other = await start();
  operator = await api.enrolFirst();
  // Agents may share a name, so the attacker's does.
  ada = await settle(api, 'ada@example.org', 'scout');
  eve = await settle(api, 'eve@example.org', 'scout');
});
afterEach(async () => {
  await api.close();
  await other.close();
});

const { act, list, identify, sessionNames, keyOf, tokenOf } = identityActs(() => api);
const { me, refresh, renew } = accountsOf(() => api);
const refused = (status: number, type: string) => ({ status, body: { error: { code: status, type } } });
const self = (key: string, at = api) => at.get('/api/v1/agents/self', { authorization: `Bearer ${key}` });
const verify = (token: string) => api.post('/api/v1/agents/identity-tokens/verify', { token });
const staged = async (kind: string) => {
  const rows = await db.kysely
    .selectFrom('ledger_staged')
    .select(['id', 'data', 'actor_type'])
    .where('kind', '=', kind)
    .execute();
  return rows.map((row) => ({ ...row, data: JSON.parse(row.data) }));
};
describe('ending one session', () => {
  it('binds at the next request on every instance, is in the ledger, and leaves the others', async () => {
    const second = await accountsOf(() => api).open(ada.email);
    const answer = await act(
      'identity.revoke-session',
      ada.session.sessionId,
      await sessionNames(ada),
      operator,
    );
    expect(answer).toMatchObject({
      status: 200,
      body: { session: { state: 'revoked', revokedCause: 'operator' } },
    });
    for (const instance of [api, other])
      expect(await me(ada.session.accessToken, instance)).toMatchObject(refused(401, 'unauthorized'));
    expect(await refresh(ada.session.refreshToken)).toMatchObject(refused(401, 'unauthorized'));
    expect((await me(second.accessToken)).status).toBe(200);
    expect(await staged('session.revoked')).toMatchObject([
      {
        id: answer.body.eventId,
        actor_type: 'operator',
        data: { sessionId: ada.session.sessionId, count: 1, cause: 'operator', reason: 'stolen' },
      },
    ]);
  });

  it('happens once, to a session that is there and open', async () => {
    const names = await sessionNames(ada);
    const twice = await Promise.all(
      [1, 2, 3].map(() => act('identity.revoke-session', ada.session.sessionId, names, operator)),
    );
    expect(twice.map((a) => a.status).sort()).toEqual([200, 409, 409]);
    expect(await act('identity.revoke-session', `ses_${'0'.repeat(26)}`, names, operator)).toMatchObject(
      refused(404, 'not_found'),
    );
    const old = await sessionNames(eve);
    clock.advance(31 * 24 * 3_600_000);
    expect(await act('identity.revoke-session', eve.session.sessionId, old, operator)).toMatchObject(
      refused(409, 'conflict'),
    );
  });

  it('wins over a refresh at the same time: whatever comes first, nothing is left open', async () => {
    const names = await sessionNames(ada);
    const [, renewed] = await Promise.all([
      act('identity.revoke-session', ada.session.sessionId, names, operator),
      renew(ada.session).catch(() => ada.session),
    ]);
    expect((await me(renewed.accessToken)).status).toBe(401);
    expect((await refresh(renewed.refreshToken)).status).toBe(401);
  });
});

describe('revoking an agent’s credentials', () => {
  it('refuses its keys and identity tokens from the next request on, and says how many', async () => {
    const { token } = await tokenOf(ada);
    const answer = await act('identity.revoke-agent', ada.agent.id, agentNames(ada), operator);
    expect(answer).toMatchObject({
      status: 200,
      body: { revokedKeys: 1, revokedTokens: 1, agent: { activeKeys: 0 } },
    });
    for (const instance of [api, other])
      expect(await self(ada.agent.key, instance)).toMatchObject(refused(401, 'unauthorized'));
    expect(await verify(token)).toMatchObject(refused(401, 'unauthorized'));
    expect((await self(eve.agent.key)).status).toBe(200);
    expect(await staged('agent.credentials-revoked')).toMatchObject([
      { id: answer.body.eventId, data: { agentId: ada.agent.id, revokedKeys: 1, reason: 'stolen' } },
    ]);
    expect(await act('identity.revoke-agent', ada.agent.id, agentNames(ada), operator)).toMatchObject(
      refused(409, 'conflict'),
    );
  });

  it('cannot be outrun: a thief who rekeys ahead of it loses the new key too', async () => {
    const rekeyed = await api.post(`/api/v1/agents/${ada.agent.id}/rekey`, {}, ada.session.accessToken);
    expect(await act('identity.revoke-agent', ada.agent.id, agentNames(ada), operator)).toMatchObject({
      status: 200,
    });
    expect((await self(rekeyed.body.key)).status).toBe(401);
  });

  it('leaves no identity token that was issued in the same moment', async () => {
    const [revoked, ...issued] = await Promise.all([
      act('identity.revoke-agent', ada.agent.id, agentNames(ada), operator),
      ...Array.from({ length: 6 }, () => identify(ada.agent.key)),
    ]);
    expect(revoked).toMatchObject({ status: 200 });
    for (const { status, body } of issued)
      if (status === 201) expect((await verify(body.token)).status).toBe(401);
      else expect(status).toBe(401);
    expect(await list('keys', `?agent=${ada.agent.id}&state=active`)).toEqual([]);
  });
});

describe('rekeying an agent', () => {
  it('gives a new key once, ends the old one, and the secret is in no second answer, list or entry', async () => {
    const { token } = await tokenOf(ada);
    const once = () => act('identity.rekey-agent', ada.agent.id, agentNames(ada), operator, 'rekey-once');
    const answer = await once();
    expect(answer).toMatchObject({ status: 200, body: { revokedKeys: 1, revokedTokens: 1 } });
    const { secret, eventId } = answer.body;
    expect((await self(secret)).status).toBe(200);
    expect((await self(ada.agent.key)).status).toBe(401);
    expect((await verify(token)).status).toBe(401);
    expect(await once()).toMatchObject(refused(409, 'conflict'));
    const [entry] = await staged('agent.rekeyed-by-operator');
    expect(entry).toMatchObject({ id: eventId, data: { displayPrefix: secret.slice(0, 18) } });
    const seen = JSON.stringify([entry, await list('keys'), await list('agents')]);
    for (const text of [seen, api.logged()]) expect(text).not.toContain(secret);
  });

  it('is for claimed agents; one that nobody has claimed registers again', async () => {
    const made = (await api.post('/api/v1/agents/register', { name: 'stray' })).body;
    const names = { name: 'stray', displayPrefix: made.key.slice(0, 18) };
    expect(await act('identity.rekey-agent', made.agent.id, names, operator)).toMatchObject(
      refused(409, 'conflict'),
    );
    expect((await self(made.key)).status).toBe(200);
    expect(await act('identity.rekey-agent', `agt_${'0'.repeat(26)}`, names, operator)).toMatchObject(
      refused(404, 'not_found'),
    );
  });
});

describe('revoking one key or token', () => {
  it('of an agent leaves its others', async () => {
    const { token, entry } = await tokenOf(ada);
    const { id, displayPrefix } = await keyOf(ada);
    const answer = await act('identity.revoke-agent-key', id, { displayPrefix }, operator);
    expect(answer).toMatchObject({ status: 200, body: { key: { state: 'revoked', family: 'platform' } } });
    expect((await self(ada.agent.key)).status).toBe(401);
    expect((await verify(token)).status).toBe(200);
    expect(await act('identity.revoke-agent-key', id, { displayPrefix }, operator)).toMatchObject(
      refused(409, 'conflict'),
    );
    const named = { displayPrefix: entry.displayPrefix };
    expect((await act('identity.revoke-token', entry.id, named, operator)).status).toBe(200);
    expect(await verify(token)).toMatchObject(refused(401, 'unauthorized'));
    expect(await act('identity.revoke-token', entry.id, named, operator)).toMatchObject(
      refused(409, 'conflict'),
    );
    expect(await staged('agent.key-revoked')).toHaveLength(1);
    expect(await staged('agent.identity-revoked')).toHaveLength(1);
  });
});

describe('attack: a page that shows one object and sends the id of another', () => {
  const untouched = async () => {
    for (const { session, agent } of [ada, eve]) {
      expect((await me(session.accessToken)).status).toBe(200);
      expect((await self(agent.key)).status).toBe(200);
    }
  };

  it('gets nothing done with the signature, on any of the routes that name their object', async () => {
    const inference = async (label: string) =>
      (await api.signed({ route: 'keys.create', path: '/api/keys', body: { label } }, operator)).body.key;
    const [shown, victim] = [await inference('a'), await inference('a')];
    const [eveToken, adaToken] = [await tokenOf(eve), await tokenOf(ada)];
    const prefixOf = ({ displayPrefix }: { displayPrefix: string }) => ({ displayPrefix });
    const swapped: [RouteId, string, object][] = [
      ['keys.revoke', victim.id, prefixOf(shown)],
      ['accounts.revoke-sessions', ada.session.accountId, { email: eve.email }],
      ['accounts.set-role', ada.session.accountId, { email: eve.email, role: 'admin' }],
      ['identity.revoke-session', ada.session.sessionId, { ...(await sessionNames(ada)), email: eve.email }],
      [
        'identity.revoke-session',
        ada.session.sessionId,
        { email: ada.email, openedAt: '2029-01-01T00:00:00.000Z' },
      ],
      ['identity.revoke-agent', ada.agent.id, agentNames(eve)],
      ['identity.revoke-agent', ada.agent.id, { ...agentNames(ada), name: 'Scout' }],
      ['identity.rekey-agent', ada.agent.id, agentNames(eve)],
      ['identity.revoke-agent-key', (await keyOf(ada)).id, prefixOf(eve.agent)],
      ['identity.revoke-token', adaToken.entry.id, prefixOf(eveToken.entry)],
    ];
    for (const [route, id, body] of swapped)
      expect(await act(route, id, body, operator), route).toMatchObject(refused(409, 'name_mismatch'));
    await untouched();
    expect((await list('keys', '?state=revoked')).length).toBe(0);
    expect(await staged('session.revoked')).toEqual([]);
  });

  it('cannot swap the id after the signature either', async () => {
    const request = await prepareSigned(
      ORIGIN,
      {
        route: 'identity.revoke-agent',
        path: `/api/identity/agents/${eve.agent.id}/revoke`,
        body: { ...agentNames(eve), reason: 'x' },
      },
      operator,
    );
    const path = `/api/identity/agents/${ada.agent.id}/revoke`;
    expect(await api.send({ ...request, path })).toMatchObject(refused(401, 'card_mismatch'));
    await untouched();
  });
});

describe('attack: who may not, and again', () => {
  it('a role that a route does not name is refused', async () => {
    const { join } = operatorActs(() => api);
    const responder = await join('Rea', 'responder', operator);
    const reviewer = await join('Rob', 'reviewer', operator, responder);
    const custodian = await join('Cas', 'custodian', operator, responder);
    const names = await sessionNames(ada);
    for (const by of [reviewer, custodian]) {
      expect(await act('identity.revoke-session', ada.session.sessionId, names, by)).toMatchObject(
        refused(403, 'forbidden'),
      );
      expect(await act('identity.revoke-agent', ada.agent.id, agentNames(ada), by)).toMatchObject(
        refused(403, 'forbidden'),
      );
    }
    // Containment is a responder's; to make a key with which somebody is the agent is not.
    expect(await act('identity.rekey-agent', ada.agent.id, agentNames(ada), responder)).toMatchObject(
      refused(403, 'forbidden'),
    );
    expect((await act('identity.revoke-agent', ada.agent.id, agentNames(ada), responder)).status).toBe(200);
  });

  it('the same signature works once; the same idempotency key answers as before and does nothing again', async () => {
    const body = { ...(await sessionNames(ada)), reason: 'x' };
    const call = {
      route: 'identity.revoke-session',
      path: `/api/identity/sessions/${ada.session.sessionId}/revoke`,
      body,
      idempotencyKey: 'end-once',
    } as const;
    const request = await prepareSigned(ORIGIN, call, operator);
    const first = await api.send(request);
    expect(first.status).toBe(200);
    expect(await api.send(request)).toMatchObject(refused(401, 'signature_replayed'));
    expect((await api.signed(call, operator)).body).toEqual(first.body);
    expect(await staged('session.revoked')).toHaveLength(1);
  });
});
