import type { FastifyBaseLogger } from 'fastify';
import { MintingError } from '../minting-error.ts';
import { lease, mintJob, type WorkerDeps } from './mint-job.ts';
import { type LeasedJob, release } from './store.ts';

export interface RunningWorker {
  /** Ends after the present chunk, and leaves the job to others. */
  stop(): Promise<void>;
}

export interface WorkerOptions extends WorkerDeps {
  readonly log: Pick<FastifyBaseLogger, 'info' | 'warn'>;
  /** Calls the handler when a job was submitted or resumed. */
  onWork(handler: () => void): void;
}

/** How often an idle worker looks by itself: for leases that ran out, which nobody announces. */
const LOOK_MS = 500;

/** A wait that ends early when there is work. */
function createDoorbell() {
  let ring: () => void = () => undefined;
  return {
    ring: () => ring(),
    wait: (ms: number) =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        ring = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
  };
}

async function work(options: WorkerOptions, job: LeasedJob, goOn: () => boolean): Promise<void> {
  const { log, db } = options;
  log.info({ job: job.id, done: job.done, fence: job.fence }, 'minting');
  try {
    await mintJob(options, job, goOn);
    if (!goOn()) await release(db, job);
  } catch (error) {
    if (!(error instanceof MintingError && error.code === 'lease-lost')) throw error;
    log.info({ job: job.id }, error.message);
  }
}

/** Takes one job after the other until it is stopped. A database that is away is waited for; the lease decides what follows. */
export function startWorker(options: WorkerOptions): RunningWorker {
  const doorbell = createDoorbell();
  let running = true;
  const goOn = () => running;
  const loop = async (): Promise<void> => {
    while (running) {
      try {
        const job = await lease(options);
        if (job) await work(options, job, goOn);
        else await doorbell.wait(LOOK_MS);
      } catch (error) {
        options.log.warn({ err: error }, 'minting was interrupted');
        if (running) await doorbell.wait(LOOK_MS);
      }
    }
  };
  options.onWork(doorbell.ring);
  const ended = loop();
  return {
    stop: () => {
      running = false;
      doorbell.ring();
      return ended;
    },
  };
}
