import { z } from 'zod';
import { simulationTally } from '../service/simulation.ts';

export const simulatorState = z.enum([
  'none',
  /** A person may have a card before them: the simulator's operator has to be invited. */
  'starting',
  'running',
  'stopping',
  'stopped',
  'failed',
]);
export type SimulatorState = z.infer<typeof simulatorState>;

const simulatorStatus = z.object({
  state: simulatorState,
  startedAt: z.iso.datetime().nullable(),
  tally: simulationTally,
  /** Whether it has an operator, which creates keys and issues credits; without, it plays what strangers may do. */
  hasOperator: z.boolean(),
  /** What it said last: what it leaves out, and why. */
  said: z.array(z.string()),
  /** Why it failed or was ended, and what to do. */
  problem: z.string().nullable(),
});
export type SimulatorStatus = z.infer<typeof simulatorStatus>;

export const practiceStatus = z.object({
  /** Of a practice console: its own data folder. Of any other: where its practice console has one, or will have. */
  folder: z.string(),
  /** Null where no simulator can ever run: this console is for real data. */
  simulator: simulatorStatus.nullable(),
});
export type PracticeStatus = z.infer<typeof practiceStatus>;
