import { z } from 'zod';

/** What the console knows of the update channel, and what it found in the manifest that a person chose. */
export const updateReport = z.object({
  /** `closed`: no release key is pinned in this build. */
  state: z.enum(['open', 'closed']),
  installed: z.string(),
  found: z
    .object({
      version: z.string(),
      sequence: z.number().int(),
      keyId: z.string(),
      isNewer: z.boolean(),
      /** Where the checked package lies; null when nothing newer was offered. */
      path: z.string().nullable(),
    })
    .nullable(),
  refused: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type UpdateReport = z.infer<typeof updateReport>;
