import { pino } from 'pino';
import { afterAll, expect, it } from 'vitest';
import { openLog } from '../../service/app/open-log.ts';
import { accountsOf } from '../fixtures/accounts.ts';
import { ORIGIN, startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { integrated } from '../fixtures/incidents.ts';
import { checkpoint, dumpTables, filesOf } from '../fixtures/leaks.ts';
import { startTestIntegrator } from '../fixtures/ledger.ts';
import { prepareSigned, type SignedCall, type TestOperator } from '../fixtures/signing.ts';

const cluster = await startTestCluster({ own: 'it reads the files of the cluster' });
afterAll(() => cluster.stop());

/** SPEC 19.13. */
const CANARIES = 20;

/** What an account and its agents are given or hand over. */
async function ofAccount(api: TestApi, session: string, stored: string): Promise<Record<string, string>> {
  const post = async (path: string, body: object, token?: string) => {
    const answer = await api.post(path, body, token);
    expect(answer.status, answer.text).toBeLessThan(300);
    return answer.body;
  };
  const [working, management] = [
    await post('/api/v1/keys', { label: 'works', family: 'inference' }, session),
    await post('/api/v1/keys', { label: 'manages', family: 'management' }, session),
  ];
  const { agent, key, claimCode } = await post('/api/v1/agents/register', { name: 'scout' });
  await post('/api/v1/agents/claim', { claimCode }, session);
  const { token } = await post('/api/v1/agents/identity-tokens', {}, key);
  const rekeyed = await post(`/api/v1/agents/${agent.id}/rekey`, {}, session);
  const own = { provider: 'openai', scope: 'account', material: stored };
  await post('/api/v1/tokenhall/provider-keys', own, session);
  return {
    ...{ 'inference key of an account': working.secret, 'management key': management.secret },
    ...{ 'agent key, ended': key, 'agent key': rekeyed.key, 'claim code': claimCode },
    ...{ 'identity token': token, 'provider key of an account': stored },
  };
}

/** What an operator is given once, or hands over. */
async function ofOperator(api: TestApi, by: TestOperator, stored: string): Promise<Record<string, string>> {
  const act = async (call: SignedCall) => {
    const answer = await api.signed(call, by);
    expect(answer.status, answer.text).toBe(201);
    return answer.body;
  };
  const hook = { url: 'https://alerts.example.org/in' };
  const planted = (family: string) =>
    act({ route: 'canaries.plant', path: '/api/canaries', body: { label: 'old backup', family } });
  const kept = { provider: 'openai', material: stored };
  await act({ route: 'provider-secrets.set-platform', path: '/api/provider-secrets/platform', body: kept });
  return {
    'stream ticket': (await act({ route: 'events.ticket', path: '/api/events/tickets', body: {} })).ticket,
    'planted key': (await planted('inference')).secret,
    'planted management key': (await planted('management')).secret,
    'secret of the webhook': (await act({ route: 'webhook.set', path: '/api/webhook', body: hook })).secret,
    'provider key of the platform': stored,
  };
}

/** The log in every form in which somebody takes it away, complete. */
async function exportsOf(api: TestApi, containing: string): Promise<Record<string, string>> {
  await integrated(cluster.open('api'));
  const texts: Record<string, string> = {};
  for (const format of ['csv', 'jsonl', 'ocsf', 'bundle']) {
    const { status, text } = await api.get(`/api/logs/ledger/export?format=${format}`);
    expect(status, text).toBe(200);
    expect(text, format).toContain(containing);
    texts[`an export as ${format}`] = text;
  }
  return texts;
}

it('no table, file of the database, export or log holds a key, code or token that was issued', async () => {
  const clock = new TestClock();
  const parts = { db: cluster.open('api'), clock, log: pino({ level: 'silent' }) };
  const integrator = await startTestIntegrator(cluster);
  const log = await openLog({ ...parts, settings: { database: cluster.endpoint }, keys: cluster.keys });
  const api = await startTestApi({
    db: parts.db,
    clock,
    staging: testStaging(clock, cluster.keys.stagingMac),
    ledger: log.handlers,
  });
  const secrets: Record<string, string> = { 'admin token': api.adminToken };
  const operator = await api.enrolFirst();
  const created = await api.signed(
    { route: 'keys.create', path: '/api/keys', body: { label: 'a' }, idempotencyKey: 'create-one' },
    operator,
  );
  secrets.key = created.body.secret;
  const invited = await api.signed(
    { route: 'operators.invite', path: '/api/operators/invitations', body: { name: 'B', role: 'reviewer' } },
    operator,
  );
  secrets.invitation = invited.body.code;
  const { register, login, refresh, me } = accountsOf(() => api);
  secrets.password = 'canary of a password 7f3a';
  await register('ada@example.org', secrets.password);
  const opened = (await login('ada@example.org', secrets.password)).body.tokens;
  const renewed = (await refresh(opened.refreshToken)).body.tokens;
  Object.assign(secrets, {
    'access token': opened.accessToken,
    'signature of an access token': opened.accessToken.split('.')[2],
    'refresh token, used': opened.refreshToken,
    'refresh token': renewed.refreshToken,
  });
  expect((await me(renewed.accessToken)).status).toBe(200);
  Object.assign(
    secrets,
    await ofAccount(api, renewed.accessToken, 'sk-canary-of-an-account-51d8'),
    await ofOperator(api, operator, 'sk-canary-of-the-platform-92c4'),
  );
  expect(Object.keys(secrets).length).toBeGreaterThanOrEqual(CANARIES);
  // Every way to go wrong with them as well: in the wrong place, in a body that fails, in a repeat.
  await api.get(`/api/keys?token=${secrets.key}`);
  await api.get(`/api/keys/${secrets.key}`, { authorization: `Bearer ${secrets.key}` });
  await api.get('/api/v1/tokenhall/key', { authorization: `Bearer ${secrets.key}` });
  await api.signed(
    { route: 'keys.create', path: '/api/keys', body: { label: 'a' }, idempotencyKey: 'create-one' },
    operator,
  );
  const enrolment = {
    code: secrets.invitation,
    name: `${secrets.key}${secrets.key}`,
    publicKey: operator.publicKey,
  };
  await api.signed({ route: 'operators.enrol', path: '/api/operators/enrol', body: enrolment }, operator);
  await api.send(
    await prepareSigned(
      ORIGIN,
      { route: 'keys.create', path: '/api/keys', body: { secret: secrets.key } },
      operator,
    ),
  );
  const answers = [
    await register('ada@example.org', secrets.password),
    await register('nobody', secrets.password),
    await login('ada@example.org', `${secrets.password}x`),
    await login(secrets.password, secrets.password),
    await api.post('/api/v1/auth/login', { email: 'ada@example.org', password: [secrets.password] }),
    await api.post('/api/v1/auth/refresh', { refreshToken: `${opened.refreshToken}x` }),
    await me(`${opened.accessToken}x`),
    await api.get(`/api/v1/auth/me?token=${opened.accessToken}`, {}),
    await refresh(opened.refreshToken),
    await refresh(renewed.refreshToken),
  ];
  for (const [name, secret] of Object.entries(secrets))
    for (const { status, text } of answers) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(text.includes(secret), `${name} in an error`).toBe(false);
    }
  await api.lastSeen.flush(cluster.open('api'));
  await api.refusals.flush(cluster.open('api'));
  const exported = await exportsOf(api, created.body.key.id);
  await api.close();
  await log.stop();
  await integrator.stop();
  await checkpoint(cluster.open('owner', 1));

  const tables = await dumpTables(cluster.open('migrator', 1));
  const places = { tables, logs: api.logged(), ...exported };
  const files = await filesOf(cluster.dataDir);
  expect(files.length).toBeGreaterThan(100);
  expect(places.tables).toContain(created.body.key.displayPrefix);
  expect(places.logs).toContain('keys.create');
  for (const [name, secret] of Object.entries(secrets)) {
    expect(secret.length).toBeGreaterThan(20);
    for (const [place, text] of Object.entries(places))
      expect(text.includes(secret), `${name} in ${place}`).toBe(false);
    expect(
      files.some((file) => file.includes(secret)),
      `${name} in a file`,
    ).toBe(false);
  }
});
