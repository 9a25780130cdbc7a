import { z } from 'zod';

/** What the host leaves for the service: that a recovery code was issued, and its hash. The code itself is shown once, on the host. */
export const RECOVERY_FILE = 'recovery-request';

export const recoveryRequest = z.strictObject({
  version: z.literal(1),
  codeHash: z.string().regex(/^[0-9a-f]{64}$/),
  issuedAt: z.iso.datetime(),
});
export type RecoveryRequest = z.infer<typeof recoveryRequest>;
