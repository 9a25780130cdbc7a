import { describe, expect, it } from 'vitest';
import { MigrationError } from '../migrate.ts';
import { connectionFailure, ServerError } from './server-error.ts';

const ENDPOINT = { host: 'db.example', port: 5432, database: 'sallyport' };
const failure = (error: unknown) => connectionFailure(ENDPOINT, 'dba', error);
const coded = (code: string, more: object = {}) => Object.assign(new Error(code), { code, ...more });

describe('what a connection failed of', () => {
  it('is tried again when the server is away, whoever says so', () => {
    const away = [
      coded('ECONNREFUSED', { syscall: 'connect' }),
      Object.assign(new AggregateError([], 'm'), { code: 'ECONNREFUSED' }),
      new Error('Connection terminated unexpectedly'),
      coded('57P03', { name: 'error', severity: 'FATAL' }),
    ];
    for (const error of away)
      expect(failure(error)).toMatchObject({
        name: 'ServerError',
        code: 'database-unreachable',
        cause: error,
      });
  });

  it('stays what it is when no server can have caused it: trying again would hide it for ever', () => {
    const others = [
      new MigrationError('newer', 'm'),
      new ServerError('settings-invalid', 'm'),
      new TypeError('m'),
      Object.assign(new TypeError('m'), { code: 'ERR_INVALID_ARG_TYPE' }),
      new RangeError('m'),
      coded('23505', { name: 'error', severity: 'ERROR' }),
      'm',
      undefined,
    ];
    for (const error of others) expect(failure(error)).toBe(error);
  });
});
