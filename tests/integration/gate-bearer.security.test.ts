import { createHash, randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { apiErrorBody } from '../../shared/http/errors.ts';
import { accountsOf, type TestSession } from '../fixtures/accounts.ts';
import { FACILITATOR_SECRET, startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api');

let api: TestApi;
let key: { id: string; secret: string };
let session: TestSession;
/** A thm_ key of the account. */
let management: string;

beforeEach(async () => {
  await cluster.reset();
  const clock = new TestClock();
  api = await startTestApi({ db, clock, staging: testStaging(clock, cluster.keys.stagingMac) });
  const operator = await api.enrolFirst();
  const { body } = await api.signed(
    { route: 'keys.create', path: '/api/keys', body: { label: 'k' } },
    operator,
  );
  key = { id: body.key.id, secret: body.secret };
  const accounts = accountsOf(() => api);
  session = await accounts.open();
  const made = await api.post('/api/v1/keys', { label: 'm', family: 'management' }, session.accessToken);
  management = made.body.secret;
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
      [`Bearer ${management}`, '403 wrong_family'],
      [`Bearer ${FACILITATOR_SECRET}`, '403 wrong_family'],
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
      [`Bearer ${management}`, '403 wrong_family'],
      [`Bearer ${FACILITATOR_SECRET}`, '403 wrong_family'],
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
      [`Bearer ${management}`, '403 wrong_family'],
      [`Bearer ${FACILITATOR_SECRET}`, '403 wrong_family'],
    ];
    for (const [authorization, expected] of table)
      expect(await reason('/api/v1/auth/me', authorization), authorization).toBe(expected);
  });

  it('of a route of sessions and management keys', async () => {
    const table: [string | undefined, string][] = [
      [`Bearer ${session.accessToken}`, '200'],
      [`Bearer ${management}`, '200'],
      [undefined, '401 unauthorized'],
      [management, '401 unauthorized'],
      [`bearer ${management}`, '401 unauthorized'],
      [`Bearer ${management.slice(0, -1)}`, '401 unauthorized'],
      [`Bearer ${tokenOf('thm_')}`, '401 unauthorized'],
      // Its secret below the other prefix is another secret.
      [`Bearer th_${management.slice('thm_'.length)}`, '403 wrong_family'],
      [`Bearer thm_${key.secret.slice('th_'.length)}`, '401 unauthorized'],
      [`Bearer ${key.secret}`, '403 wrong_family'],
      [`Bearer ${api.adminToken}`, '403 wrong_family'],
      [`Bearer ${FACILITATOR_SECRET}`, '403 wrong_family'],
    ];
    for (const [authorization, expected] of table)
      expect(await reason('/api/v1/keys', authorization), authorization).toBe(expected);
  });

  it('of the facilitator’s route', async () => {
    const table: [string | undefined, string][] = [
      [`Bearer ${FACILITATOR_SECRET}`, '200'],
      [undefined, '401 unauthorized'],
      [FACILITATOR_SECRET, '401 unauthorized'],
      [`bearer ${FACILITATOR_SECRET}`, '401 unauthorized'],
      [`Bearer ${FACILITATOR_SECRET}x`, '401 unauthorized'],
      [`Bearer ${tokenOf('')}`, '401 unauthorized'],
      [`Bearer ${key.secret}`, '403 wrong_family'],
      [`Bearer ${management}`, '403 wrong_family'],
      [`Bearer ${api.adminToken}`, '403 wrong_family'],
      [`Bearer ${session.accessToken}`, '403 wrong_family'],
    ];
    for (const [authorization, expected] of table)
      expect(await reason('/api/v1/facilitator/payer', authorization), authorization).toBe(expected);
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
