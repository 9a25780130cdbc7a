import { isAbsolute, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { StorageCredentials } from '../../shared/service/export-settings.ts';
import { type ApiSettings, DEFAULT_LIMITS, type SecretRootsByVersion } from '../../shared/service/launch.ts';
import { type PayerKey, PayerKeyError, readPayerPair } from '../autonomy/payer-key.ts';
import { AUTONOMY_USAGE, autonomyFrom, autonomyVariables } from './autonomy-config.ts';
import { facilitatorSecret, isHttpsOrigin, list, port, redisUrl, rootsByVersion } from './config-values.ts';
import { DATABASE_USAGE, databaseComplaints, databaseFrom, databaseVariables } from './database-config.ts';
import { EXPORTS_USAGE, exportComplaints, exportsFrom, exportVariables } from './exports-config.ts';
import {
  IDENTITY_USAGE,
  identityComplaints,
  identityOf,
  identityVariables,
  rate,
} from './identity-config.ts';
import { MARKET_USAGE, marketOf, marketVariables } from './market-config.ts';
import { RESOLVER_USAGE, resolverFrom, resolverVariables } from './resolver-config.ts';
import { TOKENHALL_USAGE, tokenhallFrom, tokenhallVariables } from './tokenhall-config.ts';
import { WEBHOOK_USAGE, webhookFrom, webhookVariables } from './webhook-config.ts';

/** What is wrong with the arguments or the environment, all of it, one sentence each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'settings-invalid';
}

export const USAGE = `Usage: npm run service -- --data DIR [--port N] [--admin-port M] [--resolver-port R]

  --data DIR      where everything is kept (created, 0700)
  --port N        port of the public API on loopback; 0 (the default) picks a free one
  --admin-port M  a port of its own for the admin plane; without it the admin plane is on --port
  --resolver-port R   port of the scan plane; 0 (the default) picks a free one
  --scans-warden FD   given by this command itself as root: the scan plane runs as a system user of its own
  --recover-operator   with --data DIR alone: shows a code that enrols an administrator once, and ends

Environment (all optional in development):
  SALLYPORT_ENV=development|production
  SALLYPORT_ROOT_KEY       32 random bytes in base64url; in development DIR/root.key is made
  SALLYPORT_SECRET_ROOTS   roots of provider secrets, VERSION:KEY separated by commas, each key 32 random bytes in base64url:
                           the active version, the older ones still in use, and the next one; without it all are derived
                           from the root key
  ADMIN_API_KEY            the admin token, at least 32 characters; in development one is made
  FACILITATOR_SECRET       what the facilitator of payments shows, at least 32 characters; without it there is none
  ADMIN_SIGNATURES=required|optional   optional exists in development only
  SALLYPORT_HOST           address to listen on (127.0.0.1)
  SALLYPORT_PUBLIC_ORIGIN  public https origin of the API, to which pages over plain HTTP are redirected
  SALLYPORT_ADMIN_ORIGIN   public origin of the admin plane that signatures name
  TRUSTED_PROXIES          addresses or networks, separated by commas
  ALLOWED_ORIGINS          origins that browsers may call from, separated by commas
  SALLYPORT_LIMIT_IP, SALLYPORT_LIMIT_OPERATOR   LIMIT/SECONDS, e.g. 30/10
${IDENTITY_USAGE}
${RESOLVER_USAGE}
  REDIS_URL                where instances count limits together: redis://, rediss://, the path of a Unix socket, or
                           several nodes of a cluster separated by commas; without it each process counts alone
  SALLYPORT_POSTGRES       folder that holds bin/postgres, instead of the package’s
${DATABASE_USAGE}
${TOKENHALL_USAGE}
${MARKET_USAGE}
${EXPORTS_USAGE}
  PHANTOM_SESSION_PRIVATE_KEY, PHANTOM_WALLET_PUBLIC_KEY   the payer’s key pair, base58
${AUTONOMY_USAGE}
${WEBHOOK_USAGE}
  SECRETS_PROVIDER=env|aws env: this environment and .env files; aws: a JSON secret of AWS Secrets Manager fills
                           what is not set here, and needs:
  AWS_REGION, AWS_SECRETS_MANAGER_SECRET_ID   where that secret is`;

const options = z.object({
  data: z.string('is missing').min(1, 'is missing'),
  port: port.default(0),
  'admin-port': port.optional(),
  'resolver-port': port.default(0),
  'scans-warden': z
    .string()
    .regex(/^[3-9]$/, 'must be a descriptor')
    .transform(Number)
    .optional(),
});

const environment = z.object({
  SALLYPORT_ENV: z
    .enum(['development', 'production'], 'must be development or production')
    .default('development'),
  SALLYPORT_ROOT_KEY: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/, 'must be 32 bytes in base64url (43 characters)')
    .optional(),
  SALLYPORT_SECRET_ROOTS: rootsByVersion.optional(),
  ADMIN_API_KEY: z.string().min(32, 'must have at least 32 characters').optional(),
  FACILITATOR_SECRET: facilitatorSecret.optional(),
  ADMIN_SIGNATURES: z.enum(['required', 'optional'], 'must be required or optional').default('required'),
  SALLYPORT_HOST: z.string().min(1, 'must be an address').default('127.0.0.1'),
  SALLYPORT_PUBLIC_ORIGIN: z
    .string()
    .refine(isHttpsOrigin, 'must be an https origin like https://api.example, without a path')
    .optional(),
  SALLYPORT_ADMIN_ORIGIN: z.url('must be an origin like https://admin.example').optional(),
  TRUSTED_PROXIES: list,
  ALLOWED_ORIGINS: list,
  SALLYPORT_LIMIT_IP: rate.default(DEFAULT_LIMITS.ip),
  SALLYPORT_LIMIT_OPERATOR: rate.default(DEFAULT_LIMITS.operator),
  ...identityVariables,
  ...resolverVariables,
  REDIS_URL: redisUrl.optional(),
  SALLYPORT_POSTGRES: z.string().refine(isAbsolute, 'must be an absolute path').optional(),
  SECRETS_PROVIDER: z.enum(['env', 'aws'], 'must be env or aws').default('env'),
  AWS_REGION: z.string().optional(),
  AWS_SECRETS_MANAGER_SECRET_ID: z.string().optional(),
  PHANTOM_SESSION_PRIVATE_KEY: z.string().optional(),
  PHANTOM_WALLET_PUBLIC_KEY: z.string().optional(),
  ...tokenhallVariables,
  ...marketVariables,
  ...autonomyVariables,
  ...webhookVariables,
  ...exportVariables,
  ...databaseVariables,
});
type Environment = z.infer<typeof environment>;

/** Every variable that is read. */
export const VARIABLES: readonly string[] = Object.keys(environment.shape);

/** What a development service makes for itself when nobody sets it. */
export const GENERATED: ReadonlySet<string> = new Set(['SALLYPORT_ROOT_KEY', 'ADMIN_API_KEY']);

type Configured = 'api' | 'admin' | 'adminSignatures' | 'trustedProxies' | 'allowedOrigins' | 'limits';

export interface LauncherConfig {
  readonly dataDir: string;
  readonly environment: 'development' | 'production';
  readonly rootKey: string | undefined;
  readonly adminKey: string | undefined;
  readonly facilitatorSecret: string | undefined;
  /** Roots of provider secrets by version. */
  readonly secretRoots: SecretRootsByVersion | undefined;
  readonly binaries: string | undefined;
  /** The server of `DATABASE_URL`; absent: a cluster in the data directory. */
  readonly server: ReturnType<typeof databaseFrom>;
  readonly payerKey: PayerKey | undefined;
  /** May carry a password, so it goes where keys go. */
  readonly redisUrl: string | undefined;
  /** Of the bucket that holds exports. */
  readonly exportStorage: StorageCredentials | undefined;
  /** As above, for the scan plane. */
  readonly resolverRedisUrl: string | undefined;
  readonly resolver: ReturnType<typeof resolverFrom>;
  /** Leads to whoever runs the scan plane as a system user of its own; undefined: it is run as this one. */
  readonly scansWarden: number | undefined;
  /** Everything of the API's settings that configuration decides. */
  readonly api: Pick<
    ApiSettings,
    Configured | 'identity' | 'tokenhall' | 'autonomy' | 'market' | 'webhook' | 'exports' | 'keepScansDays'
  >;
}

/** What production demands; each with what to do (SPEC 0, 8). */
function missingInProduction(env: Environment, adminPort: number | undefined): string[] {
  const rules: readonly (readonly [boolean, string])[] = [
    [env.SALLYPORT_ROOT_KEY === undefined, 'SALLYPORT_ROOT_KEY must be set: 32 random bytes in base64url'],
    [env.ADMIN_API_KEY === undefined, 'ADMIN_API_KEY must be set: at least 32 random characters'],
    [
      env.TRUSTED_PROXIES.length === 0,
      'TRUSTED_PROXIES must name the proxies that end TLS in front of this service',
    ],
    [env.ADMIN_SIGNATURES === 'optional', 'ADMIN_SIGNATURES=optional exists in development only; remove it'],
    [adminPort === undefined, '--admin-port must give the admin plane a port of its own'],
    [
      !env.SALLYPORT_ADMIN_ORIGIN?.startsWith('https://'),
      'SALLYPORT_ADMIN_ORIGIN must be the https origin of the admin plane, which signatures name',
    ],
  ];
  return rules.filter(([broken]) => broken).map(([, sentence]) => `In production ${sentence}.`);
}

const complaints = (error: z.ZodError, prefix: string): string[] =>
  error.issues.map(({ path, message }) => `${prefix}${path.join('.')} ${message}.`);

function parsedArguments(argv: readonly string[]): unknown {
  try {
    return parseArgs({
      args: [...argv],
      strict: true,
      options: {
        ...{ data: { type: 'string' }, port: { type: 'string' } },
        ...{ 'admin-port': { type: 'string' }, 'resolver-port': { type: 'string' } },
        'scans-warden': { type: 'string' },
      },
    }).values;
  } catch (cause) {
    throw new ConfigError(`${(cause as Error).message}.`, { cause });
  }
}

/** @throws ConfigError for half a pair, or for halves of two pairs */
function payerKeyOf(env: Environment): PayerKey | undefined {
  const { PHANTOM_SESSION_PRIVATE_KEY: privateKey, PHANTOM_WALLET_PUBLIC_KEY: publicKey } = env;
  if (privateKey === undefined && publicKey === undefined) return undefined;
  if (privateKey === undefined || publicKey === undefined)
    throw new ConfigError(
      'PHANTOM_SESSION_PRIVATE_KEY and PHANTOM_WALLET_PUBLIC_KEY are two halves of one key: set both.',
    );
  try {
    return readPayerPair({ privateKey, publicKey });
  } catch (error) {
    // No cause: what a decoder says may quote what it could not decode.
    if (error instanceof PayerKeyError)
      throw new ConfigError(`PHANTOM_SESSION_PRIVATE_KEY, PHANTOM_WALLET_PUBLIC_KEY: ${error.message}.`);
    throw error;
  }
}

/** One secret, one purpose. @throws ConfigError */
function facilitatorSecretOf(env: Environment): string | undefined {
  const { FACILITATOR_SECRET: secret, ADMIN_API_KEY: adminKey } = env;
  if (secret !== undefined && secret === adminKey)
    throw new ConfigError(
      'FACILITATOR_SECRET must not be the ADMIN_API_KEY: the facilitator would be an administrator.',
    );
  return secret;
}

/** An empty variable is one that somebody cleared. */
const given = (env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));

/** @throws ConfigError when values that are right alone do not go together */
function requireConsistent(data: z.output<typeof environment>, adminPort: number | undefined): void {
  const wrong = [
    ...(data.SALLYPORT_ENV === 'production' ? missingInProduction(data, adminPort) : []),
    ...identityComplaints(identityOf(data), data.SALLYPORT_ENV),
    ...exportComplaints(data, data.SALLYPORT_ENV),
    ...databaseComplaints(data, data.SALLYPORT_ENV),
  ];
  if (wrong.length > 0) throw new ConfigError(wrong.join('\n'));
}

/**
 * Reads arguments and environment, the only place that does.
 * @throws ConfigError that lists everything that is wrong, and no value of any secret
 */
export function readConfig(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): LauncherConfig {
  const args = options.safeParse(parsedArguments(argv));
  const vars = environment.safeParse(given(env));
  if (!args.success || !vars.success) {
    const wrong = [
      ...(args.success ? [] : complaints(args.error, '--')),
      ...(vars.success ? [] : complaints(vars.error, '')),
    ];
    throw new ConfigError(wrong.join('\n'));
  }
  const { data } = vars;
  const adminPort = args.data['admin-port'];
  const { settings: exports, credentials: exportStorage } = exportsFrom(data);
  requireConsistent(data, adminPort);
  const host = data.SALLYPORT_HOST;
  const origin = data.SALLYPORT_ADMIN_ORIGIN ?? null;
  return {
    dataDir: resolve(args.data.data),
    environment: data.SALLYPORT_ENV,
    rootKey: data.SALLYPORT_ROOT_KEY,
    adminKey: data.ADMIN_API_KEY,
    facilitatorSecret: facilitatorSecretOf(data),
    secretRoots: data.SALLYPORT_SECRET_ROOTS,
    binaries: data.SALLYPORT_POSTGRES,
    server: databaseFrom(data),
    payerKey: payerKeyOf(data),
    redisUrl: data.REDIS_URL,
    exportStorage,
    resolverRedisUrl: data.SALLYPORT_RESOLVER_REDIS_URL,
    resolver: resolverFrom(data, args.data['resolver-port']),
    scansWarden: args.data['scans-warden'],
    api: {
      api: {
        ...{ host, port: args.data.port },
        ...(data.SALLYPORT_PUBLIC_ORIGIN === undefined ? {} : { origin: data.SALLYPORT_PUBLIC_ORIGIN }),
      },
      admin: adminPort === undefined ? null : { host, port: adminPort, origin },
      adminSignatures: data.ADMIN_SIGNATURES,
      trustedProxies: data.TRUSTED_PROXIES,
      allowedOrigins: data.ALLOWED_ORIGINS,
      limits: { ip: data.SALLYPORT_LIMIT_IP, operator: data.SALLYPORT_LIMIT_OPERATOR },
      identity: identityOf(data),
      tokenhall: tokenhallFrom(data),
      market: marketOf(data),
      autonomy: autonomyFrom(data),
      webhook: webhookFrom(data),
      exports,
      keepScansDays: data.SALLYPORT_SCAN_DAYS,
    },
  };
}
