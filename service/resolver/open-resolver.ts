import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { ScanEventKind } from '../../shared/ledger/kinds/scans.ts';
import type { KeysOf, ResolverSettings } from '../../shared/service/launch.ts';
import type { Database } from '../db/database.ts';
import { DatabaseError } from '../db/database-error.ts';
import { trustedProxies } from '../gate/client-address.ts';
import { sealEvent } from '../ledger/seal.ts';
import { openLimiter } from '../limits/open-limiter.ts';
import { hashOfCode } from './codes.ts';
import { Lookup } from './lookup.ts';
import { mountScans } from './routes.ts';
import { createJudge } from './scan/visitor.ts';
import { createScanServer } from './server.ts';
import { activateToken, findSerial, findTokens, recordScans } from './store.ts';
import { Telemetry } from './telemetry.ts';

export interface ResolverParts {
  readonly settings: Pick<ResolverSettings, 'limit' | 'trustedProxies' | 'strictTransport'>;
  readonly keys: Pick<KeysOf<'resolver'>, 'scanSeal' | 'codeHash' | 'limiterHash' | 'redisUrl'>;
  readonly db: Pick<Database, 'kysely'>;
  readonly log: FastifyBaseLogger;
  readonly clock: { now(): Date; monotonic(): number };
  random(bytes: number): Uint8Array;
}

export interface OpenResolver {
  /** Nothing listens yet. */
  readonly app: FastifyInstance;
  /** Writes what was counted so far. */
  flush(): Promise<void>;
  /** Ends the listener, then writes what was still counted. */
  close(): Promise<void>;
}

const bytesOf = (key: string): Buffer => Buffer.from(key, 'base64url');

/** Seals entries of this plane: the two kinds, and this actor, whoever scanned. */
function sealerOf({ keys, clock, random }: ResolverParts) {
  const key = bytesOf(keys.scanSeal);
  const actor = { type: 'system', id: 'resolver', name: null } as const;
  return (kind: ScanEventKind, data: Readonly<Record<string, unknown>>) =>
    sealEvent(key, { clock, random }, { kind, data, actor, agent: null, requestId: null });
}

/** The scan plane, whole: what it reads, what it writes, what it answers. */
export async function openResolver(parts: ResolverParts): Promise<OpenResolver> {
  const { settings, keys, db, log, clock, random } = parts;
  const now = () => clock.now();
  const seal = sealerOf(parts);
  const codeKey = bytesOf(keys.codeHash);
  const limiting = await openLimiter({
    ...{ redisUrl: keys.redisUrl, hashKey: bytesOf(keys.limiterHash) },
    ...{ monotonic: () => clock.monotonic(), now, random, log },
  });
  const telemetry = new Telemetry({
    seal: (counts) => seal('scans.recorded', counts),
    record: (batch) => recordScans(db, batch),
    mayComeBack: (error) => error instanceof DatabaseError && error.code === 'unavailable',
    log,
  });
  const lookup = new Lookup((hashes) => findTokens(db, hashes));
  const app = createScanServer({
    ...{ limiter: limiting.limiter, rule: settings.limit, trusts: trustedProxies(settings.trustedProxies) },
    ...{ strictTransport: settings.strictTransport, log, now },
  });
  mountScans(app, {
    hashOf: (shown) => hashOfCode(codeKey, shown),
    find: (codeHash) => lookup.find(codeHash),
    findSerial: (gtin, serial) => findSerial(db, gtin, serial),
    sealActivation: ({ id, brandId }) => seal('scan.activated', { token: id, brand: brandId }),
    activate: (codeHash, entry) => activateToken(db, codeHash, entry),
    judge: createJudge(),
    telemetry,
    now,
  });
  return {
    app,
    flush: () => telemetry.flush(),
    close: async () => {
      await app.close();
      await telemetry.flush();
      limiting.close();
    },
  };
}
