import { z } from 'zod';
import { ed25519PublicKey, enrolmentCode } from './operator-parts.ts';

/**
 * The file (0600) with which a tool on the same host becomes an operator of its own: `DATA/operator.json` of a service that
 * runs alone in development, or the file that the console writes for an invited local operator. A tool replaces the code
 * by its key once it has enrolled.
 */
export const operatorFile = z.object({
  version: z.literal(1),
  /** Origin that signatures must name as target. */
  adminOrigin: z.url(),
  /** Unix socket of the admin plane when it is not on `adminOrigin` itself. */
  adminSocket: z.string().nullable(),
  adminToken: z.string().min(32),
  name: z.string(),
  enrolmentCode: enrolmentCode.nullable(),
  key: z.object({ publicKey: ed25519PublicKey, privateKey: z.string() }).nullable(),
});
export type OperatorFile = z.infer<typeof operatorFile>;
