import { afterAll, expect, it } from 'vitest';
import { accountsOf } from '../fixtures/accounts.ts';
import { ORIGIN, startTestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { checkpoint, dumpTables, filesOf } from '../fixtures/leaks.ts';
import { prepareSigned } from '../fixtures/signing.ts';

const cluster = await startTestCluster({ own: 'it reads the files of the cluster' });
afterAll(() => cluster.stop());

it('no table, file of the database, or log holds a key, code or token that was issued', async () => {
  const clock = new TestClock();
  const api = await startTestApi({
    db: cluster.open('api'),
    clock,
    staging: testStaging(clock, cluster.keys.stagingMac),
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
  await api.close();
  await checkpoint(cluster.open('owner', 1));

  const places = { tables: await dumpTables(cluster.open('migrator', 1)), logs: api.logged() };
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
