import type { FastifyBaseLogger } from 'fastify';
import type { ApiSettings, KeysOf } from '../../shared/service/launch.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import { type RunningApi, serveApi } from './serve-api.ts';

export interface StartApiOptions {
  readonly settings: ApiSettings;
  readonly keys: KeysOf<'api'>;
  readonly clock: { now(): Date };
  readonly log: FastifyBaseLogger;
}

/**
 * Starts the API process on its settings. No admin token is good until `setAdminTokens` is called.
 * @throws ApiStartError with a code of the launch contract and a sentence that says what to do
 */
export const startApi = ({ settings, keys, clock, log }: StartApiOptions): Promise<RunningApi> =>
  serveApi({
    settings,
    keys,
    log,
    clock: { now: () => clock.now(), monotonic: () => performance.now() },
    openLedger: (db) => openLedger({ db, stagingMac: keys.stagingMac, clock, log }),
  });
