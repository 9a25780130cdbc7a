import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

const PRODUCTION = {
  SALLYPORT_ENV: 'production',
  SALLYPORT_ROOT_KEY: Buffer.alloc(32, 3).toString('base64url'),
  ADMIN_API_KEY: 'k'.repeat(32),
  TRUSTED_PROXIES: '10.0.0.1',
  SALLYPORT_ADMIN_ORIGIN: 'https://admin.example',
};
const read = (env: Record<string, string>) =>
  readConfig(['--data', 'd', '--admin-port', '2'], env).api.identity;
const invalid = (message: RegExp) =>
  expect.objectContaining({ code: 'settings-invalid', message: expect.stringMatching(message) });

describe('lifetimes, password cost and first limits', () => {
  it('are configuration', () => {
    expect(
      read({
        SALLYPORT_ACCESS_TOKEN_SECONDS: '60',
        SALLYPORT_REFRESH_TOKEN_SECONDS: '3600',
        SALLYPORT_IDENTITY_TOKEN_SECONDS: '120',
        SALLYPORT_PASSWORD_COST: '16/1/2',
        SALLYPORT_LIMIT_KEY: '600',
        SALLYPORT_LIMIT_HEARTBEAT: '40/60',
      }),
    ).toEqual({
      ...{ accessSeconds: 60, refreshSeconds: 3_600, identitySeconds: 120 },
      password: { memoryKib: 16, passes: 1, lanes: 2 },
      keyRequestsPerMinute: 600,
      heartbeat: { limit: 40, windowSeconds: 60 },
    });
  });

  it.each([
    ['SALLYPORT_ACCESS_TOKEN_SECONDS', '0'],
    ['SALLYPORT_ACCESS_TOKEN_SECONDS', '9e2'],
    ['SALLYPORT_ACCESS_TOKEN_SECONDS', '-900'],
    ['SALLYPORT_ACCESS_TOKEN_SECONDS', '15m'],
    ['SALLYPORT_REFRESH_TOKEN_SECONDS', '999999999'],
    ['SALLYPORT_IDENTITY_TOKEN_SECONDS', '1.5'],
    ['SALLYPORT_PASSWORD_COST', '65536'],
    ['SALLYPORT_PASSWORD_COST', '65536/0/1'],
    ['SALLYPORT_PASSWORD_COST', '8/1/2'],
    ['SALLYPORT_PASSWORD_COST', '9999999/3/1'],
    ['SALLYPORT_LIMIT_KEY', '0'],
    ['SALLYPORT_LIMIT_KEY', '100001'],
    ['SALLYPORT_LIMIT_HEARTBEAT', '4'],
  ])('refuse to start with %s=%s', (name, value) => {
    expect(() => read({ [name]: value })).toThrow(invalid(new RegExp(`^${name} `)));
  });

  it('refuse a refresh token that its access token outlives', () => {
    const env = { SALLYPORT_ACCESS_TOKEN_SECONDS: '3600', SALLYPORT_REFRESH_TOKEN_SECONDS: '3600' };
    expect(() => read(env)).toThrow(invalid(/SALLYPORT_REFRESH_TOKEN_SECONDS must be more/));
  });

  it.each(['19455/2/1', '65536/1/1', '8/1/1'])('take a password cost of %s in development only', (cost) => {
    expect(() => read({ ...PRODUCTION, SALLYPORT_PASSWORD_COST: cost })).toThrow(
      invalid(/In production SALLYPORT_PASSWORD_COST must be at least/),
    );
    expect(read({ SALLYPORT_PASSWORD_COST: cost }).password.lanes).toBe(1);
    expect(read({ ...PRODUCTION, SALLYPORT_PASSWORD_COST: '19456/2/1' }).password.passes).toBe(2);
  });
});
