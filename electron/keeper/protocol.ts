import type { TrustedRole } from '../../shared/ipc/trusted.ts';
import type { VaultStatus } from '../../shared/ipc/vault.ts';
import type { ProcessName } from '../../shared/service/launch.ts';
import type { SigningRequest } from '../signer/signing-request.ts';

/**
 * What main and the keeper say to each other over the utility process's own port. Secrets cross it in one direction
 * only, towards the keeper (`reveal`), except `copy`, which the user asked for by hand. Both ends are our own code in
 * one package, so these are types; what comes from windows is parsed with the schemas of shared/ipc.
 */
export type { SigningRequest };

export type MainToKeeper =
  | {
      readonly type: 'start';
      readonly vaultDirectory: string;
      readonly idleMinutes: number;
    }
  /** Joins a trusted window: the message carries one MessagePort. */
  | { readonly type: 'attach-window'; readonly role: TrustedRole; readonly subject: string | null }
  /** The window is gone; an undecided card counts as declined. */
  | { readonly type: 'window-closed'; readonly role: TrustedRole; readonly subject: string | null }
  | { readonly type: 'sign'; readonly id: string; readonly request: SigningRequest }
  /** Gives a service process its keys over the MessagePort that the message carries. */
  | { readonly type: 'provide-keys'; readonly process: ProcessName }
  | {
      readonly type: 'reveal';
      readonly id: string;
      readonly title: string;
      readonly note: string;
      readonly values: readonly { readonly label: string; readonly value: string }[];
    }
  | { readonly type: 'set-idle-minutes'; readonly minutes: number };

export type KeeperToMain =
  | { readonly type: 'started'; readonly status: VaultStatus }
  | { readonly type: 'status'; readonly status: VaultStatus }
  /** The vault is open (and, after creation, its recovery code confirmed). Handles only. */
  | {
      readonly type: 'unlocked';
      readonly status: VaultStatus;
      readonly keyId: string;
      readonly publicKey: string;
    }
  /** Asks main for a trusted window; `subject` is the id of the card or the reveal. */
  | { readonly type: 'open-window'; readonly role: 'card' | 'reveal'; readonly subject: string }
  | { readonly type: 'close-window'; readonly role: TrustedRole; readonly subject: string | null }
  /** Headers that the signed request must carry, `signature` and `signature-input` among them. */
  | { readonly type: 'signed'; readonly id: string; readonly headers: Readonly<Record<string, string>> }
  | {
      readonly type: 'not-signed';
      readonly id: string;
      readonly reason: 'declined' | 'locked' | 'invalid-request' | 'rate-capped';
      readonly message: string;
    }
  /** Puts text on the clipboard for 30 s, at the user's explicit wish. */
  | { readonly type: 'copy'; readonly text: string }
  | { readonly type: 'fatal'; readonly message: string };
