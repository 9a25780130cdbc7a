import { z } from 'zod';

/** SPEC 15, in the only order there is. */
export const CEREMONY_STEPS = [
  'generated',
  'sealed',
  'imported',
  'hydrated',
  'confirmed',
  'swept',
  'sunset',
  'recorded',
] as const;
export type CeremonyStep = (typeof CEREMONY_STEPS)[number];

/** Where a new key goes: it stays in the vault, travels as a sealed package, or is imported into AWS Secrets Manager. */
const WAYS = ['vault', 'package', 'aws'] as const;

const wallet = z.object({ item: z.string(), address: z.string(), fingerprint: z.string() });

const rotation = z.object({
  id: z.string(),
  reason: z.string(),
  wallet: wallet.nullable(),
  former: wallet.nullable(),
  /** The second operator whose key the new wallet needs, by name; null for a wallet of one person. */
  second: z.string().nullable(),
  /** The same of the former wallet. */
  formerSecond: z.string().nullable(),
  /** Where the new key goes; null while that was not decided. */
  way: z.enum(WAYS).nullable(),
  /** The secret at AWS that it goes to; null for every other way. */
  secret: z.string().nullable(),
  done: z.array(z.enum(CEREMONY_STEPS)),
  /** Null when it has ended. */
  next: z.enum(CEREMONY_STEPS).nullable(),
  /** The next step was begun and has not been done: it is resumed, not repeated blindly. */
  unfinished: z.boolean(),
  /** The former key is being put back. */
  reverting: z.boolean(),
  ended: z.enum(['recorded', 'aborted']).nullable(),
  /** What an abort must undo first; null when it has come too late. */
  abort: z.enum(['nothing', 'restore-secret', 'restore-service']).nullable(),
  /** Transactions of the sweep that may be on their way, by signature. */
  inFlight: z.array(z.string()),
});
export type Rotation = z.infer<typeof rotation>;

/** One copy of the secret half of a wallet, and what is known of its end. */
const copy = z.object({
  address: z.string(),
  /** `outside`: what a wallet was imported from, which this console cannot see. */
  where: z.enum(['vault', 'package', 'aws', 'shares', 'service', 'outside']),
  detail: z.string(),
  state: z.enum(['kept', 'retired']),
  /** Why it counts as retired, or what it is kept for. */
  proof: z.string(),
});
export type SecretCopy = z.infer<typeof copy>;

/** A whole rotation on throw-away keys, failures included; nothing of it was ever real. */
const rehearsal = z.object({
  id: z.string(),
  at: z.string(),
  passed: z.number().int(),
  failed: z.array(z.string()),
});
export type Rehearsal = z.infer<typeof rehearsal>;

/** What the second operators of this console's wallets approved, as the signed journal on its disk says. */
const approvals = z.object({
  /** `unread`: it could not be judged whether it is whole. */
  state: z.enum(['whole', 'damaged', 'unread']),
  /** Why it is not whole, for a person; null while it is. */
  trouble: z.string().nullable(),
  /** Lines up to the first that is bad. */
  lines: z.number().int(),
  /** Newest first, and not all of them: the file has every one. */
  deeds: z.array(
    z.object({
      ...{ line: z.number().int(), at: z.string(), what: z.string(), to: z.string().nullable() },
      ...{ wallet: z.string(), second: z.string(), thumbprint: z.string() },
    }),
  ),
});
export type Approvals = z.infer<typeof approvals>;

export const custodyState = z.object({
  keychain: z.enum(['system', 'missing']),
  /** The one wallet that the service pays with; null while there is none. */
  holder: wallet.extend({ way: z.enum(WAYS) }).nullable(),
  /** Wallet keys of the vault that no rotation made: the first rotation may replace one of them. */
  candidates: z.array(z.object({ item: z.string(), label: z.string() })),
  /** Provider secrets of the vault: one of them may be an access key of AWS. */
  accessKeys: z.array(z.object({ item: z.string(), label: z.string() })),
  current: rotation.nullable(),
  ended: z.array(rotation),
  rehearsals: z.array(rehearsal),
  copies: z.array(copy),
  /** Wallets in this vault that open with two operators' keys. */
  shared: z.array(
    z.object({
      ...{ item: z.string(), address: z.string(), first: z.string(), second: z.string() },
      /** Its key was there before it was put under both. */
      imported: z.boolean(),
    }),
  ),
  approvals,
  /** Items that could not be looked at, so that wallets and copies may be missing here. */
  unread: z.array(z.object({ label: z.string(), message: z.string() })),
});
export type CustodyState = z.infer<typeof custodyState>;

/** `requested`: the app’s own doors are closed, and the system enforces nothing. */
export const airGapState = z.enum(['off', 'requested', 'enforced']);
export type AirGapState = z.infer<typeof airGapState>;

const reason = z.string().trim().min(1).max(500);
/** Any Solana RPC endpoint; main refuses plain HTTP to another machine. */
const rpc = z.url().max(300);

/** What the page may ask for. Every act that uses a key or ends something is decided in a trusted window, never here. */
export const custodyAct = z.discriminatedUnion('act', [
  z.strictObject({
    ...{ act: z.literal('open'), reason, former: z.uuid().nullable() },
    /** The new wallet opens with the keys of two operators. */
    twoPersons: z.literal(true).optional(),
  }),
  z.strictObject({ act: z.literal('seal') }),
  /** The secret’s ARN, and the item of the vault that holds the access key. */
  z.strictObject({ act: z.literal('seal-aws'), secret: z.string().max(700), credentials: z.uuid() }),
  z.strictObject({ act: z.literal('package') }),
  z.strictObject({ act: z.literal('import') }),
  z.strictObject({ act: z.literal('hydrate') }),
  z.strictObject({ act: z.literal('confirm'), rpc }),
  z.strictObject({ act: z.literal('sweep'), rpc }),
  z.strictObject({ act: z.literal('sunset') }),
  z.strictObject({ act: z.literal('record') }),
  /** Opens a package that another custodian sealed; it is chosen in the trusted window. */
  z.strictObject({ act: z.literal('receive') }),
  /** Between two consoles: who this one is, what another one asks, and the part that a sweep needs. */
  z.strictObject({ act: z.literal('introduce') }),
  z.strictObject({ act: z.literal('approve') }),
  z.strictObject({ act: z.literal('ask-second') }),
  /** A proposal that was brought from a service: read, shown and signed without a connection to it. */
  z.strictObject({ act: z.literal('approve-proposal') }),
  /** Puts a wallet that is there under the keys of two operators; it is chosen in the trusted window. */
  z.strictObject({ act: z.literal('import-shared') }),
  /** Of a wallet of two persons, by its item. */
  z.strictObject({ act: z.literal('reveal-shared'), item: z.uuid() }),
  z.strictObject({ act: z.literal('export-shared'), item: z.uuid() }),
  /** The whole of it on throw-away keys. */
  z.strictObject({ act: z.literal('rehearse') }),
  z.strictObject({ act: z.literal('rehearsal'), rehearsal: z.uuid() }),
  z.strictObject({ act: z.literal('change-log'), ceremony: z.uuid() }),
  /** A copy of the journal of what second operators approved. */
  z.strictObject({ act: z.literal('approved-deeds') }),
  z.strictObject({ act: z.literal('abort'), reason }),
]);
export type CustodyAct = z.infer<typeof custodyAct>;
