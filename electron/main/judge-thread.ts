import { Worker } from 'node:worker_threads';
import type { JudgeThread } from '../backend/verification.ts';
import type { JudgeJob } from '../evidence/protocol.ts';

/** A bundle streams by, so whoever needs more than this was given a file that was made to take it. */
const LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 64, stackSizeMb: 4 };

/** Starts a thread on one job: no environment and no arguments of ours; its death is an exit like any other. */
export function startJudge(entry: string, job: JudgeJob): JudgeThread {
  const worker = new Worker(entry, { workerData: job, env: {}, argv: [], resourceLimits: LIMITS });
  // What it died of may quote the file; that it died is all that is told.
  worker.on('error', () => undefined);
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => {
      worker.on('message', listener);
    },
    onExit: (listener) => {
      worker.once('exit', listener);
    },
    end: () => void worker.terminate(),
  };
}
