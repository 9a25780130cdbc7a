import { z } from 'zod';

/** Whether the operating system keeps the keychain half of the vault key. That it does not is shown. */
export const keychainQuality = z.enum(['system', 'missing']);

export const vaultStatus = z.object({
  state: z.enum(['absent', 'locked', 'unlocked', 'damaged']),
  /** What the open slots need; `passphrase-only` is the downgrade and is shown as such. */
  protection: z.enum(['passphrase-and-keychain', 'passphrase-only']).nullable(),
  keychain: keychainQuality,
  items: z.number().int(),
  generation: z.number().int(),
  recovery: z.enum(['code', 'none']),
  unlockedAt: z.iso.datetime().nullable(),
  idleMinutes: z.number().int(),
  /** Sentences a person should read, worst first. */
  warnings: z.array(z.string()),
});
export type VaultStatus = z.infer<typeof vaultStatus>;
