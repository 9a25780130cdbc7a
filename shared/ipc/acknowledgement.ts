import { z } from 'zod';

/** What the page answers to a batch of the stream. Apart from the batches, so that main need not know what a ledger entry is. */
export const acknowledgement = z.strictObject({ type: z.literal('ack'), seq: z.number().int() });
