import { describe, expect, it } from 'vitest';
import { fakeDoor, refusal } from '../../tests/fixtures/screen/door.ts';
import { idOf, keyOf, RUNNING } from '../../tests/fixtures/screen/samples.ts';
import { createBridge } from './bridge.ts';
import { BridgeError } from './error.ts';

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'no error',
    (error: unknown) => (error instanceof BridgeError ? error.code : error),
  );

describe('asking main', () => {
  it('answers with the parsed value', async () => {
    const { ask } = createBridge(fakeDoor().door);
    expect(await ask('service.status', undefined)).toEqual(RUNNING);
  });

  it('passes a refusal on with its code, sentence and request id', async () => {
    const { ask } = createBridge(
      fakeDoor({ channels: { 'vault.lock': () => refusal('busy', 'Signing. Try again.') } }).door,
    );
    const error = await ask('vault.lock', undefined).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(BridgeError);
    expect(error).toMatchObject({
      code: 'busy',
      message: 'Signing. Try again.',
      requestId: 'req_from_main',
      retryable: true,
    });
  });

  it('says that there is no door outside the console', async () => {
    expect(await codeOf(createBridge(undefined).ask('app.info', undefined))).toBe('no-door');
  });

  it.each([
    ['a value that breaks the contract', () => Promise.resolve({ ok: true, value: { state: 'fine' } })],
    ['nothing', () => Promise.resolve(undefined)],
    ['an error without its fields', () => Promise.resolve({ ok: false, error: { message: 'no' } })],
    ['a truthy ok', () => Promise.resolve({ ok: 1, value: RUNNING })],
  ])('refuses %s', async (_, call) => {
    expect(await codeOf(createBridge({ call } as never).ask('service.status', undefined))).toBe('bad-answer');
  });

  it('turns a rejection of the door into an error of its own', async () => {
    const call = () => Promise.reject(new Error('gone'));
    expect(await codeOf(createBridge({ call } as never).ask('app.info', undefined))).toBe('internal');
  });
});

describe('calling a route', () => {
  it('sends route and input, and parses the body with the route’s own schema', async () => {
    const fake = fakeDoor({ routes: { 'keys.list': () => ({ keys: [keyOf(1)], nextCursor: null }) } });
    const { body } = await createBridge(fake.door).call('keys.list', { query: { limit: 5 } });
    expect(body.keys[0]?.label).toBe('runner 1');
    expect(fake.calls('keys.list')).toEqual([{ route: 'keys.list', query: { limit: 5 } }]);
  });

  it('refuses a body that breaks the schema', async () => {
    const fake = fakeDoor({ routes: { 'keys.list': () => ({ keys: [{ id: 'x' }], nextCursor: null }) } });
    expect(await codeOf(createBridge(fake.door).call('keys.list', { query: {} }))).toBe('bad-answer');
  });

  it('refuses a status that the route does not declare', async () => {
    const call = async () => ({ ok: true, value: { status: 418, body: {}, revealed: false } });
    expect(await codeOf(createBridge({ call } as never).call('limits.state', {}))).toBe('bad-answer');
  });

  it('takes a created key without its secret, and says that it was revealed elsewhere', async () => {
    const fake = fakeDoor({
      routes: { 'keys.create': () => ({ key: keyOf(1), eventId: idOf('evt', 1) }) },
    });
    const result = await createBridge(fake.door).call('keys.create', { body: { label: 'a' } });
    expect(result.revealed).toBe(true);
    expect(result.body.key.id).toBe(idOf('key', 1));
  });
});
