import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { APP_CONTRACTS } from '../../shared/ipc/app.ts';
import { APP_CHANNELS } from '../../shared/ipc/channels.ts';
import { defineContracts, ipcError } from '../../shared/ipc/contract.ts';
import { createGate, GateError, type Handlers } from './gate.ts';
import { Refusal } from './refusal.ts';

const contracts = defineContracts({
  'test.echo': { request: z.strictObject({ text: z.string() }), response: z.string(), whileLocked: 'answer' },
  'test.secretive': { request: z.undefined(), response: z.object({ a: z.number() }), whileLocked: 'refuse' },
});
const page = { contentsId: 7, frame: { url: 'app://sallyport/index.html', isMain: true } };

function gateWith(change: Partial<Handlers<typeof contracts>> = {}) {
  return createGate({
    contracts,
    handlers: { 'test.echo': ({ text }) => text, 'test.secretive': () => ({ a: 1 }), ...change },
    appContentsId: () => 7,
    isUnlocked: () => true,
    newRequestId: () => 'req_1',
    log: () => undefined,
  });
}

describe('gate', () => {
  it('parses, hands over and answers', async () => {
    expect(await gateWith()(page, 'test.echo', { text: 'hi' })).toEqual({ ok: true, value: 'hi' });
  });

  it('answers only what the contract names', async () => {
    const extra = { a: 1, secret: 'th_x' };
    const result = await gateWith({ 'test.secretive': () => extra })(page, 'test.secretive', undefined);
    expect(result).toEqual({ ok: true, value: { a: 1 } });
  });

  it('hands on a refusal with its code, its request id and the service’s own words', async () => {
    const service = { type: 'conflict', status: 409 };
    const gate = gateWith({
      'test.echo': () => {
        throw new Refusal('request-failed', 'Already there.', { service });
      },
    });
    const result = await gate(page, 'test.echo', { text: '' });
    expect(result).toEqual({
      ok: false,
      error: {
        code: 'request-failed',
        message: 'Already there.',
        retryable: false,
        requestId: 'req_1',
        service,
      },
    });
    expect(ipcError.safeParse(result.ok ? null : result.error).success).toBe(true);
  });

  it('calls an answer that breaks the contract internal, and does not send it', async () => {
    const gate = gateWith({ 'test.echo': () => ({ text: 'th_leak' }) as unknown as string });
    const result = await gate(page, 'test.echo', { text: '' });
    expect(result).toMatchObject({ ok: false, error: { code: 'internal' } });
    expect(JSON.stringify(result)).not.toContain('th_leak');
  });
});

describe('gate at start-up', () => {
  const build = (table: object, handlers: object) => () =>
    createGate({
      contracts: table as typeof contracts,
      handlers: handlers as Handlers<typeof contracts>,
      appContentsId: () => null,
      isUnlocked: () => false,
      newRequestId: () => '',
      log: () => undefined,
    });
  const code = (run: () => unknown) => {
    try {
      run();
      return 'built';
    } catch (error) {
      return error instanceof GateError ? error.code : 'another error';
    }
  };
  const echo = { 'test.echo': contracts['test.echo'] };

  it('needs a handler for every contract, a contract for every handler and both schemas', () => {
    const handler = () => 'x';
    expect(code(build(echo, { 'test.echo': handler }))).toBe('built');
    expect(code(build(echo, {}))).toBe('handler-missing');
    expect(code(build(echo, { 'test.echo': handler, 'test.other': handler }))).toBe('contract-missing');
    const { request: _, ...schemaless } = contracts['test.echo'];
    expect(code(build({ 'test.echo': schemaless }, { 'test.echo': handler }))).toBe('schema-missing');
  });

  it('has the channels of the preload, no more and no fewer', () => {
    expect(Object.keys(APP_CONTRACTS).sort()).toEqual([...APP_CHANNELS].sort());
  });
});
