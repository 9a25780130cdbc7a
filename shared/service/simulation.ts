import { z } from 'zod';

/** What a simulator that was started by a console says of itself, and the one thing it is told. */
const tally = z.object({
  sent: z.number().int().min(0),
  /** Requests that nobody answered. */
  unanswered: z.number().int().min(0),
  keysCreated: z.number().int().min(0),
  accounts: z.number().int().min(0),
  /** Requests a second since it began. */
  rate: z.number().min(0),
});
export type SimulationTally = z.infer<typeof tally>;

export const NOTHING_PLAYED: SimulationTally = {
  ...{ sent: 0, unanswered: 0, keysCreated: 0, accounts: 0, rate: 0 },
};

export const simulationTally = tally;

const sentence = z.string().min(1).max(500);

/** Attacker-controlled as everything that comes from a process which reads answers of a service. */
export const fromSimulator = z.discriminatedUnion('type', [
  z.object({ type: z.literal('playing'), tally }),
  z.object({ type: z.literal('said'), sentence }),
  /** The last word. `problem` is null when it was told to stop; `isRefused` when the service did not take its operator. */
  z.object({
    type: z.literal('ended'),
    tally,
    problem: sentence.nullable(),
    isRefused: z.boolean(),
  }),
]);
export type FromSimulator = z.infer<typeof fromSimulator>;

export const toSimulator = z.strictObject({ type: z.literal('stop') });
export type ToSimulator = z.infer<typeof toSimulator>;
