import { createHash, timingSafeEqual } from 'node:crypto';

const HOLD_MS = 30_000;

interface Deps {
  /** Newer Electron answers by promises, older at once; awaiting fits both. */
  readonly clipboard: {
    readText(): string | Promise<string>;
    writeText(text: string): void | Promise<void>;
    clear(): void;
  };
  readonly setTimer: (run: () => void, ms: number) => { cancel(): void };
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Lends the clipboard to a secret for 30 s. Only its hash is kept, and the clipboard is cleared only while it still holds
 * ours: what the user copied since is not ours to take.
 */
export function createClipboardLoan({ clipboard, setTimer }: Deps) {
  let held: Buffer | null = null;
  let timer: { cancel(): void } | null = null;

  const clear = async (): Promise<void> => {
    timer?.cancel();
    timer = null;
    const ours = held;
    held = null;
    if (ours && timingSafeEqual(ours, digest(await clipboard.readText()))) clipboard.clear();
  };
  return {
    async copy(text: string): Promise<void> {
      timer?.cancel();
      held = digest(text);
      timer = setTimer(() => void clear(), HOLD_MS);
      await clipboard.writeText(text);
    },
    /** On lock and on quit. */
    clear,
  };
}
export type ClipboardLoan = ReturnType<typeof createClipboardLoan>;
