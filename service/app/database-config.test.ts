import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { selfSigned } from '../../tests/fixtures/certificate.ts';
import { ConfigError, readConfig } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-database-ca-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { cert, key } = selfSigned('db.example');
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const CA = file('ca.pem', cert);

const read = (url: string, more: Record<string, string> = {}) =>
  readConfig(['--data', 'd', '--admin-port', '1'], { DATABASE_URL: url, ...more });
const PRODUCTION = {
  SALLYPORT_ENV: 'production',
  SALLYPORT_ROOT_KEY: Buffer.alloc(32, 3).toString('base64url'),
  ADMIN_API_KEY: 'k'.repeat(32),
  TRUSTED_PROXIES: '10.0.0.1',
  SALLYPORT_ADMIN_ORIGIN: 'https://admin.example',
};

describe('DATABASE_URL', () => {
  it('names a server, whose password stands apart from what is logged', () => {
    expect(read('postgres://dba:s%40crt@db.example:6543/sallyport').server).toEqual({
      settings: {
        endpoint: { host: 'db.example', port: 6543, database: 'sallyport', tls: { ca: null } },
        user: 'dba',
      },
      password: 's@crt',
    });
    expect(readConfig(['--data', 'd'], {}).server).toBeUndefined();
  });

  it.each([
    ['another host: with TLS, whatever is said', 'postgresql://a:b@db.example/x', {}, { ca: null }],
    [
      'another host, an authority of its own',
      'postgres://a:b@10.0.0.9/x',
      { SALLYPORT_DATABASE_CA: CA },
      'ca',
    ],
    ['loopback: plain', 'postgres://a:b@127.0.0.1/x', {}, undefined],
    ['loopback by name: plain', 'postgres://a:b@localhost/x?sslmode=disable', {}, undefined],
    ['loopback, with an authority: TLS', 'postgres://a:b@[::1]/x', { SALLYPORT_DATABASE_CA: CA }, 'ca'],
    ['loopback that asks for TLS', 'postgres://a:b@localhost/x?sslmode=verify-full', {}, { ca: null }],
    ['a socket: plain, in production too', 'postgres://a:b@%2Frun%2Fpg/x', PRODUCTION, undefined],
  ])('of %s', (_name, url, env, tls) => {
    const expected = tls === 'ca' ? { ca: cert.trim() } : tls;
    expect(read(url, env).server?.settings.endpoint.tls).toEqual(expected);
  });

  it('takes hosts as they are: an IPv6 address, the folder of a socket', () => {
    expect(read('postgres://a:b@[2001:db8::7]/x').server?.settings.endpoint.host).toBe('2001:db8::7');
    expect(read('postgres://a:b@%2Frun%2Fpg:7000/x').server?.settings.endpoint).toEqual({
      ...{ host: '/run/pg', port: 7000, database: 'x' },
    });
  });

  const SECRET = 'pass-canary';
  it.each<[url: string, env: Record<string, string>, message: RegExp]>([
    [`mysql://a:${SECRET}@h/x`, {}, /DATABASE_URL must be postgres:/],
    [`postgres://a:${SECRET}%@h/x`, {}, /must be postgres:/],
    [`postgres://a:${SECRET}#1@h/x`, {}, /must be postgres:/],
    [`postgres://a:${SECRET}@h:1,i:2/x`, {}, /must be postgres:/],
    [`postgres://a:${SECRET}@h,i/x`, {}, /must name one host/],
    [`postgres://a:${SECRET}@/x`, {}, /DATABASE_URL must/],
    [`postgres://:${SECRET}@h/x`, {}, /must have a user and a password/],
    ['postgres://a@h/x', {}, /must have a user and a password/],
    [`postgres://migrator:${SECRET}@h/x`, {}, /none of those that this service makes/],
    [`postgres://a:${SECRET}@h`, {}, /must name a database of its own/],
    [`postgres://a:${SECRET}@h/`, {}, /must name a database of its own/],
    [`postgres://a:${SECRET}@h/postgres`, {}, /must name a database of its own/],
    [`postgres://a:${SECRET}@h/x%22y`, {}, /must name a database of its own/],
    [`postgres://a:${SECRET}@h/x?options=-c`, {}, /has a parameter that is not known/],
    [`postgres://a:${SECRET}@h/x?sslrootcert=f`, {}, /has a parameter that is not known/],
    [`postgres://a:${SECRET}@h/x?sslmode=require`, {}, /neither verify-full nor disable/],
    [`postgres://a:${SECRET}@h/x?sslmode=verify-full&sslmode=disable`, {}, /neither verify-full nor disable/],
    [`postgres://a:${SECRET}@h/x?sslmode=disable`, {}, /must not say sslmode=disable/],
    [`postgres://a:${SECRET}@128.0.0.1/x?sslmode=disable`, {}, /must not say sslmode=disable/],
    [`postgres://a:${SECRET}@127.0.0.1.example/x?sslmode=disable`, {}, /must not say sslmode=disable/],
    [`postgres://a:${SECRET}@%2Frun/x?sslmode=verify-full`, {}, /there is no TLS/],
    [`postgres://a:${SECRET}@localhost/x`, PRODUCTION, /In production DATABASE_URL must name a socket, or/],
    [
      `postgres://a:${SECRET}@localhost/x?sslmode=disable`,
      { SALLYPORT_DATABASE_CA: CA },
      /SALLYPORT_DATABASE_CA is of no use with sslmode=disable/,
    ],
    [`postgres://a:${SECRET}@h/x`, { SALLYPORT_DATABASE_CA: '/nowhere' }, /_CA must be a readable file/],
    [
      `postgres://a:${SECRET}@h/x`,
      { SALLYPORT_DATABASE_CA: relative(process.cwd(), CA) },
      /_CA must be an absolute path/,
    ],
    [
      `postgres://a:${SECRET}@h/x`,
      { SALLYPORT_DATABASE_CA: file('both.pem', cert + key) },
      /_CA must be a readable file/,
    ],
    ['', { SALLYPORT_DATABASE_CA: CA }, /_CA is of no use without DATABASE_URL/],
  ])('is refused with a sentence that tells no password: %s', (url, env, message) => {
    let thrown: unknown;
    try {
      read(url, env);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ConfigError);
    const { message: said } = thrown as ConfigError;
    expect(said).toMatch(message);
    expect(said).not.toContain(SECRET);
  });
});
