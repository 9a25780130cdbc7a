import { z } from 'zod';
import { ITEM_TASKS, VAULT_TASKS } from '../http/vault-items.ts';

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

/** An item as a page may know it: never its value. */
const vaultItem = z.object({
  id: z.string(),
  type: z.string(),
  /** Null for the two keys that the vault made for itself. */
  label: z.string().nullable(),
  createdAt: z.iso.datetime(),
  /** There to be touched by nobody: its use raises an alert. */
  canary: z.boolean(),
});
export type VaultItem = z.infer<typeof vaultItem>;

const vaultSlot = z.object({
  kind: z.enum(['passphrase+keychain', 'passphrase-only', 'recovery', 'recovery-shares']),
  /** What Argon2id costs here, where a passphrase opens it. */
  argon2: z
    .object({ memoryMib: z.number().int(), passes: z.number().int(), lanes: z.number().int() })
    .nullable(),
  /** Of recovery shares: how many open, how many there are, and the id on each of them. */
  shares: z.object({ threshold: z.number().int(), count: z.number().int(), set: z.string() }).nullable(),
});
export type VaultSlot = z.infer<typeof vaultSlot>;

/** What an open vault holds, without a value. */
export const vaultContents = z.object({
  writtenAt: z.iso.datetime(),
  generation: z.number().int(),
  /** What the keychain remembers as the newest generation; null where it remembers nothing. */
  counter: z.number().int().nullable(),
  slots: z.array(vaultSlot),
  items: z.array(vaultItem),
});
export type VaultContents = z.infer<typeof vaultContents>;

/** Uses of secrets, newest first. */
export const vaultUses = z.object({
  uses: z.array(
    z.object({
      id: z.string(),
      at: z.iso.datetime(),
      action: z.string(),
      item: vaultItem.omit({ createdAt: true }).nullable(),
    }),
  ),
  /** How many wait for the ledger. */
  unsent: z.number().int(),
});
export type VaultUses = z.infer<typeof vaultUses>;

/** Opens a trusted window for one act; what is typed and shown there never reaches the page. */
export const vaultTaskRequest = z.union([
  z.strictObject({ task: z.enum(VAULT_TASKS) }),
  z.strictObject({ task: z.enum(ITEM_TASKS), itemId: z.uuid() }),
]);
export type VaultTaskRequest = z.infer<typeof vaultTaskRequest>;
