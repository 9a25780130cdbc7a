import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { gateLog, redactUrl } from './log.ts';

const CANARY = 'th_canary-canary-canary';

function logged(write: (log: ReturnType<typeof gateLog>) => void): string {
  const lines: string[] = [];
  write(gateLog(pino({ level: 'trace' }, { write: (line: string) => lines.push(line) })));
  return lines.join('');
}

describe('a credential that is handed to the log', () => {
  it.each([
    ['in a URL', { req: { method: 'GET', url: `/api/events/stream?token=${CANARY}&x=1` } }],
    ['in headers', { req: { headers: { authorization: CANARY } } }],
    ['as a field', { token: CANARY, secret: CANARY, authorization: CANARY, password: CANARY, code: CANARY }],
    ['below a field', { body: { token: CANARY, secret: CANARY } }],
    ['on an error', { err: Object.assign(new Error('failed'), { detail: CANARY, parameters: [CANARY] }) }],
    [
      'on the cause of an error',
      { err: new Error('x', { cause: Object.assign(new Error('y'), { row: CANARY }) }) },
    ],
  ])('%s does not reach it', (_where, line) => {
    const text = logged((log) => log.info(line, 'line'));
    expect(text).toContain('"msg":"line"');
    expect(text).not.toContain('canary');
  });
});

describe('redactUrl', () => {
  it('keeps the path and the names', () => {
    expect(redactUrl('/api/keys?limit=5&token=x')).toBe('/api/keys?limit=*&token=*');
    expect(redactUrl('/api/keys')).toBe('/api/keys');
  });
});
