import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newPayerPair } from '../fixtures/payer.ts';
import { type SecretsManagerPeer, startSecretsManager } from '../fixtures/secrets-manager.ts';
import { enrolOperator, ServiceBench, type TestAccess } from '../fixtures/service.ts';
import { prepareSigned } from '../fixtures/signing.ts';

const EXIT_CANNOT_USE = 73;
const ID = 'prod/sallyport';
const OLD_KEY = 'old-admin-key-of-a-test-0123456789';
const NEW_KEY = 'new-admin-key-of-a-test-0123456789';
const OLD_FACILITATOR = 'old-facilitator-of-a-test-0123456789';
const NEW_FACILITATOR = 'new-facilitator-of-a-test-0123456789';
const PAYER = '/api/v1/facilitator/payer';

let bench: ServiceBench;
let peer: SecretsManagerPeer;
beforeEach(async () => {
  bench = await ServiceBench.open();
  peer = await startSecretsManager();
});
afterEach(async () => {
  await bench.close();
  await peer.close();
});

const hold = (values: object) => peer.secrets.set(ID, { SecretString: JSON.stringify(values) });
const start = (more: NodeJS.ProcessEnv = {}) =>
  bench.start([], { ...peer.env, SECRETS_PROVIDER: 'aws', AWS_SECRETS_MANAGER_SECRET_ID: ID, ...more });
const get = (api: string, path: string, token: string) =>
  fetch(`${api}${path}`, { headers: { authorization: `Bearer ${token}` } });
const halves = ({ privateKey, publicKey }: ReturnType<typeof newPayerPair>) => ({
  PHANTOM_SESSION_PRIVATE_KEY: privateKey,
  PHANTOM_WALLET_PUBLIC_KEY: publicKey,
});
const fingerprintOf = (pair: ReturnType<typeof newPayerPair>) =>
  createHash('sha256').update(pair.raw).digest('hex');

async function issueSession(access: TestAccess) {
  const call = { route: 'sessions.issue', path: '/api/sessions', body: { purpose: 'crawl' } } as const;
  const request = await prepareSigned(access.origin, call, access.operator);
  const answer = await fetch(`${access.api}${request.path}`, {
    method: 'POST',
    headers: { ...request.headers, authorization: `Bearer ${access.token}` },
    body: request.body,
  });
  return ((await answer.json()) as { session: { id: string; payerKey: string | null } }).session;
}

describe('a service whose secrets are in AWS', () => {
  it('rotates its admin key, its facilitator’s secret and its payer key by a restart', async () => {
    const [oldPair, newPair] = [newPayerPair(), newPayerPair()];
    hold({ ADMIN_API_KEY: OLD_KEY, FACILITATOR_SECRET: OLD_FACILITATOR, ...halves(oldPair) });
    const first = start();
    const access = await enrolOperator(first);
    expect(access.token).toBe(OLD_KEY);
    const session = await issueSession(access);
    expect(session.payerKey).toBe(fingerprintOf(oldPair));
    expect((await get(access.api, PAYER, OLD_FACILITATOR)).status).toBe(200);
    await first.stop();

    hold({ ADMIN_API_KEY: NEW_KEY, FACILITATOR_SECRET: NEW_FACILITATOR, ...halves(newPair) });
    const second = start();
    const api = await second.ready();
    // The very first request of the new service finds the old session revoked.
    const read = await get(api, `/api/sessions/${session.id}`, NEW_KEY);
    expect([read.status, ((await read.json()) as { session: object }).session]).toMatchObject([
      200,
      { state: 'REVOKED', endedReason: 'the payer’s key changed', payerKey: fingerprintOf(oldPair) },
    ]);
    expect((await get(api, '/api/operators', NEW_KEY)).status).toBe(200);
    expect((await get(api, '/api/operators', OLD_KEY)).status).toBe(401);
    expect((await get(api, PAYER, NEW_FACILITATOR)).status).toBe(200);
    expect((await get(api, PAYER, OLD_FACILITATOR)).status).toBe(401);
    const values = (
      (await (await get(api, '/api/settings/provenance', NEW_KEY)).json()) as {
        values: { name: string; source: string; detail: string | null }[];
      }
    ).values;
    const sourceOf = (name: string) => values.find((value) => value.name === name);
    expect(sourceOf('ADMIN_API_KEY')).toMatchObject({ source: 'aws', detail: ID });
    expect(sourceOf('PHANTOM_SESSION_PRIVATE_KEY')).toMatchObject({ source: 'aws' });
    expect(sourceOf('AWS_REGION')).toMatchObject({ source: 'environment' });
    expect(sourceOf('SALLYPORT_ROOT_KEY')).toMatchObject({ source: 'generated' });
    const { stderr } = await second.stop();
    for (const secret of [
      OLD_KEY,
      NEW_KEY,
      OLD_FACILITATOR,
      NEW_FACILITATOR,
      oldPair.privateKey,
      newPair.privateKey,
    ])
      expect(first.stderr + stderr + JSON.stringify(values)).not.toContain(secret);
  });

  it('lets a defined variable win', async () => {
    hold({ ADMIN_API_KEY: OLD_KEY });
    const api = await start({ ADMIN_API_KEY: NEW_KEY }).ready();
    expect((await get(api, '/api/operators', NEW_KEY)).status).toBe(200);
    expect((await get(api, '/api/operators', OLD_KEY)).status).toBe(401);
  });
});

describe('a service that does not start', () => {
  const CANARY = 'canary-of-a-secret-value-0123456789';
  const refused = async (env: NodeJS.ProcessEnv = {}) => {
    const { code, stdout, stderr } = await start(env).ended;
    expect({ code, stdout }).toEqual({ code: EXIT_CANNOT_USE, stdout: '' });
    expect(stderr).not.toContain(CANARY);
    return stderr;
  };

  it.each<[string, () => void, NodeJS.ProcessEnv, string]>([
    ['without the name of its secret', () => {}, { AWS_SECRETS_MANAGER_SECRET_ID: '' }, 'needs AWS_REGION'],
    ['without its secret', () => {}, {}, 'does not exist'],
    [
      'with a secret that is not JSON',
      () => peer.secrets.set(ID, { SecretString: CANARY }),
      {},
      'not a JSON object',
    ],
    ['with a value that is no string', () => hold({ ADMIN_API_KEY: [CANARY] }), {}, 'ADMIN_API_KEY'],
    [
      'with an answer that is not AWS’s',
      () => {
        peer.mood = 'garbage';
        peer.garbage = CANARY;
      },
      { LOG_LEVEL: 'trace' },
      'not the AWS protocol',
    ],
    [
      'with half a key pair overridden',
      () => hold({ PHANTOM_SESSION_PRIVATE_KEY: CANARY, PHANTOM_WALLET_PUBLIC_KEY: CANARY }),
      { PHANTOM_WALLET_PUBLIC_KEY: 'another' },
      'two halves of one key',
    ],
  ])('%s', async (_what, prepare, env, sentence) => {
    prepare();
    expect(await refused(env)).toContain(sentence);
  });

  it('with halves of two key pairs, and quotes neither', async () => {
    const { privateKey } = newPayerPair();
    hold(halves({ ...newPayerPair(), privateKey }));
    const ended = await start().ended;
    expect(ended).toMatchObject({ code: 64, stdout: '' });
    expect(ended.stderr).toContain('the halves belong to different keys');
    expect(ended.stderr).not.toContain(privateKey);
  });
});
