import { type Database, type Tx, transact } from '../../db/database.ts';
import { BATCH_SIZE, type BatchDeps, type BatchResult, integrateBatch } from './batch.ts';
import { signHead } from './signing.ts';
import { holdLease, readHead, releaseLease } from './store.ts';

/** A wake-up that was lost costs at most this: SPEC 10 promises a number within 1 s. */
const POLL_MS = 400;
/** After a failure the database is left alone for a moment, longer each time. */
const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 800;

export interface IntegratorOptions extends BatchDeps {
  readonly db: Pick<Database, 'kysely' | 'listen'>;
  readonly log: {
    error(fields: object, message: string): void;
    warn(fields: object, message: string): void;
  };
}

export interface Integrator {
  /** Finishes the batch it is in and lets another integrator lead at once. */
  stop(): Promise<void>;
}

/** A wait that any number of wake-ups end, and that a wake-up before it shortens to nothing. */
function createBell() {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring: () => {
      rung = true;
      wake?.();
    },
    /** @returns whether it rang */
    wait: async (ms: number): Promise<boolean> => {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      const rang = rung;
      rung = false;
      wake = undefined;
      return rang;
    },
  };
}

const anythingStaged = async (db: Pick<Database, 'kysely'>): Promise<boolean> =>
  (await db.kysely.selectFrom('ledger_staged').select('arrival').limit(1).executeTakeFirst()) !== undefined;

/** A log that no key has signed yet, because it is new or older than its keys, has a head all the same. */
const signFirstHead = ({ db, log, ...deps }: IntegratorOptions): Promise<void> =>
  transact(db, async (tx: Tx) => {
    if ((await holdLease(tx, deps.holder)) === undefined) return;
    await signHead(tx, deps, (await readHead(tx)).frontier);
  }).catch((error: unknown) => log.warn({ err: error }, 'the head could not be signed at the start'));

/** Numbers staged entries as they come, until it is stopped. A database that is away is waited for. */
export async function startIntegrator(options: IntegratorOptions): Promise<Integrator> {
  const { db, log } = options;
  const bell = createBell();
  const unlisten = await db.listen('ledger_staged', bell.ring);
  let stopped = false;

  const step = async (): Promise<BatchResult> => {
    const result = await transact(db, (tx: Tx) => integrateBatch(tx, options));
    if (result.forgeries.length > 0) {
      log.error(
        { forgeries: result.forgeries },
        'staged rows that this service did not write are in quarantine',
      );
    }
    return result;
  };

  const run = async (): Promise<void> => {
    let retryMs = FIRST_RETRY_MS;
    // Whoever rang has staged something: looking first would only make its way longer. A poll that finds nothing writes nothing.
    let rang = false;
    while (!stopped) {
      try {
        const result = rang || (await anythingStaged(db)) ? await step() : undefined;
        retryMs = FIRST_RETRY_MS;
        const again = result !== undefined && (result.found === BATCH_SIZE || result.forgeries.length > 0);
        if (!again && !stopped) rang = await bell.wait(POLL_MS);
      } catch (error) {
        log.warn({ err: error }, 'a batch failed; what is staged waits');
        if (!stopped) await bell.wait(retryMs);
        retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
      }
    }
  };

  await signFirstHead(options);
  const running = run();
  const stop = async (): Promise<void> => {
    stopped = true;
    bell.ring();
    await running;
    await unlisten();
    await transact(db, (tx) => releaseLease(tx, options.holder)).catch(() => undefined);
  };
  return { stop };
}
