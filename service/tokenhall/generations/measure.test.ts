import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anthropic } from './anthropic.ts';
import { billOf, boundOf, reachesHold } from './measure.ts';
import { openai } from './openai.ts';
import { EventSplitter } from './sse.ts';

const price = { input: 3n, output: 5n, mediaTokens: 1_000 };
const ask = (content: unknown, more: object = {}) => ({
  ...{ model: 'gpt-x', messages: [{ role: 'user', content }] },
  ...more,
});

describe('the upper bound', () => {
  it('has at least a token for every UTF-8 byte of everything that is said', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (text, tool) => {
        const tools = [{ type: 'function', function: { name: 'f', description: tool } }];
        for (const dialect of [openai, anthropic]) {
          const body = ask([{ type: 'text', text }], dialect === openai ? { tools } : { system: tool });
          expect(dialect.bound(body).input).toBeGreaterThanOrEqual(Buffer.byteLength(text + tool));
        }
      }),
    );
  });

  it('counts an image at the provider’s maximum and not by its bytes', () => {
    const url = `data:image/png;base64,${'A'.repeat(100_000)}`;
    const { input, images } = openai.bound(ask([{ type: 'image_url', image_url: { url } }]));
    expect([images, input < 1_000]).toEqual([1, true]);
    const source = { type: 'base64', media_type: 'image/png', data: 'A'.repeat(100_000) };
    const inner = anthropic.bound(ask([{ type: 'tool_result', content: [{ type: 'image', source }] }]));
    expect([inner.images, inner.input < 1_000]).toEqual([1, true]);
    expect(boundOf({ input: 10, images: 2, output: 7 }, price)).toEqual({ input: 2_010, output: 7 });
  });

  it('counts as text what only looks like an image, wherever it stands', () => {
    const image = {
      type: 'image_url',
      image_url: { url: 'x', detail: 'y'.repeat(5_000) },
      more: 'z'.repeat(5_000),
    };
    expect(openai.bound(ask([image])).input).toBeGreaterThan(10_000);
    const hidden = { type: 'image_url', image_url: { url: 'x'.repeat(5_000) } };
    const tools = [{ type: 'function', function: { parameters: hidden } }];
    expect(openai.bound(ask('hi', { tools }))).toMatchObject({ images: 0 });
    expect(openai.bound(ask('hi', { tools })).input).toBeGreaterThan(5_000);
  });

  it('is the greater of two limits, of every choice, and 1024 without one', () => {
    expect(openai.bound(ask('x')).output).toBe(1024);
    expect(anthropic.bound(ask('x')).output).toBe(1024);
    expect(openai.bound(ask('x', { max_tokens: 5, max_completion_tokens: 9, n: 3 })).output).toBe(27);
    expect(JSON.parse(openai.outgoing(ask('x')))).toMatchObject({ max_completion_tokens: 1024 });
    expect(JSON.parse(anthropic.outgoing(ask('x')))).toMatchObject({ max_tokens: 1024 });
  });

  it('doubles what may be written to a cache', () => {
    const plain = anthropic.bound(ask([{ type: 'text', text: 'x' }])).input;
    const cached = [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral' } }];
    expect(anthropic.bound(ask(cached)).input).toBeGreaterThan(2 * plain);
  });

  it('refuses a body that nests without end', () => {
    let deep: unknown = 'x';
    for (let n = 0; n < 100; n += 1) deep = [deep];
    expect(() => openai.bound(ask('x', { extra: deep }))).toThrow(
      expect.objectContaining({ code: 'bad_request' }),
    );
  });
});

describe('the bill', () => {
  const bound = { input: 400, images: 0, output: 100 };

  it('is what the provider counted, when that can be true', () => {
    const seen = { bytes: 40, pieces: 10 };
    expect(billOf(price, bound, { reported: { input: 11, output: 7 }, seen }, true)).toEqual({
      usage: 'reported',
      tokens: { input: 11, output: 7 },
      cost: 68n,
    });
    // Nothing counted where something came is no count.
    expect(billOf(price, bound, { reported: { input: 0, output: 0 }, seen }, true)).toMatchObject({
      usage: 'measured',
      tokens: { input: 100, output: 10 },
    });
  });

  it('is never less than what was seen, for who leaves before the provider’s last word', () => {
    const seen = { bytes: 400, pieces: 10 };
    const left = billOf(price, bound, { reported: { input: 11, output: 1 }, seen }, false);
    expect(left).toMatchObject({ usage: 'measured', tokens: { input: 11, output: 100 } });
  });

  it('reaches the hold by what was certainly produced, so that long words are not cut off', () => {
    const held = 100n * price.input + 100n * price.output;
    const none = { input: null, output: null };
    expect(reachesHold(held, price, bound, none, { bytes: 600, pieces: 99 })).toBe(false);
    expect(reachesHold(held, price, bound, none, { bytes: 600, pieces: 100 })).toBe(true);
    expect(reachesHold(held, price, bound, none, { bytes: 1_600, pieces: 1 })).toBe(true);
  });
});

describe('the splitter of event streams', () => {
  it('finds the same events however the bytes are cut', () => {
    const text = 'data: {"a":"ü"}\n\nevent: x\r\ndata: b\r\ndata: c\r\n\r\n: comment\n\ndata: [DONE]\n\n';
    const bytes = Buffer.from(text);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 6 }), (cuts) => {
        const splitter = new EventSplitter();
        const ends = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const events = ends.slice(1).flatMap((end, i) => splitter.push(bytes.subarray(ends[i], end)));
        expect(events.map(({ data }) => data)).toEqual(['{"a":"ü"}', 'b\nc', null, '[DONE]']);
        expect(events.map(({ raw }) => raw).join('')).toBe(text);
        expect(splitter.broken).toBe(false);
      }),
    );
  });

  it('refuses what is not UTF-8 and what never ends', () => {
    expect(() => new EventSplitter().push(Buffer.from([0xff, 0xfe]))).toThrow(
      expect.objectContaining({ code: 'garbage' }),
    );
    expect(() => new EventSplitter().push(Buffer.alloc(5 * 1024 * 1024, 'x'))).toThrow(
      expect.objectContaining({ code: 'too-large' }),
    );
  });
});

describe('hostile events of a provider', () => {
  it.each([openai, anthropic])('are garbage or go through, and never throw ($style)', (dialect) => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (data) => {
        const reader = dialect.readStream(ask('x'));
        expect(['pass', 'drop', 'last', 'garbage', 'failed']).toContain(reader.read(data));
        expect(dialect.readAnswer(data)).toBeNull();
      }),
    );
  });
});
