import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

const read = (env: Record<string, string>, ...args: string[]) =>
  readConfig(['--data', 'd', '--resolver-port', '8090', ...args], env);

describe('the scan plane', () => {
  it('has a port, a limit, a retention and a Redis of its own', () => {
    const config = read({
      SALLYPORT_LIMIT_SCAN: '90/30',
      SALLYPORT_SCAN_DAYS: '30',
      SALLYPORT_RESOLVER_REDIS_URL: '/run/scans.sock',
      TRUSTED_PROXIES: '10.0.0.1',
    });
    expect(config.resolver).toEqual({
      ...{ listen: { host: '127.0.0.1', port: 8090 }, limit: { limit: 90, windowSeconds: 30 } },
      ...{ trustedProxies: ['10.0.0.1'], strictTransport: false },
    });
    expect(config).toMatchObject({ resolverRedisUrl: '/run/scans.sock', api: { keepScansDays: 30 } });
    expect(config.redisUrl).toBeUndefined();
  });

  it.each([
    { SALLYPORT_LIMIT_SCAN: '0/10' },
    { SALLYPORT_SCAN_DAYS: '0' },
    { SALLYPORT_SCAN_DAYS: '4000' },
    { SALLYPORT_SCAN_DAYS: 'ever' },
    { SALLYPORT_RESOLVER_REDIS_URL: 'http://redis' },
  ])('is not configured by %j', (env) => {
    expect(() => read(env)).toThrow(expect.objectContaining({ code: 'settings-invalid' }));
  });
});
