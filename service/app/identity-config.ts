import { z } from 'zod';
import { requestsPerMinute } from '../../shared/http/key-rate.ts';
import { DEFAULT_IDENTITY, type IdentitySettings } from '../../shared/service/launch.ts';

export const IDENTITY_USAGE = `  SALLYPORT_ACCESS_TOKEN_SECONDS, SALLYPORT_REFRESH_TOKEN_SECONDS, SALLYPORT_IDENTITY_TOKEN_SECONDS
                           how long tokens last: 900 (15 min), 2592000 (30 d), 3600 (1 h)
  SALLYPORT_PASSWORD_COST  KIB/PASSES/LANES of Argon2id: 65536/3/1; production takes no less than 19456/2/1
  SALLYPORT_LIMIT_KEY      requests a minute of a key that asks for none, and the most without two operators: 60
  SALLYPORT_LIMIT_HEARTBEAT   LIMIT/SECONDS of each agent: 4/60`;

export const rate = z
  .string()
  .regex(/^[1-9]\d{0,6}\/[1-9]\d{0,4}$/, 'must be LIMIT/SECONDS, e.g. 30/10')
  .transform((text) => {
    const [limit, windowSeconds] = text.split('/').map(Number);
    return { limit: limit ?? 1, windowSeconds: windowSeconds ?? 1 };
  });

const DAY = 86_400;

/** Whole seconds. The bounds are there for a digit too many or too few, not for taste. */
const seconds = (least: number, most: number) => {
  const says = `must be whole seconds from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, says)
    .transform(Number)
    .pipe(z.number().min(least, says).max(most, says));
};

const COST = /^([1-9]\d{0,6})\/([1-9]\d?)\/([1-9]\d?)$/;
/** RFC 9106 section 3.1: a lane takes eight blocks of memory. One sign-in takes no more than a gibibyte. */
const isCost = (text: string): boolean => {
  const [, kib = '0', passes = '0', lanes = '0'] = COST.exec(text) ?? [];
  return (
    Number(kib) >= 8 * Number(lanes) && Number(kib) <= 1_048_576 && Number(passes) > 0 && Number(lanes) <= 16
  );
};
const cost = z
  .string()
  .refine(isCost, 'must be KIB/PASSES/LANES of Argon2id, e.g. 65536/3/1, with 8 KiB a lane and at most 1 GiB')
  .transform((text) => {
    const [memoryKib = 1, passes = 1, lanes = 1] = text.split('/').map(Number);
    return { memoryKib, passes, lanes };
  });

const perMinute = z
  .string()
  .regex(/^\d{1,6}$/, 'must be requests a minute, from 1 to 100000')
  .transform(Number)
  .pipe(requestsPerMinute);

export const identityVariables = {
  SALLYPORT_ACCESS_TOKEN_SECONDS: seconds(10, DAY).default(DEFAULT_IDENTITY.accessSeconds),
  SALLYPORT_REFRESH_TOKEN_SECONDS: seconds(60, 400 * DAY).default(DEFAULT_IDENTITY.refreshSeconds),
  SALLYPORT_IDENTITY_TOKEN_SECONDS: seconds(10, 7 * DAY).default(DEFAULT_IDENTITY.identitySeconds),
  SALLYPORT_PASSWORD_COST: cost.default(DEFAULT_IDENTITY.password),
  SALLYPORT_LIMIT_KEY: perMinute.default(DEFAULT_IDENTITY.keyRequestsPerMinute),
  SALLYPORT_LIMIT_HEARTBEAT: rate.default(DEFAULT_IDENTITY.heartbeat),
};

export const identityOf = (
  env: {
    readonly [N in keyof typeof identityVariables]: z.output<(typeof identityVariables)[N]>;
  },
): IdentitySettings => ({
  accessSeconds: env.SALLYPORT_ACCESS_TOKEN_SECONDS,
  refreshSeconds: env.SALLYPORT_REFRESH_TOKEN_SECONDS,
  identitySeconds: env.SALLYPORT_IDENTITY_TOKEN_SECONDS,
  password: env.SALLYPORT_PASSWORD_COST,
  keyRequestsPerMinute: env.SALLYPORT_LIMIT_KEY,
  heartbeat: env.SALLYPORT_LIMIT_HEARTBEAT,
});

/** What values that are good by themselves are not together: whole sentences. */
export function identityComplaints(
  { accessSeconds, refreshSeconds, password }: IdentitySettings,
  environment: 'development' | 'production',
): string[] {
  const complaints: string[] = [];
  if (refreshSeconds <= accessSeconds)
    complaints.push(
      'SALLYPORT_REFRESH_TOKEN_SECONDS must be more than SALLYPORT_ACCESS_TOKEN_SECONDS: a session outlives its access tokens.',
    );
  // The least of the OWASP Password Storage Cheat Sheet for Argon2id.
  if (environment === 'production' && (password.memoryKib < 19_456 || password.passes < 2))
    complaints.push('In production SALLYPORT_PASSWORD_COST must be at least 19456/2/1.');
  return complaints;
}
