import { z } from 'zod';
import { defineEvents } from '../event-definition.ts';

/** Secrets of an operator's own vault: that one was used, by whom and which; never its value. */
export const vaultEvents = defineEvents({
  'vault.secret-used': {
    category: 'vault',
    says: 'Secret of a vault used',
    data: z.strictObject({
      useId: z.uuid(),
      usedAt: z.iso.datetime(),
      action: z.string(),
      itemId: z.uuid().nullable(),
      itemType: z.string().nullable(),
      label: z.string().nullable(),
      /** A canary is there to be touched by nobody: its use is an alert. */
      canary: z.boolean(),
      keyId: z.string(),
      signature: z.string(),
    }),
    redactable: ['label'],
    asset: 'evidence',
    boundary: 'secret-persistence',
  },
});
