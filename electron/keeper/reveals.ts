import type { KeeperToMain, MainToKeeper } from './protocol.ts';
import { refusal } from './trouble.ts';
import type { TrustedWindow } from './windows.ts';

type Reveal = Extract<MainToKeeper, { type: 'reveal' }>;

/**
 * Secrets that are shown once. A value is held from its arrival until its window closes; then the last reference goes. JavaScript
 * strings cannot be overwritten: what is left in the heap ends with this process, at the next lock.
 */
export class Reveals {
  readonly #tell: (message: KeeperToMain) => void;
  readonly #held = new Map<string, Reveal>();

  constructor(tell: (message: KeeperToMain) => void) {
    this.#tell = tell;
  }

  get size(): number {
    return this.#held.size;
  }

  hold(reveal: Reveal): void {
    this.#held.set(reveal.id, reveal);
    this.#tell({ type: 'open-window', role: 'reveal', subject: reveal.id });
  }

  show(window: TrustedWindow): void {
    const held = this.#ownOf(window, window.subject);
    if (!held) return;
    const { id, title, note, values } = held;
    window.send({ type: 'reveal', id, title, note, values });
  }

  copy(window: TrustedWindow, id: string, index: number): void {
    const text = this.#ownOf(window, id)?.values[index]?.value;
    if (text !== undefined) this.#tell({ type: 'copy', text });
  }

  close(window: TrustedWindow, id: string): void {
    if (this.#ownOf(window, id)) this.closed(id);
  }

  closed(subject: string | null): void {
    if (subject === null || !this.#held.delete(subject)) return;
    this.#tell({ type: 'close-window', role: 'reveal', subject });
  }

  /** A window reaches the one secret that it was opened for. */
  #ownOf(window: TrustedWindow, id: string | null): Reveal | null {
    const held = id !== null && window.subject === id ? this.#held.get(id) : undefined;
    if (!held) window.send(refusal('This was shown already and is gone. Close the window.'));
    return held ?? null;
  }
}
