import { z } from 'zod';
import { FAILURE_CODES, PROCESS_NAMES } from './launch.ts';

export const PROCESS_STATES = ['stopped', 'starting', 'running', 'restarting', 'failed'] as const;

/** What the supervisor knows of one process, as the screen shows it. */
export const processStatus = z.object({
  name: z.enum(PROCESS_NAMES),
  state: z.enum(PROCESS_STATES),
  pid: z.number().int().nullable(),
  restarts: z.number().int(),
  since: z.iso.datetime(),
  failure: z.object({ code: z.enum(FAILURE_CODES), message: z.string() }).nullable(),
});

export const serviceStatus = z.object({
  /** `running` when every process runs; `down` when one has failed for good or the service was never started. */
  state: z.enum(['stopped', 'starting', 'running', 'degraded', 'down']),
  processes: z.array(processStatus),
  /** Public API of this service, once it serves. */
  api: z.url().nullable(),
  /** The scan plane of this service, once it serves. */
  resolver: z.url().nullable(),
});
export type ServiceStatus = z.infer<typeof serviceStatus>;
