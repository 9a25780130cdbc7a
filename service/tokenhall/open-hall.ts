import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import type { TokenhallSettings } from '../../shared/service/tokenhall-settings.ts';
import type { Commit, Mutate } from '../identity/mutation.ts';
import { abandonGenerations } from './generations/abandon.ts';
import { Holds } from './generations/holding.ts';
import { Unfinished } from './generations/persist.ts';
import { generationHandlers } from './generations/routes.ts';
import { Settlements } from './generations/settlements.ts';
import { priceHandlers } from './pricing/routes.ts';
import { baseUrlsOf } from './routing/base-urls.ts';
import type { SecretsDeps } from './secrets/deps.ts';
import { createProviderSecrets } from './secrets/resolve.ts';
import { createUpstreamClient } from './upstream/client.ts';
import { ProviderRecords } from './upstream/health.ts';
import { BreakerTurns } from './upstream/turns.ts';

export interface HallParts {
  readonly settings: TokenhallSettings;
  readonly development: boolean;
  readonly secrets: SecretsDeps;
  readonly commit: Commit;
  readonly mutate: Mutate;
  readonly log: FastifyBaseLogger;
  monotonic(): number;
}

export interface Hall {
  readonly handlers: ReturnType<typeof generationHandlers> & ReturnType<typeof priceHandlers>;
  /** Ends what died between hold and settlement; run again and again. */
  abandon(): Promise<unknown>;
  /** Tells the ledger which breakers have opened or closed; run again and again. */
  tellBreakers(): Promise<void>;
  /** Waits for what is running, then closes the connections to providers. */
  close(): Promise<void>;
}

/**
 * The gateway with everything that it keeps between requests.
 * @throws BaseUrlError for a provider that configuration does not allow
 */
export function openHall(parts: HallParts): Hall {
  const { settings, development, secrets, commit, mutate, monotonic, log } = parts;
  const { db, staging, random, now } = secrets;
  const client = createUpstreamClient(settings);
  const unfinished = new Unfinished();
  const turns = new BreakerTurns();
  const handlers = {
    ...priceHandlers({ db, mutate, random }),
    ...generationHandlers({
      ...{ db, commit, settings, client, unfinished, log, now, random, monotonic },
      baseUrls: baseUrlsOf(settings, development),
      secrets: createProviderSecrets(secrets),
      holds: new Holds({ db, staging }),
      settlements: new Settlements({ db, staging }),
      records: new ProviderRecords(
        () => now().getTime(),
        (turn) => turns.note(turn),
      ),
      sleep: (ms) => sleep(ms),
      spread: Math.random,
    }),
  };
  return {
    handlers,
    abandon: () => abandonGenerations({ db, staging, now }),
    tellBreakers: () => turns.flush(db, staging),
    close: async () => {
      await unfinished.finish();
      await client.close();
    },
  };
}
