import { describe, expect, it } from 'vitest';
import { fromProcess, toProcess } from './launch.ts';

const database = { host: '/run/pg', port: 5432, database: 'sallyport' };

describe('what a process says', () => {
  it.each([
    { type: 'ready', process: 'database', database },
    { type: 'ready', process: 'integrator' },
    {
      type: 'ready',
      process: 'api',
      api: 'http://127.0.0.1:1',
      adminOrigin: 'http://a.b',
      adminSocket: null,
    },
    { type: 'failed', code: 'port-taken', message: 'Choose another port.' },
    { type: 'pong', n: 1 },
  ])('is understood: %j', (message) => {
    expect(fromProcess.parse(message)).toEqual(message);
  });

  it.each([
    { type: 'ready', process: 'resolver' },
    { type: 'ready' },
    { type: 'failed', code: 'tired' },
    null,
  ])('is refused: %j', (message) => {
    expect(fromProcess.safeParse(message).success).toBe(false);
  });
});

describe('what a process is told', () => {
  it('takes one of the orders and nothing else', () => {
    expect(toProcess.safeParse({ type: 'stop' }).success).toBe(true);
    expect(toProcess.safeParse({ type: 'keys', keys: { process: 'api' } }).success).toBe(false);
    expect(toProcess.safeParse({ type: 'restart' }).success).toBe(false);
  });
});
