import { z } from 'zod';
import { DEFAULT_SCANS, type ResolverSettings } from '../../shared/service/launch.ts';
import { redisUrl } from './config-values.ts';
import { rate } from './identity-config.ts';

export const RESOLVER_USAGE = `  SALLYPORT_LIMIT_SCAN     LIMIT/SECONDS of each client of the scan plane: 30/10
  SALLYPORT_SCAN_DAYS      days for which a scan is kept: 90
  SALLYPORT_RESOLVER_REDIS_URL   where scan planes count limits together, as REDIS_URL; it should be a Redis of its own`;

const days = z
  .string()
  .regex(/^\d{1,4}$/, 'must be whole days from 1 to 3650')
  .transform(Number)
  .pipe(
    z.number().min(1, 'must be whole days from 1 to 3650').max(3650, 'must be whole days from 1 to 3650'),
  );

export const resolverVariables = {
  SALLYPORT_LIMIT_SCAN: rate.default(DEFAULT_SCANS.limit),
  SALLYPORT_SCAN_DAYS: days.default(DEFAULT_SCANS.keepDays),
  SALLYPORT_RESOLVER_REDIS_URL: redisUrl.optional(),
};

interface Configured {
  readonly SALLYPORT_ENV: 'development' | 'production';
  readonly SALLYPORT_HOST: string;
  readonly SALLYPORT_LIMIT_SCAN: ResolverSettings['limit'];
  readonly TRUSTED_PROXIES: string[];
}

export const resolverFrom = (env: Configured, port: number) => ({
  listen: { host: env.SALLYPORT_HOST, port },
  limit: env.SALLYPORT_LIMIT_SCAN,
  trustedProxies: env.TRUSTED_PROXIES,
  // In production TLS ends at a proxy in front of it.
  strictTransport: env.SALLYPORT_ENV === 'production',
});
