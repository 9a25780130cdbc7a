import { z } from 'zod';

/** What the headless console is told, in a file of the run's own folder (0600). */
export const order = z.object({
  keeper: z.string(),
  vaultDirectory: z.string(),
  adminOrigin: z.string(),
  adminSocket: z.string(),
  adminToken: z.string(),
  enrolmentCode: z.string(),
  bareSocket: z.string(),
  /** Pairs of batches, and requests in one batch. */
  runs: z.number().int(),
  batch: z.number().int(),
});
export type Order = z.infer<typeof order>;

/** Path of the order. */
export const ORDER_VARIABLE = 'SALLYPORT_BENCH_ORDER';

/** What the console prints at its end: this, then the samples as JSON. */
export const SAMPLES_PREFIX = 'sallyport-bench samples ';

/** Milliseconds of each request, batch by batch. `signing` is the part of ours that ends with the keeper's answer. */
export const samples = z.array(
  z.object({
    ours: z.array(z.number()),
    signing: z.array(z.number()),
    reference: z.array(z.number()),
  }),
);
export type Samples = z.infer<typeof samples>;
