import { z } from 'zod';
import { DEFAULT_REQUESTS_PER_MINUTE, requestsPerMinute } from '../http/key-rate.ts';
import { provenance } from '../http/settings.ts';
import { autonomySettings } from './autonomy-settings.ts';
import { databaseEndpoint, databaseSettings } from './database-settings.ts';
import { exportSettings, storageCredentials } from './export-settings.ts';
import { marketSettings } from './market-settings.ts';
import { tokenhallSettings } from './tokenhall-settings.ts';
import { webhookSettings } from './webhook-settings.ts';

/**
 * The contract between whoever starts the service (Electron main, or the plain Node launcher) and its processes.
 * Settings and keys travel over the process port only: never argv, environment or the data directory.
 * Order: parent `configure`, keys arrive (same port, or a port of their own from the keeper), child `ready` | `failed`.
 */
export const PROCESS_NAMES = ['database', 'integrator', 'api', 'worker', 'resolver', 'probes'] as const;
export type ProcessName = (typeof PROCESS_NAMES)[number];

export type DatabaseEndpoint = z.infer<typeof databaseEndpoint>;

export const integratorSettings = z.object({ process: z.literal('integrator'), database: databaseEndpoint });

export const workerSettings = z.object({ process: z.literal('worker'), database: databaseEndpoint });

const limit = z.object({ limit: z.number().int().min(1), windowSeconds: z.number().int().min(1) });

/** Defaults of SPEC 5, which stand here alone; load suites raise them and say so. */
export const DEFAULT_LIMITS = {
  ip: { limit: 30, windowSeconds: 10 },
  operator: { limit: 300, windowSeconds: 60 },
} as const;

/** Of the scan plane: each client, apart from what it asks of the API; and how long a scan is kept. */
export const DEFAULT_SCANS = { limit: { limit: 30, windowSeconds: 10 }, keepDays: 90 } as const;

export const limitSettings = z.object({
  ip: limit.default(DEFAULT_LIMITS.ip),
  operator: limit.default(DEFAULT_LIMITS.operator),
});
export type LimitSettings = z.infer<typeof limitSettings>;

/** Defaults of SPEC 1 and 5 for credentials and agents. */
export const DEFAULT_IDENTITY = {
  accessSeconds: 15 * 60,
  refreshSeconds: 30 * 86_400,
  identitySeconds: 3_600,
  /** The memory-constrained choice of RFC 9106 section 4 on one lane: 0.2 to 0.4 s on a small machine. */
  password: { memoryKib: 64 * 1024, passes: 3, lanes: 1 },
  keyRequestsPerMinute: DEFAULT_REQUESTS_PER_MINUTE,
  heartbeat: { limit: 4, windowSeconds: 60 },
} as const;

const atLeastOne = z.number().int().min(1);

export const identitySettings = z.object({
  /** How long an access token, a refresh token and an identity token last. */
  accessSeconds: atLeastOne,
  refreshSeconds: atLeastOne,
  identitySeconds: atLeastOne,
  /** What an Argon2id hash of a password costs. */
  password: z.object({ memoryKib: atLeastOne, passes: atLeastOne, lanes: atLeastOne }),
  /** Of a key that is created without, and the most that it has without two operators. */
  keyRequestsPerMinute: requestsPerMinute,
  /** Of each agent. */
  heartbeat: limit,
});
export type IdentitySettings = z.infer<typeof identitySettings>;

export const apiSettings = z.object({
  process: z.literal('api'),
  mode: z.enum(['bundled', 'standalone']),
  environment: z.enum(['development', 'production']),
  version: z.string(),
  database: databaseEndpoint,
  /** Folder for the one-time enrolment code file of the first operator (0600). */
  dataDir: z.string(),
  api: z.object({
    host: z.string(),
    port: z.number().int(),
    /** Public https origin, to which pages that are asked for over plain HTTP are redirected. */
    origin: z.url().optional(),
  }),
  /**
   * The admin plane: on a Unix socket with a fixed origin (bundled), on a port of its own, or `null`: on the public
   * listener (stand-alone development).
   */
  admin: z
    .union([
      z.object({ socket: z.string(), origin: z.url() }),
      z.object({ host: z.string(), port: z.number().int(), origin: z.url().nullable() }),
    ])
    .nullable(),
  adminSignatures: z.enum(['required', 'optional']).default('required'),
  trustedProxies: z.array(z.string()).default([]),
  allowedOrigins: z.array(z.string()).default([]),
  limits: limitSettings.default(DEFAULT_LIMITS),
  identity: identitySettings.default(DEFAULT_IDENTITY),
  tokenhall: tokenhallSettings.prefault({}),
  market: marketSettings.prefault({}),
  autonomy: autonomySettings.prefault({}),
  webhook: webhookSettings.prefault({}),
  exports: exportSettings.optional(),
  /** The system user that the scan plane has to itself, as the launcher has seen it; absent: it shares this process’s. */
  scanUser: z.string().optional(),
  /** Days for which a scan is kept. */
  keepScansDays: z.number().int().min(1).max(3650).default(DEFAULT_SCANS.keepDays),
  /** SHA-256 (hex) of the payer's public key; absent: there is no payer key. */
  payerKey: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  /** Where the launcher found each value; absent when bundled, where there is no environment to read. */
  provenance: provenance.optional(),
});

export const resolverSettings = z.object({
  process: z.literal('resolver'),
  database: databaseEndpoint,
  listen: z.object({ host: z.string(), port: z.number().int() }),
  /** Of each client. */
  limit: limit.default(DEFAULT_SCANS.limit),
  trustedProxies: z.array(z.string()).default([]),
  /** Whether TLS stands in front of it, so that Strict-Transport-Security is true. */
  strictTransport: z.boolean().default(false),
});
export type ResolverSettings = z.infer<typeof resolverSettings>;
/** The negative probes of SPEC 16, which attack the running service from outside. */
export const probesSettings = z.object({
  process: z.literal('probes'),
  database: databaseEndpoint,
  dataDir: z.string(),
  api: z.url(),
  adminOrigin: z.url(),
  adminSocket: z.string().nullable(),
  /** The scan plane; null while it does not serve. */
  resolver: z.url().nullable(),
});
export type ProbesSettings = z.infer<typeof probesSettings>;

export const processSettings = z.discriminatedUnion('process', [
  databaseSettings,
  integratorSettings,
  apiSettings,
  workerSettings,
  resolverSettings,
  probesSettings,
]);
export type ProcessSettings = z.infer<typeof processSettings>;
export type DatabaseSettings = z.infer<typeof databaseSettings>;
export type IntegratorSettings = z.infer<typeof integratorSettings>;
export type ApiSettings = z.infer<typeof apiSettings>;

const key32 = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const hex32 = z.string().regex(/^[0-9a-f]{64}$/);

/** Roots of provider secrets by version. */
export const secretRoots = z.record(z.string().regex(/^[1-9]\d{0,3}$/), key32);
export type SecretRootsByVersion = z.infer<typeof secretRoots>;

/** Of the look-up hash of token codes, and the root of their envelopes. */
const mintingKeys = { codeHash: key32, codeSeed: key32 };

/** Purpose-bound keys, 32 bytes each in base64url, and only those that the process needs. */
export const processKeys = z.discriminatedUnion('process', [
  z.object({
    ...{ process: z.literal('database'), passwords: z.record(z.string(), key32) },
    /** Of the role that makes ours on a server. */
    serverPassword: z.string().optional(),
  }),
  z.object({
    process: z.literal('integrator'),
    password: key32,
    stagingMac: key32,
    /** Every version of the key that signs the log's heads is derived from it; no other process holds it. */
    ledgerSeed: key32,
  }),
  z.object({
    process: z.literal('api'),
    password: key32,
    /** Of the role that reads salts for exports and writes nothing. */
    readerPassword: key32,
    stagingMac: key32,
    limiterHash: key32,
    /** Where instances count limits together. Among the keys, because it may carry a password; settings are logged. */
    redisUrl: z.string().optional(),
    /** SHA-256 (hex) of the facilitator's secret; absent: there is no facilitator. */
    facilitatorHash: hex32.optional(),
    /** Every version of the key that signs access tokens is derived from it. */
    jwtSeed: key32,
    /** Versions of the root of provider secrets are derived from it, unless they are configured one by one. */
    secretSeed: key32,
    /** Configured roots of provider secrets by version: the active one, the older ones still in use, and the next. */
    secretRoots: secretRoots.optional(),
    /** Private half of the payer's key. This process alone holds it; absent: the payer signs nothing. */
    payerSeed: key32.optional(),
    /** Of sealed exports and of the addresses that they are downloaded from. */
    exportSeed: key32,
    /** The secret of each webhook of alerts is derived from it. */
    webhookSeed: key32,
    /** Of the bucket that holds exports. */
    exportStorage: storageCredentials.optional(),
    ...mintingKeys,
    /** How the probes are known; absent: there are none. */
    prober: z.object({ tokenHash: hex32, accountHash: hex32, publicKey: key32 }).optional(),
  }),
  z.object({
    process: z.literal('worker'),
    password: key32,
    stagingMac: key32,
    ...mintingKeys,
  }),
  z.object({
    process: z.literal('resolver'),
    password: key32,
    /** Seals the ledger entries of scans, and no others. */
    scanSeal: key32,
    /** Token codes are looked up by their hash under it. */
    codeHash: key32,
    limiterHash: key32,
    /** Where resolvers count together; not the API’s, which it must not be able to touch. */
    redisUrl: z.string().optional(),
  }),
  z.object({
    process: z.literal('probes'),
    /** Of the role that may call the probes of the database and nothing else. */
    password: key32,
    adminToken: key32,
    operatorSeed: key32,
    accountPassword: key32,
  }),
]);
export type ProcessKeys = z.infer<typeof processKeys>;
export type KeysOf<N extends ProcessName> = Extract<ProcessKeys, { process: N }>;

export const toProcess = z.discriminatedUnion('type', [
  z.object({ type: z.literal('configure'), settings: processSettings }),
  z.object({ type: z.literal('keys'), keys: processKeys }),
  /** Electron only: the keys will come over the MessagePort that this message carries, straight from the keeper. */
  z.object({ type: z.literal('keys-port') }),
  /**
   * Replaces the set of admin tokens the api process accepts, as SHA-256 in lower-case hex. Streams opened with a token
   * that is no longer in the set are closed within 1 s. An empty set locks the admin plane.
   */
  z.object({ type: z.literal('admin-tokens'), sha256: z.array(hex32) }),
  z.object({ type: z.literal('ping'), n: z.number().int() }),
  z.object({ type: z.literal('stop') }),
]);
export type ToProcess = z.infer<typeof toProcess>;

export const FAILURE_CODES = [
  'port-taken',
  'data-dir-in-use',
  'data-dir-unwritable',
  'data-dir-corrupt',
  'data-dir-foreign-key',
  'disk-full',
  'database-unreachable',
  'migration-failed',
  'settings-invalid',
  'internal',
] as const;

const ready = z.discriminatedUnion('process', [
  z.object({ type: z.literal('ready'), process: z.literal('database'), database: databaseEndpoint }),
  z.object({ type: z.literal('ready'), process: z.literal('integrator') }),
  z.object({ type: z.literal('ready'), process: z.literal('worker') }),
  z.object({ type: z.literal('ready'), process: z.literal('probes') }),
  z.object({
    type: z.literal('ready'),
    process: z.literal('api'),
    api: z.url(),
    /** The origin that `@target-uri` of a signed request must have. */
    adminOrigin: z.url(),
    adminSocket: z.string().nullable(),
  }),
  z.object({ type: z.literal('ready'), process: z.literal('resolver'), resolver: z.url() }),
]);

export const fromProcess = z.discriminatedUnion('type', [
  ready,
  /** `message` is a sentence for a person that says what to do; the process exits after it. */
  z.object({ type: z.literal('failed'), code: z.enum(FAILURE_CODES), message: z.string() }),
  z.object({ type: z.literal('pong'), n: z.number().int() }),
  /** The api process: whether a process that only runs while there is work has some. */
  z.object({ type: z.literal('wanted'), process: z.literal('worker'), wanted: z.boolean() }),
]);
export type FromProcess = z.infer<typeof fromProcess>;
export type FailureCode = (typeof FAILURE_CODES)[number];
