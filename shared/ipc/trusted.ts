import { z } from 'zod';
import type { Card } from '../http/card.ts';
import { MIN_PASSPHRASE_CHARACTERS } from './passphrase.ts';
import type { vaultStatus } from './vault.ts';

/**
 * What a trusted window and the keeper say to each other over the port that joins them. Main carries the port and never
 * the messages. Passphrases, codes and revealed secrets travel here and nowhere else.
 */
export const TRUSTED_ROLES = ['first-run', 'unlock', 'card', 'reveal'] as const;
export type TrustedRole = (typeof TRUSTED_ROLES)[number];

const passphrase = z.string().min(1).max(1024);

/** The user has read that only an older generation of the vault is there, and goes on with it. */
const acceptOlder = z.literal(true).optional();

export const toKeeper = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('hello') }),
  z.strictObject({
    type: z.literal('create'),
    passphrase: passphrase.min(MIN_PASSPHRASE_CHARACTERS),
    /** The user has read that a vault was here and starts anew; what is left of it is moved aside. */
    startAnew: z.literal(true).optional(),
  }),
  /** The user has written the recovery code down and typed its last group again. */
  z.strictObject({ type: z.literal('confirm-recovery'), lastGroup: z.string().max(16) }),
  z.strictObject({ type: z.literal('unlock'), passphrase, acceptOlder }),
  z.strictObject({
    type: z.literal('unlock-with-recovery'),
    code: z.string().max(100),
    newPassphrase: passphrase,
    acceptOlder,
  }),
  z.strictObject({ type: z.literal('card-decision'), id: z.string(), decision: z.enum(['sign', 'decline']) }),
  z.strictObject({
    type: z.literal('copy-revealed'),
    id: z.string(),
    /** Which of the values shown; the first when left out. */
    index: z.number().int().min(0).max(100).optional(),
  }),
  z.strictObject({ type: z.literal('close-revealed'), id: z.string() }),
]);
export type ToKeeper = z.infer<typeof toKeeper>;

export const TRUSTED_ERROR_CODES = [
  'wrong-passphrase',
  'wrong-recovery-code',
  'keychain-missing',
  'keychain-half-missing',
  'passphrase-too-short',
  'vault-exists',
  'vault-damaged',
  'vault-rolled-back',
  'write-failed',
  'too-many-attempts',
  'busy',
  'unexpected',
] as const;

/** A card as the window draws it, with who will sign. */
export interface CardRequest {
  readonly id: string;
  readonly card: Card;
  readonly cardHash: string;
  readonly keyId: string;
}

export type FromKeeper =
  | {
      readonly type: 'status';
      readonly status: z.infer<typeof vaultStatus>;
      /** The generation before, where the current file is lost and that one can be read. */
      readonly previous: { readonly generation: number; readonly writtenAt: string } | null;
    }
  /** Shown once, right after creation. */
  | { readonly type: 'recovery-code'; readonly code: string }
  | { readonly type: 'working'; readonly what: string }
  | { readonly type: 'unlocked' }
  | { readonly type: 'card'; readonly request: CardRequest }
  | {
      readonly type: 'reveal';
      readonly id: string;
      readonly title: string;
      readonly note: string;
      readonly values: readonly { readonly label: string; readonly value: string }[];
    }
  | {
      readonly type: 'error';
      readonly code: (typeof TRUSTED_ERROR_CODES)[number];
      readonly message: string;
      /** Seconds until another attempt is looked at. */
      readonly waitSeconds: number | null;
    };
