import { createHash, randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { apiErrorBody } from '../../shared/http/errors.ts';
import { type Bearer, bearersOf } from '../../shared/http/route.ts';
import { ROUTE_IDS, type RouteId, routeOf } from '../../shared/http/table.ts';
import { accountsOf, type TestSession } from '../fixtures/accounts.ts';
import { ORIGIN, startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { BODIES, HANDLED } from '../fixtures/route-calls.ts';
import { prepareSigned, type TestOperator } from '../fixtures/signing.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api');

let api: TestApi;
let operator: TestOperator;
let key: { id: string; secret: string };
let session: TestSession;
/** An account that is acted upon, so that what acts keeps its session. */
let subject: string;
let agent: { id: string; key: string };

beforeEach(async () => {
  await cluster.reset();
  const clock = new TestClock();
  api = await startTestApi({ db, clock, staging: testStaging(clock, cluster.keys.stagingMac) });
  operator = await api.enrolFirst();
  const { body } = await api.signed(
    { route: 'keys.create', path: '/api/keys', body: { label: 'k' } },
    operator,
  );
  key = { id: body.key.id, secret: body.secret };
  const accounts = accountsOf(() => api);
  session = await accounts.open();
  const made = (await api.post('/api/v1/agents/register', { name: 'a' })).body;
  agent = { id: made.agent.id, key: made.key };
  await api.post('/api/v1/agents/claim', { claimCode: made.claimCode }, session.accessToken);
  subject = (await accounts.register('eve@example.org')).body.account.id;
});
afterEach(() => api.close());

const OWN_KEY = '/api/v1/tokenhall/key';
const tokenOf = (prefix: string) => prefix + randomBytes(32).toString('base64url');

async function reason(path: string, authorization?: string): Promise<string> {
  const answer = await api.get(path, authorization === undefined ? {} : { authorization });
  if (answer.status === 200) return '200';
  expect(apiErrorBody.parse(answer.body).error.code).toBe(answer.status);
  return `${answer.status} ${answer.body.error.type}`;
}

describe('the bearer table', () => {
  it('of an inference route', async () => {
    const table: [string | undefined, string][] = [
      [`Bearer ${key.secret}`, '200'],
      [undefined, '401 unauthorized'],
      ['', '401 unauthorized'],
      [key.secret, '401 unauthorized'],
      [`bearer ${key.secret}`, '401 unauthorized'],
      [`Bearer  ${key.secret}`, '401 unauthorized'],
      [`Bearer\t${key.secret}`, '401 unauthorized'],
      [`Bearer ${key.secret} x`, '401 unauthorized'],
      [`Bearer ${key.secret},Bearer ${key.secret}`, '401 unauthorized'],
      [`Basic ${key.secret}`, '401 unauthorized'],
      ['Bearer ', '401 unauthorized'],
      [`Bearer ${key.secret.slice(0, -1)}`, '401 unauthorized'],
      [`Bearer ${key.secret.toUpperCase()}`, '401 unauthorized'],
      [`Bearer ${tokenOf('th_')}`, '401 unauthorized'],
      [`Bearer ${tokenOf('')}`, '401 unauthorized'],
      [`Bearer ${'a'.repeat(5000)}`, '401 unauthorized'],
      [`Bearer ${tokenOf('thm_')}`, '403 wrong_family'],
      [`Bearer ${tokenOf('tokenmart_')}`, '403 wrong_family'],
      [`Bearer ${tokenOf('tmid_')}`, '403 wrong_family'],
      [`Bearer ${api.adminToken}`, '403 wrong_family'],
      [`Bearer ${session.accessToken}`, '403 wrong_family'],
      [`Bearer ${session.accessToken.slice(0, -1)}`, '401 unauthorized'],
      [`Bearer ${session.refreshToken}`, '401 unauthorized'],
    ];
    for (const [authorization, expected] of table)
      expect(await reason(OWN_KEY, authorization), authorization).toBe(expected);
  });

  it('of an admin route', async () => {
    const table: [string | undefined, string][] = [
      [`Bearer ${api.adminToken}`, '200'],
      [undefined, '401 unauthorized'],
      [`Bearer ${api.adminToken}x`, '401 unauthorized'],
      [`bearer ${api.adminToken}`, '401 unauthorized'],
      [`Bearer ${tokenOf('')}`, '401 unauthorized'],
      [`Bearer ${key.secret}`, '403 wrong_family'],
      [`Bearer ${tokenOf('thm_')}`, '403 wrong_family'],
      [`Bearer ${session.accessToken}`, '403 wrong_family'],
      [`Bearer ${session.refreshToken}`, '401 unauthorized'],
    ];
    for (const [authorization, expected] of table)
      expect(await reason('/api/keys', authorization), authorization).toBe(expected);
  });

  it('of a route of accounts', async () => {
    const table: [string | undefined, string][] = [
      [`Bearer ${session.accessToken}`, '200'],
      [undefined, '401 unauthorized'],
      [session.accessToken, '401 unauthorized'],
      [`bearer ${session.accessToken}`, '401 unauthorized'],
      [`Bearer ${session.accessToken},Bearer ${session.accessToken}`, '401 unauthorized'],
      [`Bearer ${session.refreshToken}`, '401 unauthorized'],
      [`Bearer ${tokenOf('')}`, '401 unauthorized'],
      [`Bearer ${'a'.repeat(5000)}`, '401 unauthorized'],
      [`Bearer ${key.secret}`, '403 wrong_family'],
      [`Bearer ${tokenOf('thm_')}`, '403 wrong_family'],
      [`Bearer ${tokenOf('tmid_')}`, '403 wrong_family'],
      [`Bearer ${api.adminToken}`, '403 wrong_family'],
    ];
    for (const [authorization, expected] of table)
      expect(await reason('/api/v1/auth/me', authorization), authorization).toBe(expected);
  });

  it('answers a missing token with a challenge and names no reason', async () => {
    const answer = await api.get(OWN_KEY, {});
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="public"');
    expect(answer.body.error.message).toBe('a valid bearer token is needed');
  });
});

describe('a token in the wrong place', () => {
  it('is refused in the query of anything but the stream', async () => {
    const admin = `Bearer ${api.adminToken}`;
    expect(await reason(`/api/keys?token=${api.adminToken}`)).toBe('401 unauthorized');
    expect(await reason(`/api/keys?token=${api.adminToken}`, admin)).toBe('401 unauthorized');
    expect(await reason(`${OWN_KEY}?token=${key.secret}`)).toBe('401 unauthorized');
  });
  it('is refused on the stream beside a header, twice, or when it is not good', async () => {
    const stream = '/api/events/stream';
    expect(await reason(`${stream}?token=${api.adminToken}`, `Bearer ${api.adminToken}`)).toBe(
      '401 unauthorized',
    );
    expect(await reason(`${stream}?token=${api.adminToken}&token=${api.adminToken}`)).toBe(
      '401 unauthorized',
    );
    expect(await reason(`${stream}?token=${tokenOf('')}`)).toBe('401 unauthorized');
    expect(await reason(`${stream}?token=${key.secret}`)).toBe('403 wrong_family');
    expect(await reason(stream)).toBe('401 unauthorized');
  });
  it('never reaches the log, wherever it was sent', async () => {
    for (const path of ['/api/events/stream', '/api/keys', OWN_KEY, '/nowhere', '/%zz'])
      await api.get(`${path}?token=canary-${key.secret}`, {
        authorization: `Bearer canary2-${api.adminToken}`,
      });
    expect(api.logged()).toContain('answered');
    for (const secret of ['canary', key.secret, api.adminToken]) expect(api.logged()).not.toContain(secret);
  });
});

describe('admin tokens are replaced', () => {
  it('takes the new one and refuses the old one at once', async () => {
    const next = tokenOf('');
    api.tokens.replace([createHash('sha256').update(next).digest('hex')]);
    expect(await reason('/api/keys', `Bearer ${api.adminToken}`)).toBe('401 unauthorized');
    expect(await reason('/api/keys', `Bearer ${next}`)).toBe('200');
    api.tokens.replace([]);
    expect(await reason('/api/keys', `Bearer ${next}`)).toBe('401 unauthorized');
  });
});

const JSON_TYPE = { 'content-type': 'application/json' };

describe('every route x bearer x signature', () => {
  const pathOf = (id: RouteId) => {
    const kinds: Record<string, string> = {
      operators: 'opr',
      proposals: 'prp',
      sessions: 'pse',
      tokenhall: 'gen',
    };
    const secrets = { 'provider-keys': 'psc', 'provider-secrets': 'psc' };
    const room = id.split('.')[0] ?? '';
    const subjects: Record<string, string> = { accounts: subject, agents: agent.id };
    const kind = { ...kinds, ...secrets }[room];
    return routeOf(id).path.replace(':id', kind ? `${kind}_${'0'.repeat(26)}` : (subjects[room] ?? key.id));
  };

  /** What the policy of the table promises for a call with this bearer and signature. */
  function promised(id: RouteId, bearer: Bearer, signed: boolean): number[] {
    const { policy, effect } = routeOf(id);
    if (policy.bearer !== 'none' && bearer === 'none') return [401];
    if (policy.bearer !== 'none' && !bearersOf(policy).includes(bearer)) return [403];
    if (policy.roles && !policy.roles.includes('user')) return [403];
    if (effect === 'mutate' && policy.signed !== 'no' && !signed) return [401];
    return HANDLED[id] ?? [200, 201];
  }

  it.each(ROUTE_IDS.filter((id) => !routeOf(id).stream))('%s', async (id) => {
    const { method, policy } = routeOf(id);
    const bearers = {
      none: null,
      admin: api.adminToken,
      inference: key.secret,
      session: session.accessToken,
      platform: agent.key,
    } as const;
    const call = { route: id, path: pathOf(id), body: BODIES[id]?.() ?? {} };
    const prepared =
      policy.signed !== 'no' ? await Promise.all([null, prepareSigned(ORIGIN, call, operator)]) : [null];
    for (const bearer of Object.keys(bearers) as (keyof typeof bearers)[])
      for (const request of prepared) {
        const token = bearers[bearer];
        const authorization: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
        const unsigned = { method, path: call.path, headers: JSON_TYPE, body: JSON.stringify(call.body) };
        const answer =
          method === 'GET'
            ? await api.get(call.path, authorization)
            : await api.send(request ?? unsigned, authorization);
        const label = `${id} bearer=${bearer} signed=${request !== null}: ${answer.text.slice(0, 200)}`;
        expect(promised(id, bearer, request !== null), label).toContain(answer.status);
      }
  });

  it('refuses a role that the route does not name', async () => {
    const invited = await api.signed(
      {
        route: 'operators.invite',
        path: '/api/operators/invitations',
        body: { name: 'R', role: 'reviewer' },
      },
      operator,
    );
    const reviewer = api.newOperator();
    const enrolled = await api.signed(
      {
        route: 'operators.enrol',
        path: '/api/operators/enrol',
        body: { code: invited.body.code, name: 'R', publicKey: reviewer.publicKey },
      },
      reviewer,
    );
    expect(enrolled).toMatchObject({ status: 201, body: { operator: { role: 'reviewer' } } });
    for (const id of ROUTE_IDS) {
      const { policy, approves } = routeOf(id);
      // An approval has a signature of its own kind; its roles are tested with it.
      if (!Array.isArray(policy.signed) || approves) continue;
      const answer = await api.signed({ route: id, path: pathOf(id), body: BODIES[id]?.() }, reviewer);
      expect(policy.signed.includes('reviewer') ? (HANDLED[id] ?? [200, 201]) : [403], id).toContain(
        answer.status,
      );
    }
  });
});
