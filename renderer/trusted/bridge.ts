import type { FromKeeper, ToKeeper, TrustedRole } from '../../shared/ipc/trusted.ts';

/** What the preload of a trusted window gives to its page: the window's purpose, and its port to the keeper. */
export interface TrustedBridge {
  readonly role: TrustedRole;
  /** Id of the card or reveal that this window was opened for. */
  readonly subject: string | null;
  send(message: ToKeeper): void;
  onMessage(callback: (message: FromKeeper) => void): void;
}

declare global {
  interface Window {
    readonly trusted?: TrustedBridge;
  }
}
