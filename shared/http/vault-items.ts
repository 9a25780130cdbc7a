/** What a person may keep in the vault beside its own two keys. Names only: the trusted windows carry no validation library. */
export const KEPT_TYPES = [
  'admin-token',
  'other-operator-key',
  'wallet-key',
  'provider-secret',
  'note',
] as const;
export type KeptType = (typeof KEPT_TYPES)[number];

/** With what the console puts there for a person: a session of a member of a brand, the key that sealed packages are opened with,
 * a remote service with its token and operator key, which of them was chosen, a wallet that opens with two operators' keys, and what
 * is remembered of approvals between consoles. */
export const HELD_TYPES = [
  ...KEPT_TYPES,
  'member-session',
  'receiving-key',
  'service-profile',
  'service-choice',
  'two-person-wallet',
  'approvals',
] as const;
export type HeldType = (typeof HELD_TYPES)[number];

export const KEPT_NAMES: Readonly<Record<KeptType, string>> = {
  'admin-token': 'Admin token',
  'other-operator-key': 'Operator key',
  'wallet-key': 'Wallet key pair',
  'provider-secret': 'Provider secret',
  note: 'Note',
};

export const MAX_LABEL_CHARACTERS = 80;
/** 48 KiB in UTF-8 is a long note; a record of a vault takes no more. */
export const MAX_SECRET_BYTES = 48 * 1024;

/** Letters, digits, punctuation, symbols and single spaces: nothing that draws nothing or turns the direction of what follows. */
const LABEL = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]+(?: [\p{L}\p{M}\p{N}\p{P}\p{S}]+)*$/u;

export const isLabel = (text: string): boolean => text.length <= MAX_LABEL_CHARACTERS && LABEL.test(text);

/** What may be done with an item, each in a window of its own. */
export const ITEM_TASKS = ['reveal', 'rename', 'remove', 'export'] as const;
export type ItemTask = (typeof ITEM_TASKS)[number];

/** What may be done with the vault as a whole. */
export const VAULT_TASKS = ['add', 'import', 'passphrase', 'rekey', 'shares', 'drill'] as const;
export type VaultTask = (typeof VAULT_TASKS)[number];

/** How other programs read a wallet key: base58, the CLI's file, what the service reads from its secrets manager. */
export const KEY_FORMATS = ['phantom', 'solana-cli', 'secrets-manager'] as const;
export type KeyFormat = (typeof KEY_FORMATS)[number];
