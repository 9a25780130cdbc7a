import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type Order, renderOrder } from '../../shared/boundaries/order.ts';
import { codeOf, sealOf, signRun } from '../../shared/boundaries/order-seal.ts';
import { readCode } from './code.ts';
import { OrderToolError } from './errors.ts';
import { parseOptions } from './options.ts';
import { describeOrder, readOrder, runOrder } from './run.ts';

const ID = 'ord_01jd0000000000000000000000';
const CODE = codeOf(new Uint8Array(20).fill(3));
const NONCE = 'A'.repeat(22);
const NOW = new Date('2030-01-01T00:00:00.000Z');
const ORDER: Order = {
  ...{ id: ID, service: 'sallyport-ledger/00', reason: 'no vault', runs: 1, seal: sealOf(CODE, ID) },
  act: { does: 'contain', kind: 'inference', credentialId: 'key_01jd0000000000000000000000', name: 'th_abc' },
  preparedBy: { id: 'opr_01jd0000000000000000000000', name: 'Ada' },
  ...{ preparedAt: NOW.toISOString(), until: '2030-02-01T00:00:00.000Z' },
};
const FILE = renderOrder(ORDER);

const codeOfError = async (work: () => unknown): Promise<string> => {
  try {
    await work();
    return 'none';
  } catch (error) {
    return error instanceof OrderToolError ? error.code : 'another';
  }
};

function answering(status: number, body: unknown) {
  const sent: { url: string; body: Record<string, string> }[] = [];
  const fetcher: typeof fetch = async (url, init) => {
    sent.push({ url: String(url), body: JSON.parse(String(init?.body)) });
    return new Response(JSON.stringify(body), { status });
  };
  const attempt = { file: FILE, code: CODE, api: new URL('http://127.0.0.1:1'), now: NOW, nonce: NONCE };
  return { sent, run: (other: object = {}) => runOrder({ ...attempt, fetch: fetcher, ...other }) };
}

const DONE = { orderId: ID, did: 'contain', subject: 'ctn_x', runsLeft: 0, eventId: `evt_${'0'.repeat(26)}` };
const REFUSED = { error: { code: 403, type: 'order_refused', message: 'it has expired', requestId: 'r' } };

describe('running an order', () => {
  it('says what it does, and sends the file and a signature but not the code', async () => {
    expect(describeOrder(readOrder(FILE))).toContain(
      'inference key_01jd0000000000000000000000, called "th_abc"',
    );
    const { sent, run } = answering(200, DONE);
    expect(await run()).toContain('contain "ctn_x"');
    expect(sent[0]?.url).toBe('http://127.0.0.1:1/api/break-glass/run');
    const request = { order: FILE, at: NOW.toISOString(), nonce: NONCE };
    expect(sent[0]?.body).toEqual({ ...request, signature: signRun(request, CODE, ID) });
    expect(JSON.stringify(sent)).not.toContain(CODE);
  });

  it('tells a refusal, a wrong code, a wrong file and silence apart', async () => {
    expect(await codeOfError(() => answering(403, REFUSED).run())).toBe('refused');
    expect(await codeOfError(() => answering(200, { odd: true }).run())).toBe('refused');
    expect(await codeOfError(() => answering(200, DONE).run({ code: 'abcd' }))).toBe('code');
    expect(await codeOfError(() => answering(200, DONE).run({ file: `${FILE} ` }))).toBe('file');
    const silent = () => Promise.reject(new TypeError('fetch failed'));
    expect(await codeOfError(() => answering(200, DONE).run({ fetch: silent }))).toBe('unanswered');
  });
});

describe('what it prints', () => {
  const ESCAPES = '\u001b[2J\u009b31m\u202e\nDone: all is well';
  const isPlain = (text: string) => !/[\p{Cc}\p{Cf}]/u.test(text.replaceAll('\n', ''));
  const messageOf = (work: Promise<unknown>) => work.then(String, (error: Error) => error.message);

  it('shows words of the order and of whoever answers in quotes, with nothing that a terminal obeys', async () => {
    const act = { ...(ORDER.act as Extract<Order['act'], { does: 'contain' }>), name: ESCAPES };
    const order = { ...ORDER, act, reason: ESCAPES, preparedBy: { ...ORDER.preparedBy, name: ESCAPES } };
    const shown = describeOrder(readOrder(renderOrder(order)));
    expect(isPlain(shown)).toBe(true);
    expect(shown.split('\n')).toHaveLength(4);
    const refusal = { error: { ...REFUSED.error, message: ESCAPES } };
    const [refused, done] = [
      answering(403, refusal).run(),
      answering(200, { ...DONE, subject: ESCAPES }).run(),
    ];
    for (const said of [await messageOf(refused), await messageOf(done)])
      expect([isPlain(said), said.includes('\n')]).toEqual([true, false]);
  });

  it('says after silence what a second run would do', async () => {
    const fetch = () => Promise.reject(new TypeError('fetch failed'));
    const said = (order: Order) => messageOf(answering(200, DONE).run({ file: renderOrder(order), fetch }));
    expect(await said({ ...ORDER, runs: 2 })).toContain('running it again uses up one more run');
    expect(await said(ORDER)).toContain('it says so when you run it again');
    expect(await said({ ...ORDER, runs: 2, act: { does: 'freeze' } })).toContain('it says so');
  });
});

describe('its arguments', () => {
  it('are one file, and an address that nobody overhears', () => {
    expect(parseOptions(['f'])).toEqual({ file: 'f', api: null, codeFile: null });
    for (const api of ['https://api.example', 'http://127.0.0.1:80', 'http://[::1]:80', 'http://localhost'])
      expect(parseOptions(['f', '--api', api]).api?.href).toBe(new URL(api).href);
    for (const argv of [[], ['a', 'b'], ['f', '--key', 'x']])
      expect(() => parseOptions(argv)).toThrow(OrderToolError);
    for (const api of ['http://api.example', 'http://127.0.0.1.example', 'ftp://x', 'https://u:p@x', 'x'])
      expect(() => parseOptions(['f', '--api', api])).toThrow(OrderToolError);
  });
});

describe('its code', () => {
  const input = (isTTY: boolean) => {
    const modes: boolean[] = [];
    const stream = Object.assign(new PassThrough(), {
      isTTY,
      setRawMode: (mode: boolean) => modes.push(mode),
    });
    return { modes, stream: stream as unknown as Parameters<typeof readCode>[1] & PassThrough };
  };

  it('is typed without echo, and the terminal is given back', async () => {
    const { stream, modes } = input(true);
    const asked: string[] = [];
    const code = readCode(null, stream, (text) => asked.push(text));
    stream.write('abcx\u007f');
    stream.write('d\r');
    expect(await code).toBe('abcd');
    expect(modes).toEqual([true, false]);
    expect(asked.join('')).not.toContain('abc');
    const given = input(true);
    const none = codeOfError(() => readCode(null, given.stream, () => undefined));
    given.stream.write('ab\u0003');
    expect(await none).toBe('code');
    expect(given.modes).toEqual([true, false]);
  });

  it('is read from a pipe, and a file that is not there is said', async () => {
    const { stream } = input(false);
    stream.end(`${CODE}\n`);
    expect(await readCode(null, stream, () => undefined)).toBe(CODE);
    expect(await codeOfError(() => readCode('/nowhere/code', stream, () => undefined))).toBe('file');
  });
});
