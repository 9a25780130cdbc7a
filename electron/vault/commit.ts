import type { Built } from './build.ts';
import type { HoldingsDependencies } from './holdings.ts';
import { type OpenVault, openContent } from './opened.ts';
import { type Baseline, writeGeneration } from './write.ts';

/** A vault whose recovery code has been drawn and must be confirmed before anything is written. */
export interface PendingVault {
  readonly recoveryCode: string;
  /** Writes it and opens it. May be called again after a failed write. */
  commit(): Promise<OpenVault>;
  discard(): void;
}

/** The first write gives the file, the second its spare: both generations then open with the same secrets. */
const WRITES = 2;

interface PendingPlan {
  readonly baseline: Baseline;
  /** Moves unreadable files aside before the first write. */
  makeWay(): Promise<void>;
  /** Forgets what the new vault replaces. */
  afterwards(): Promise<void>;
}

export function pendingVault(storage: HoldingsDependencies, built: Built, plan: PendingPlan): PendingVault {
  const { root, keychainSecret, passphraseSlot, content } = built;
  let onDisk = plan.baseline;
  let written = 0;
  const discard = () => {
    root.fill(0);
    keychainSecret?.fill(0);
  };
  return {
    recoveryCode: built.recoveryCode,
    discard,
    async commit() {
      if (keychainSecret) await storage.records.keepSecret(passphraseSlot.id, keychainSecret);
      if (written === 0) await plan.makeWay();
      for (; written < WRITES; written += 1) {
        const next = { ...content, generation: content.generation + written };
        onDisk = await writeGeneration(storage, next, root, onDisk);
      }
      await plan.afterwards();
      const last = { ...content, generation: content.generation + WRITES - 1 };
      const opened = openContent(storage, { content: last, root, onDisk: onDisk ?? Buffer.alloc(0) });
      discard();
      return opened;
    },
  };
}
