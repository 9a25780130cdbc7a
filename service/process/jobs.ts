import type { FastifyBaseLogger } from 'fastify';

export interface Job {
  readonly name: string;
  readonly everyMs: number;
  run(): Promise<unknown>;
  /** Told at a clean stop before what runs is awaited: long work that can be taken up again gives itself up. */
  stop?(): void;
}

export interface RunningJobs {
  /** Runs what is due now and waits for it; used at a clean stop, so that what was counted is written. */
  finish(): Promise<void>;
}

/** Runs each job again and again, never twice at a time. A failure is logged and the job comes round again. */
export function startJobs(jobs: readonly Job[], log: FastifyBaseLogger): RunningJobs {
  const attempt = (job: Job) =>
    job.run().catch((error: unknown) => log.warn({ err: error, job: job.name }, 'job failed'));
  const timers = new Set<NodeJS.Timeout>();
  const current = new Map<Job, Promise<unknown>>();
  let stopped = false;
  const schedule = (job: Job): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      current.set(
        job,
        attempt(job).then(() => (stopped ? undefined : schedule(job))),
      );
    }, job.everyMs);
    timers.add(timer);
  };
  for (const job of jobs) schedule(job);
  return {
    async finish() {
      stopped = true;
      for (const job of jobs) job.stop?.();
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(current.values());
      await Promise.all(jobs.map(attempt));
    },
  };
}
