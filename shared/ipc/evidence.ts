import { z } from 'zod';
import { HEAD_STATES } from '../ledger/head-state.ts';
import { sha256Hex } from '../ledger/hex.ts';

const size = z.number().int().nonnegative();
const head = z.object({ origin: z.string(), size, root: sha256Hex });

/** The newest signed head of the log as main verified it, beside the last one that this console had verified before. */
export const headReport = z.object({
  state: z.enum(HEAD_STATES),
  /** What is wrong, for a person; null where nothing is. */
  problem: z.string().nullable(),
  head: head.nullable(),
  signedAt: z.iso.datetime(),
  /** Ids of the ledger keys whose signatures are good. */
  keyIds: z.array(z.string()),
  /** Witnesses whose cosignatures are good by the keys that the service names; none: the log attests itself. */
  witnesses: z.array(z.string()),
  /** What the newest head was compared with; null for the first that this console sees. */
  last: head.nullable(),
});
export type HeadReport = z.infer<typeof headReport>;
