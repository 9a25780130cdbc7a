import { type AddressInfo, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  AWS_REGION,
  type SecretsManagerPeer,
  startSecretsManager,
} from '../../tests/fixtures/secrets-manager.ts';
import { readAwsSecret } from './aws.ts';
import { SecretsError } from './secrets-error.ts';

const ID = 'prod/sallyport';
const CANARY = 'canary-7f3a9c';

let peer: SecretsManagerPeer;
beforeEach(async () => {
  peer = await startSecretsManager();
  for (const [name, value] of Object.entries(peer.env)) vi.stubEnv(name, value);
});
afterEach(() => peer.close());

const hold = (value: unknown) =>
  peer.secrets.set(ID, { SecretString: typeof value === 'string' ? value : JSON.stringify(value) });

const read = (timeoutMs?: number) =>
  readAwsSecret({ region: AWS_REGION, secretId: ID, ...(timeoutMs === undefined ? {} : { timeoutMs }) });

/** The refusal; nothing of it may hold a value, however deep one looks. */
async function refused(timeoutMs?: number): Promise<SecretsError> {
  const error = await read(timeoutMs).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(SecretsError);
  const { message, stack, cause } = error as SecretsError;
  expect(cause).toBeUndefined();
  expect(`${message}${stack}${JSON.stringify(error)}`).not.toContain(CANARY);
  return error as SecretsError;
}

describe('the JSON secret of AWS', () => {
  it('is read over JSON 1.1 with a signature that AWS would accept', async () => {
    hold({ ADMIN_API_KEY: 'a', OTHER: '' });
    expect([...(await read())]).toEqual([
      ['ADMIN_API_KEY', 'a'],
      ['OTHER', ''],
    ]);
    expect(peer.calls).toBe(1);
  });

  it('is asked for again when AWS throttles once', async () => {
    hold({ A: 'a' });
    peer.mood = 'throttles-once';
    expect((await read()).get('A')).toBe('a');
    expect(peer.calls).toBe(2);
  });

  it('reaches no prototype', async () => {
    hold(`{"__proto__":"${CANARY}","constructor":"x"}`);
    const values = await read();
    expect(values.get('__proto__')).toBe(CANARY);
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
  });
});

describe('refuses to start when AWS', () => {
  it('does not know the secret', async () => {
    expect(await refused()).toMatchObject({ code: 'secret-missing' });
  });

  it('denies it', async () => {
    hold({ A: CANARY });
    peer.mood = 'denies';
    expect(await refused()).toMatchObject({ code: 'secret-denied' });
  });

  it('refuses the signature', async () => {
    hold({ A: CANARY });
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'another');
    expect(await refused()).toMatchObject({ code: 'secret-denied' });
  });

  it('is asked by nobody: there are no credentials', async () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, undefined);
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/nowhere');
    expect(await refused()).toMatchObject({ code: 'secret-denied' });
    expect(peer.calls).toBe(0);
  });

  it('throttles every time, after three tries', async () => {
    peer.mood = 'throttles';
    expect(await refused()).toMatchObject({ code: 'secret-unreachable' });
    expect(peer.calls).toBe(3);
  });

  it('says nothing: the time is bounded', async () => {
    peer.mood = 'silent';
    expect(await refused(200)).toMatchObject({ code: 'secret-unreachable' });
    expect(peer.calls).toBe(1);
  });

  it('is never asked, because the search for credentials hangs: the time is bounded all the same', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, undefined);
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/nowhere');
    const { port } = silent.address() as AddressInfo;
    vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `http://127.0.0.1:${port}/role`);
    const asked = new Promise((resolve) => silent.once('connection', resolve));
    expect(await refused(200)).toMatchObject({ code: 'secret-unreachable' });
    await asked;
    silent.close();
    expect(peer.calls).toBe(0);
  });

  it('drops the connection every time', async () => {
    peer.mood = 'resets';
    expect(await refused()).toMatchObject({ code: 'secret-unreachable' });
  });

  it('is not there at all', async () => {
    await peer.close();
    expect(await refused()).toMatchObject({ code: 'secret-unreachable' });
  });

  it('answers with something else than its protocol, and none of it is quoted', async () => {
    peer.mood = 'garbage';
    peer.garbage = `<html>${CANARY}</html>`;
    expect(await refused()).toMatchObject({ code: 'secret-garbled' });
  });
});

describe('refuses to start when the secret', () => {
  it.each([
    ['is not JSON', CANARY],
    ['is JSON that is cut off', `{"A":"${CANARY}"`],
    ['is a list', JSON.stringify([CANARY])],
    ['is a string', JSON.stringify(CANARY)],
    ['is null', 'null'],
    ['is empty', ''],
    ['has a number', `{"A":"${CANARY}","PORT":1}`],
    ['has an object', `{"A":{"inner":"${CANARY}"}}`],
    ['has null', `{"B":"${CANARY}","A":null}`],
    ['has a key that is no name', `{"${CANARY} A":"x"}`],
  ])('%s', async (_what, text) => {
    hold(text);
    expect(await refused()).toMatchObject({ code: 'secret-garbled' });
  });

  it('is binary', async () => {
    peer.secrets.set(ID, { SecretBinary: Buffer.from(CANARY).toString('base64') });
    expect(await refused()).toMatchObject({ code: 'secret-garbled' });
  });

  it('has a value that is no string: the sentence names the variable and no value', async () => {
    hold({ ADMIN_API_KEY: [CANARY] });
    expect((await refused()).message).toContain('ADMIN_API_KEY');
  });
});
