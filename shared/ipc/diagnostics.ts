import { z } from 'zod';

/** What one step of the self-attestation found: looked at on this machine now, never assumed. */
export const diagnosis = z.object({
  step: z.enum([
    ...(['runtime', 'support', 'fuses', 'archive', 'sandbox', 'processes'] as const),
    ...(['policy', 'ports', 'keychain', 'updates'] as const),
  ]),
  title: z.string(),
  /** `weak` works and is less than it could be; `unknown` could not be looked at here. */
  status: z.enum(['ok', 'weak', 'failed', 'unknown']),
  /** What was read, and where. */
  evidence: z.string(),
  /** What a person can do about it. */
  remedy: z.string().nullable(),
});
export type Diagnosis = z.infer<typeof diagnosis>;
