import { z } from 'zod';
import type { Card } from '../http/card.ts';
import {
  type ItemTask,
  isLabel,
  KEPT_TYPES,
  KEY_FORMATS,
  MAX_SECRET_BYTES,
  type VaultTask,
} from '../http/vault-items.ts';
import { MIN_PASSPHRASE_CHARACTERS } from './passphrase.ts';
import type { VaultItem, vaultStatus } from './vault.ts';

/**
 * What a trusted window and the keeper say to each other over the port that joins them. Main carries the port and never
 * the messages. Passphrases, codes and revealed secrets travel here and nowhere else.
 */
export const TRUSTED_ROLES = ['first-run', 'unlock', 'card', 'reveal', 'vault'] as const;
export type TrustedRole = (typeof TRUSTED_ROLES)[number];

const passphrase = z.string().min(1).max(1024);

const share = z.string().max(2_000);
const shares = z.array(share).min(1).max(10);
const label = z.string().refine(isLabel, 'not a label');
const secret = z.string().min(1).max(MAX_SECRET_BYTES);

/** A sealed package is the longest of them. */
const MAX_TYPED = 512 * 1024;

/** What a window says that was opened for one act on the vault; which of them depends on the act. */
const TASK_MESSAGES = [
  z.strictObject({
    type: z.literal('add-item'),
    itemType: z.enum(KEPT_TYPES),
    label,
    secret,
    canary: z.boolean(),
  }),
  /** The text of a `.env` file, a JSON object of strings, or a Solana key file; `label` names a key, the others name themselves. */
  z.strictObject({ type: z.literal('import-items'), text: z.string().min(1).max(4_000_000), label }),
  z.strictObject({ type: z.literal('rename-item'), label }),
  z.strictObject({ type: z.literal('remove-item') }),
  z.strictObject({ type: z.literal('reveal-item') }),
  z.strictObject({ type: z.literal('copy-item') }),
  /** Exactly one of the two: whoever knows a passphrase, or whoever holds a key. */
  z.strictObject({
    type: z.literal('export-item'),
    to: z.union([
      z.strictObject({ passphrase: passphrase.min(MIN_PASSPHRASE_CHARACTERS) }),
      z.strictObject({ recipient: z.string().max(200) }),
    ]),
    format: z.enum(KEY_FORMATS),
  }),
  z.strictObject({ type: z.literal('change-passphrase'), current: passphrase, next: passphrase }),
  z.strictObject({ type: z.literal('rekey'), passphrase }),
  z.strictObject({
    type: z.literal('make-shares'),
    passphrase,
    threshold: z.number().int(),
    count: z.number().int(),
  }),
  z.strictObject({ type: z.literal('show-share'), index: z.number().int().min(1).max(10) }),
  z.strictObject({ type: z.literal('keep-shares') }),
  z.strictObject({ type: z.literal('drill'), shares }),
  z.strictObject({ type: z.literal('close-task') }),
  /** A step of a rotation was decided; what was typed goes with it. */
  z.strictObject({
    type: z.literal('ceremony-act'),
    values: z.record(z.string().max(40), z.string().max(MAX_TYPED)),
  }),
] as const;

/** The user has read that only an older generation of the vault is there, and goes on with it. */
const acceptOlder = z.literal(true).optional();

export const toKeeper = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('hello') }),
  /** Of the first run: the person would rather look around with sample data, beside this console. */
  z.strictObject({ type: z.literal('open-practice') }),
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
  /** How strong is this? Answered by `strength`. */
  z.strictObject({ type: z.literal('rate'), passphrase: z.string().max(1024) }),
  z.strictObject({ type: z.literal('check-share'), text: share, acceptOlder }),
  z.strictObject({ type: z.literal('unlock-with-shares'), shares, newPassphrase: passphrase, acceptOlder }),
  ...TASK_MESSAGES,
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
  'wrong-share',
  'refused',
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
      /** This console is for sample data only. */
      readonly isPractice: boolean;
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
  | { readonly type: 'strength'; readonly level: 0 | 1 | 2 | 3; readonly text: string }
  /** This is a share of this vault. */
  | { readonly type: 'share-read'; readonly index: number; readonly threshold: number }
  | {
      readonly type: 'task';
      readonly task: VaultTask | ItemTask;
      readonly item: VaultItem | null;
      readonly shares: { readonly threshold: number; readonly count: number; readonly set: string } | null;
    }
  | { readonly type: 'item-value'; readonly value: string }
  /** They are drawn and proven; each is shown once, then they are written. */
  | { readonly type: 'shares-made'; readonly threshold: number; readonly count: number }
  /** `qr` is a square of rows of 0 and 1, the quiet zone included; it holds the same words. */
  | { readonly type: 'share'; readonly index: number; readonly words: string; readonly qr: readonly string[] }
  /** One step of a rotation as the keeper sees it, for a person to decide. */
  | {
      readonly type: 'ceremony';
      readonly title: string;
      readonly facts: readonly { readonly label: string; readonly value: string }[];
      readonly warning: string | null;
      readonly fields: readonly {
        readonly name: string;
        readonly label: string;
        readonly hint: string;
        /** Typed unseen. */
        readonly secret?: true;
        /** A file whose text is the value; it is read in the window. */
        readonly file?: true;
      }[];
      /** What the button says that does it. */
      readonly act: string;
      readonly danger: boolean;
      /** What another console is to read, as rows of 0 and 1; it holds no secret in the clear. */
      readonly qr?: readonly string[];
    }
  /** `qr`: what was made, for a camera, as rows of 0 and 1; it holds no secret in the clear. */
  | { readonly type: 'task-done'; readonly message: string; readonly qr?: readonly string[] }
  | {
      readonly type: 'error';
      readonly code: (typeof TRUSTED_ERROR_CODES)[number];
      readonly message: string;
      /** Seconds until another attempt is looked at. */
      readonly waitSeconds: number | null;
    };
