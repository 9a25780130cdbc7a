import { z } from 'zod';
import { idOf } from '../../shared/ids/ids.ts';
import { CEREMONY_STEPS, type CeremonyStep } from '../../shared/ipc/custody.ts';
import { CustodyError } from './custody-error.ts';
import { type TwoPersons, twoPersons } from './persons.ts';

export const STEPS = CEREMONY_STEPS;
export type Step = CeremonyStep;

const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);
const address = z.string().regex(/^[1-9A-HJ-NP-Za-km-z]{32,44}$/);
/** Lamports (1e-9 SOL) as text, because they outgrow a double. */
const lamports = z.string().regex(/^(?:0|[1-9][0-9]{0,19})$/);
const transaction = z.string().regex(/^[1-9A-HJ-NP-Za-km-z]{64,90}$/);
/** The retirement that two persons signed: as the service showed it, or as the custodian copied it from another console. */
const retirement = z.discriminatedUnion('seen', [
  z.strictObject({
    ...{ seen: z.literal('service'), proposal: idOf('proposal'), digest: sha256Hex },
    ...{ proposer: z.string().max(64), approver: z.string().max(64) },
  }),
  z.strictObject({ seen: z.literal('by-hand'), proposal: idOf('proposal'), digest: sha256Hex }),
]);
const wallet = z.strictObject({ address, fingerprint: sha256Hex });

/** Genesis hash of Solana's Devnet: another cluster answers with another one. */
export const DEVNET_GENESIS = 'EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG';

/** What shows that a step was done. No field can hold a secret. */
export const EVIDENCE = {
  /** The vault's item of the new key, and the wallet it replaces; null for the first one. */
  generated: z.strictObject({
    item: z.uuid(),
    wallet,
    former: wallet.extend({ item: z.uuid() }).nullable(),
  }),
  sealed: z.discriminatedUnion('way', [
    /** It stays in this vault, and the bundled service is given it by process port. */
    z.strictObject({ way: z.literal('vault') }),
    z.strictObject({ way: z.literal('package'), digest: z.string(), recipient: z.string() }),
    /** It goes into this secret at AWS, with the access key that this item of the vault holds. */
    z.strictObject({ way: z.literal('aws'), secret: z.string().max(700), credentials: z.uuid() }),
  ]),
  /** As read back from where the service will read it. */
  imported: z.strictObject({
    fingerprint: sha256Hex,
    /** At AWS: the version that waits, and the one that it is to replace. */
    staged: z.strictObject({ version: z.uuid(), base: z.string().max(64) }).optional(),
  }),
  hydrated: z.strictObject({ fingerprint: sha256Hex, sessionsRevoked: z.number().int().min(0) }),
  confirmed: z.strictObject({
    genesisHash: z.literal(DEVNET_GENESIS),
    version: z.string().max(100),
    balance: lamports,
  }),
  swept: z.strictObject({
    transactions: z.array(transaction).max(64),
    remaining: lamports,
    tokenAccounts: z.number().int().min(0),
  }),
  sunset: z.discriminatedUnion('proof', [
    z.strictObject({ proof: z.literal('item-destroyed'), retirement }),
    z.strictObject({ proof: z.literal('no-former-wallet') }),
  ]),
  recorded: z.strictObject({ changeLog: sha256Hex }),
} as const satisfies Record<Step, z.ZodType>;
export type Evidence<S extends Step> = z.infer<(typeof EVIDENCE)[S]>;

/** One line of the journal. `began` is written before anything outside changes, so that a crash leaves a trace of it. */
export const ceremonyRecord = z.discriminatedUnion('type', [
  ...([
    z.strictObject({
      type: z.literal('opened'),
      ceremony: z.uuid(),
      reason: z.string().min(1).max(500),
      /** The vault's item of the wallet that is to be replaced; null for the first one. */
      former: z.uuid().nullable(),
      /** Whose two keys the new wallet needs. Journals of one person's wallets have no such field. */
      persons: twoPersons.optional(),
    }),
    z.strictObject({
      type: z.literal('began'),
      step: z.enum(STEPS),
      transactions: z.array(transaction).max(64).optional(),
      /** The version that is about to be written at AWS. */
      version: z.uuid().optional(),
    }),
    /** The second operator gave their part for this deed, by its digest; the answer's nonce is used up. */
    z.strictObject({
      type: z.literal('approved'),
      digest: sha256Hex,
      nonce: z.string().max(64),
      /** Thumbprint of their key. */
      by: z.string().max(64),
    }),
    /** AWSCURRENT was seen at the new version. Before this, a `began` of the restart says only that it was tried. */
    z.strictObject({ type: z.literal('promoted') }),
    /** Written before the former key is put back: from here on the service is given that one, and only an abort follows. */
    z.strictObject({ type: z.literal('reverting') }),
    z.strictObject({ type: z.literal('done'), step: z.enum(STEPS), evidence: z.unknown() }),
    z.strictObject({
      type: z.literal('aborted'),
      reason: z.string().min(1).max(500),
      /** Fingerprint that the service holds again, where it had to be put back. */
      restored: sha256Hex.nullable(),
    }),
  ] as const),
]);
export type CeremonyRecord = z.infer<typeof ceremonyRecord>;

export interface Ceremony {
  readonly id: string;
  readonly reason: string;
  readonly formerItem: string | null;
  /** The two operators whose keys the new wallet needs; null for one person's. */
  readonly persons: TwoPersons | null;
  readonly done: { readonly [S in Step]?: Evidence<S> };
  /** The step that was begun last and has not been done: to be looked at before it is repeated. */
  readonly unfinished: Step | null;
  /** Transactions of the sweep that may be on their way: their signatures are known before they are sent. */
  readonly inFlight: readonly string[];
  /** Versions at AWS that this rotation wrote or was about to. */
  readonly versions: readonly string[];
  /** The new version is in force at AWS, as it was seen. */
  readonly promoted: boolean;
  /** The former key is being put back; nothing but the abort can follow. */
  readonly reverting: boolean;
  readonly ended: 'recorded' | 'aborted' | null;
}

const refused = (message: string): CustodyError => new CustodyError('step-refused', message);

/** The step that comes next, or null when the ceremony has ended. */
export const nextStep = ({ done, ended }: Ceremony): Step | null =>
  ended ? null : (STEPS.find((step) => !done[step]) ?? null);

/** The one key that the service holds (SPEC 15): the former until the new one was hydrated, and again after an abort. */
export function activeFingerprint({ done, ended }: Ceremony): string | null {
  const isNew = done.hydrated !== undefined && ended !== 'aborted';
  return (isNew ? done.generated?.wallet.fingerprint : done.generated?.former?.fingerprint) ?? null;
}

/**
 * The one key that the service is to be started with. It changes before the service is restarted, so that a crash between the
 * record and the restart can start it with one key only.
 */
export function suppliedFingerprint(ceremony: Ceremony): string | null {
  const { done, unfinished, reverting, ended } = ceremony;
  const isNew = done.hydrated !== undefined || unfinished === 'hydrated';
  const wallet = isNew && !reverting && ended !== 'aborted' ? done.generated?.wallet : done.generated?.former;
  return wallet?.fingerprint ?? null;
}

/** What an abort must undo first; null when it has come too late. */
export function abortNeeds({
  done,
  inFlight,
  unfinished,
}: Ceremony): 'nothing' | 'restore-secret' | 'restore-service' | null {
  if (done.swept || inFlight.length > 0) return null;
  if (done.hydrated || unfinished === 'hydrated') return 'restore-service';
  return done.imported ? 'restore-secret' : 'nothing';
}

/** @throws CustodyError `step-refused` when the evidence does not show what the step claims */
function requireProof(ceremony: Ceremony, step: Step, given: unknown): Ceremony['done'] {
  const parsed = EVIDENCE[step].safeParse(given);
  if (!parsed.success) throw refused(`The evidence of “${step}” is incomplete. Do the step again.`);
  const { generated } = ceremony.done;
  const evidence = parsed.data as {
    readonly fingerprint?: string;
    readonly remaining?: string;
    readonly tokenAccounts?: number;
    readonly proof?: string;
    readonly staged?: unknown;
  };
  if (evidence.fingerprint !== undefined && evidence.fingerprint !== generated?.wallet.fingerprint)
    throw refused('The fingerprint is not that of the new wallet. Compare both, and import the right key.');
  if (step === 'imported' && (ceremony.done.sealed?.way === 'aws') !== (evidence.staged !== undefined))
    throw refused('Import the key where it was decided that it goes.');
  if (step === 'swept' && (evidence.remaining !== '0' || evidence.tokenAccounts !== 0))
    throw refused('The former wallet is not empty yet. Sweep what remains, then confirm again.');
  if (step === 'sunset' && (evidence.proof === 'no-former-wallet') !== (generated?.former === null))
    throw refused('Two persons retire a former wallet. Let another operator approve it, then do this step.');
  return { ...ceremony.done, [step]: parsed.data };
}

function abort(ceremony: Ceremony, restored: string | null): Ceremony {
  const needs = abortNeeds(ceremony);
  if (needs === null)
    throw refused('Funds have moved to the new wallet. Finish this ceremony; then rotate again if you must.');
  const former = ceremony.done.generated?.former?.fingerprint ?? null;
  // What waits at AWS under AWSPENDING was never in force: there is nothing to put back.
  const wasNeverRead = needs === 'restore-secret' && ceremony.done.sealed?.way === 'aws';
  if (needs !== 'nothing' && !wasNeverRead && restored !== former)
    throw refused(
      'The service does not hold the former key again yet. Restore it and confirm its fingerprint first.',
    );
  return { ...ceremony, unfinished: null, ended: 'aborted' };
}

function advance(ceremony: Ceremony, record: Exclude<CeremonyRecord, { type: 'opened' }>): Ceremony {
  if (ceremony.ended) throw refused('This ceremony has ended. Open a new one.');
  if (record.type === 'aborted') return abort(ceremony, record.restored);
  if (record.type === 'reverting') {
    if (abortNeeds(ceremony) !== 'restore-service')
      throw refused('There is no key to put back in the service.');
    return { ...ceremony, reverting: true };
  }
  if (ceremony.reverting)
    throw refused('This ceremony is being aborted. Finish that: restart the service with the former key.');
  if (record.type === 'approved') return ceremony;
  if (record.type === 'promoted') {
    if (ceremony.unfinished !== 'hydrated' || ceremony.done.sealed?.way !== 'aws')
      throw refused('Nothing was to be put in force at AWS.');
    return { ...ceremony, promoted: true };
  }
  const expected = nextStep(ceremony);
  if (record.step !== expected) throw refused(`The next step is “${expected}”, not “${record.step}”.`);
  if (record.type === 'began') {
    const inFlight = [...new Set([...ceremony.inFlight, ...(record.transactions ?? [])])];
    const versions = [...new Set([...ceremony.versions, ...(record.version ? [record.version] : [])])];
    return { ...ceremony, unfinished: record.step, inFlight, versions };
  }
  const done = requireProof(ceremony, record.step, record.evidence);
  const ended = record.step === 'recorded' ? 'recorded' : null;
  return { ...ceremony, done, unfinished: null, inFlight: [], ended };
}

/**
 * The ceremony after one more record: the whole state machine, without a side effect.
 * @param ceremony null before its first record
 * @throws CustodyError `step-refused`
 */
export function apply(ceremony: Ceremony | null, record: CeremonyRecord): Ceremony {
  if (record.type !== 'opened') {
    if (!ceremony) throw refused('A ceremony begins with being opened.');
    return advance(ceremony, record);
  }
  if (ceremony) throw refused('This ceremony is open already.');
  const { ceremony: id, reason, former: formerItem, persons = null } = record;
  return {
    ...{ id, reason, formerItem, done: {}, unfinished: null, inFlight: [], versions: [] },
    ...{ persons, promoted: false, reverting: false, ended: null },
  };
}
