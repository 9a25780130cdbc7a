import { createHash, timingSafeEqual } from 'node:crypto';

const HOLD_MS = 30_000;

interface Deps {
  readonly clipboard: { readText(): string; writeText(text: string): void; clear(): void };
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

  const clear = (): void => {
    timer?.cancel();
    timer = null;
    if (held && timingSafeEqual(held, digest(clipboard.readText()))) clipboard.clear();
    held = null;
  };
  return {
    copy(text: string): void {
      timer?.cancel();
      clipboard.writeText(text);
      held = digest(text);
      timer = setTimer(clear, HOLD_MS);
    },
    /** On lock and on quit. */
    clear,
  };
}
export type ClipboardLoan = ReturnType<typeof createClipboardLoan>;
