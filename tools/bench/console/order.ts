import { z } from 'zod';

/** A size that was reached at a moment, in milliseconds since the epoch. */
const mark = z.object({ at: z.number(), size: z.number().int() });
export type Mark = z.infer<typeof mark>;

/** What the bench asks of a console that it drives; each order has a number, and its answer has the same. */
export const consoleOrder = z.discriminatedUnion('type', [
  z.object({ type: z.literal('unlock'), n: z.number(), passphrase: z.string() }),
  z.object({ type: z.literal('go'), n: z.number(), page: z.string() }),
  z.object({ type: z.literal('live'), n: z.number(), seconds: z.number(), perSecond: z.number() }),
  z.object({ type: z.literal('stop') }),
]);
export type ConsoleOrder = z.infer<typeof consoleOrder>;

export const consoleAnswer = z.discriminatedUnion('type', [
  /** Moments since the epoch: the passphrase was sent, the window was there, and so on until the overview was live. */
  z.object({
    type: z.literal('unlocked'),
    n: z.number(),
    sentAt: z.number(),
    stages: z.record(z.string(), z.number()),
  }),
  z.object({ type: z.literal('shown'), n: z.number() }),
  z.object({
    type: z.literal('streamed'),
    n: z.number(),
    /** How far the log was when the source wrote to the stream. */
    released: z.array(mark),
    /** Every frame of the page with the number after the newest entry that the list shows. */
    frames: z.array(mark),
    /** Numbers that the page says were left out of the list. */
    leftOut: z.number(),
    /** Resident memory of the page's process, MiB, once a second. */
    memory: z.array(z.number()),
  }),
]);
export type ConsoleAnswer = z.infer<typeof consoleAnswer>;

/** What the driver in the console's main process says to the source, and what that answers. */
export const sourceOrder = z.object({ bench: z.enum(['release', 'hold']), perSecond: z.number() });
export type SourceOrder = z.infer<typeof sourceOrder>;
export const sourceAnswer = z.object({ bench: z.literal('released'), released: z.array(mark) });
export type SourceAnswer = z.infer<typeof sourceAnswer>;

/** Path of what is started in the place of the service's api process; unset to drive the console as it is. */
export const API_VARIABLE = 'SALLYPORT_BENCH_API';
