import type { VaultStatus } from '../../shared/ipc/vault.ts';
import { type Inspection, protectionOf } from '../vault/inspection.ts';
import type { OpenVault } from '../vault/opened.ts';

export interface Opened {
  readonly vault: OpenVault;
  readonly at: Date;
}

/** The vault's state as every screen shows it: facts of the open vault, or what can be seen of a closed one. */
export function statusOf(seen: Inspection, opened: Opened | null, idleMinutes: number): VaultStatus {
  const { content, keychain, warnings } = seen;
  const hasCode = content?.slots.some((slot) => slot.kind === 'recovery') ?? false;
  return {
    state: opened ? 'unlocked' : seen.state,
    protection: opened?.vault.protection ?? (content && protectionOf(content)),
    keychain,
    items: opened?.vault.items ?? content?.items.length ?? 0,
    generation: opened?.vault.generation ?? content?.generation ?? 0,
    recovery: hasCode ? 'code' : 'none',
    unlockedAt: opened?.at.toISOString() ?? null,
    idleMinutes,
    warnings: [...warnings],
  };
}
