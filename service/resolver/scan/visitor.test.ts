import { describe, expect, it } from 'vitest';
import { createJudge } from './visitor.ts';

const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1';
const IPAD =
  'Mozilla/5.0 (iPad; CPU OS 16_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.4 Mobile/15E148 Safari/604.1';
const DESK =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36';

const judge = createJudge();
const get = (headers: Record<string, string>) => judge({ method: 'GET', headers });

describe('who looks', () => {
  it.each([
    [PHONE, 'phone'],
    [IPAD, 'tablet'],
    [DESK, 'desktop'],
  ])('%s is a person', (agent, device) => {
    // The second look is answered from memory.
    for (let i = 0; i < 2; i += 1) expect(get({ 'user-agent': agent })).toEqual({ type: 'person', device });
  });

  it.each(['', 'curl/8.5.0', 'Googlebot/2.1', `${DESK} ${'x'.repeat(600)}`])('%s is a program', (agent) => {
    expect(get({ 'user-agent': agent }).type).toBe('bot');
    expect(judge({ method: 'GET', headers: {} }).type).toBe('bot');
  });

  it.each([
    { 'sec-purpose': 'prefetch' },
    { 'sec-purpose': 'prefetch;prerender' },
    { purpose: 'Prefetch' },
    { 'x-purpose': 'preview' },
    { 'x-moz': 'prefetch' },
  ])('%j only looks ahead', (headers) => {
    expect(get({ 'user-agent': PHONE, ...headers } as Record<string, string>).type).toBe('preview');
  });

  it('a HEAD request only looks ahead', () => {
    expect(judge({ method: 'HEAD', headers: { 'user-agent': PHONE } }).type).toBe('preview');
  });

  it('remembers no more agents than it has room for, and judges alike afterwards', () => {
    for (let i = 0; i < 3_000; i += 1) get({ 'user-agent': `${DESK} v${i}` });
    expect(get({ 'user-agent': PHONE })).toEqual({ type: 'person', device: 'phone' });
  });
});
