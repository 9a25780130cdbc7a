import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineContracts, type IpcResult } from '../../shared/ipc/contract.ts';
import { createGate } from './gate.ts';
import type { Caller } from './sender.ts';

const contracts = defineContracts({
  'test.open': { request: z.strictObject({ text: z.string() }), response: z.string(), whileLocked: 'answer' },
  'test.bag': { request: z.record(z.string(), z.unknown()), response: z.string(), whileLocked: 'answer' },
  'test.guarded': { request: z.undefined(), response: z.string(), whileLocked: 'refuse' },
  'test.fails': { request: z.undefined(), response: z.string(), whileLocked: 'answer' },
});
const SECRET = 'th_0123456789abcdef';
const page: Caller = { contentsId: 7, frame: { url: 'app://sallyport/', isMain: true } };
const from = (url: string): Caller => ({ contentsId: 7, frame: { url, isMain: true } });

function attack(unlocked = true, appContentsId: number | null = 7) {
  const seen: unknown[] = [];
  const logged: unknown[] = [];
  const note = (request: unknown) => {
    seen.push(request);
    return 'done';
  };
  const gate = createGate({
    contracts,
    handlers: {
      'test.open': note,
      'test.bag': note,
      'test.guarded': note,
      'test.fails': () => {
        throw new Error(`upstream said: ${SECRET}`, { cause: SECRET });
      },
    },
    appContentsId: () => appContentsId,
    isUnlocked: () => unlocked,
    newRequestId: () => 'req_1',
    log: (event) => logged.push(event),
  });
  return { gate, seen, logged };
}

const codeOf = (result: IpcResult<unknown>) => (result.ok ? 'answered' : result.error.code);

describe('an unknown sender', () => {
  it('is refused, whatever it sends, and no handler runs', async () => {
    const { gate, seen } = attack();
    expect(codeOf(await gate({ ...page, contentsId: 8 }, 'test.open', { text: 'x' }))).toBe('unknown-sender');
    expect(codeOf(await gate({ ...page, contentsId: 8 }, 'no.such', null))).toBe('unknown-sender');
    expect(seen).toEqual([]);
  });

  it('is everybody while there is no application window', async () => {
    expect(codeOf(await attack(true, null).gate(page, 'test.open', { text: 'x' }))).toBe('unknown-sender');
  });
});

describe('another frame of the right window', () => {
  it('is refused, and so is one that is gone', async () => {
    const { gate } = attack();
    const child = { contentsId: 7, frame: { url: 'app://sallyport/', isMain: false } };
    expect(codeOf(await gate(child, 'test.open', { text: 'x' }))).toBe('unknown-sender');
    expect(codeOf(await gate({ contentsId: 7, frame: null }, 'test.open', { text: 'x' }))).toBe(
      'unknown-sender',
    );
  });
});

describe('a look-alike origin', () => {
  it.each([
    'https://sallyport/',
    'app://sallyport.evil.example/',
    'app://sallyportt/',
    'app://evil@sallyport/',
    'app://sallyport:1/',
    'app://sallyport@evil/',
    'app:sallyport',
    'apps://sallyport/',
    'file:///app://sallyport/',
    'about:blank',
    'data:text/html,app://sallyport/',
    'blob:app://sallyport/1',
    'app://',
    '',
    'not a url',
  ])('is refused: %s', async (url) => {
    expect(codeOf(await attack().gate(from(url), 'test.open', { text: 'x' }))).toBe('unknown-sender');
  });

  it('while our own pages are answered', async () => {
    for (const url of ['app://sallyport/', 'app://sallyport/index.html#/ledger', 'app://sallyport/?a=b'])
      expect(codeOf(await attack().gate(from(url), 'test.open', { text: 'x' }))).toBe('answered');
  });
});

describe('an unknown channel', () => {
  it.each([
    'no.such',
    '',
    'toString',
    '__proto__',
    'constructor',
    'hasOwnProperty',
    7,
    null,
    undefined,
    {},
    ['test.open'],
  ])('is refused: %s', async (channel) => {
    expect(codeOf(await attack().gate(page, channel, { text: 'x' }))).toBe('unknown-channel');
  });

  it('cannot write lines of its own into the log', async () => {
    const { gate, logged } = attack();
    await gate(page, 'x\n{"level":"info"}', null);
    expect(logged).toEqual([{ requestId: 'req_1', channel: '(unnamed)', code: 'unknown-channel' }]);
  });
});

describe('a bad payload', () => {
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  let deep: unknown = 'x';
  for (let i = 0; i < 100; i += 1) deep = { deep };

  it.each([
    ['nothing', undefined],
    ['a wrong type', { text: 7 }],
    ['one field too many', { text: 'x', more: 1 }],
    ['an array', ['x']],
  ])('is refused: %s', async (_name, payload) => {
    const { gate, seen } = attack();
    expect(codeOf(await gate(page, 'test.open', payload))).toBe('invalid-payload');
    expect(seen).toEqual([]);
  });

  it.each([
    ['a map', { a: new Map() }],
    ['a date', { a: new Date() }],
    ['a buffer', { a: new Uint8Array(4) }],
    ['a cycle', cyclic],
    ['depth', { deep }],
    ['a function', { a: () => 1 }],
    ['a bigint', { a: 1n }],
    ['not a number', { a: Number.NaN }],
    ['an accessor', Object.defineProperty({}, 'a', { get: () => 1, enumerable: true })],
    ['a class', new (class Disguise {})()],
    ['a symbol', { [Symbol.iterator]: 1 }],
  ])('is refused even where any object would do: %s', async (_name, payload) => {
    expect(codeOf(await attack().gate(page, 'test.bag', payload))).toBe('invalid-payload');
  });
});

describe('an oversized payload', () => {
  it('is refused by characters and by nodes, before its schema sees it', async () => {
    const { gate } = attack();
    expect(codeOf(await gate(page, 'test.open', { text: 'x'.repeat(300_000) }))).toBe('invalid-payload');
    expect(codeOf(await gate(page, 'test.bag', { a: new Array(20_000).fill(0) }))).toBe('invalid-payload');
    expect(codeOf(await gate(page, 'test.bag', { ['k'.repeat(300_000)]: 1 }))).toBe('invalid-payload');
    expect(codeOf(await gate(page, 'test.open', { text: 'x'.repeat(200_000) }))).toBe('answered');
  });
});

describe('prototype pollution', () => {
  it.each([
    '{"__proto__":{"polluted":1}}',
    '{"a":{"constructor":{"prototype":{"polluted":1}}}}',
    '{"prototype":1}',
  ])('is refused: %s', async (json) => {
    const { gate, seen } = attack();
    expect(codeOf(await gate(page, 'test.bag', JSON.parse(json)))).toBe('invalid-payload');
    expect(seen).toEqual([]);
    expect('polluted' in {}).toBe(false);
  });
});

describe('a locked vault', () => {
  it('refuses what the contract does not answer while locked, and answers the rest', async () => {
    const { gate, seen } = attack(false);
    expect(codeOf(await gate(page, 'test.guarded', undefined))).toBe('locked');
    expect(seen).toEqual([]);
    expect(codeOf(await gate(page, 'test.open', { text: 'x' }))).toBe('answered');
  });

  it('says nothing about the payload: the lock is checked first', async () => {
    expect(codeOf(await attack(false).gate(page, 'test.guarded', { bad: true }))).toBe('locked');
  });
});

describe('a handler that throws a secret', () => {
  it('leaks it neither to the page nor to the log, and shows no stack', async () => {
    const { gate, logged } = attack();
    const result = await gate(page, 'test.fails', undefined);
    expect(codeOf(result)).toBe('internal');
    expect(JSON.stringify(result)).not.toMatch(/th_|upstream|\.ts/);
    expect(JSON.stringify(logged)).not.toContain(SECRET);
    expect(logged).toHaveLength(1);
  });
});
