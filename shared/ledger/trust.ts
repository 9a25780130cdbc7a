import { z } from 'zod';
import { type Checkpoint, judgeSignature, parseCheckpoint, type VerifyEd25519 } from './checkpoint.ts';
import { EvidenceError } from './evidence-error.ts';
import type { Sha256 } from './merkle.ts';
import { ED25519, parseKey, parseNote, type SignedNote } from './note.ts';

/** Written one way: JSON has a zero below zero, which no other size equals when it is written again. */
const size = z
  .number()
  .int()
  .nonnegative()
  .refine((value) => !Object.is(value, -0));

/**
 * What people pin out of band before they believe a bundle: whose log it is, which keys may sign its heads, and who
 * watches it. Whatever a bundle says about itself proves nothing.
 */
export const trustFile = z.strictObject({
  format: z.literal('sallyport-trust/1'),
  /** Origin of the log's first epoch. */
  origin: z.string().min(1).max(256),
  /** Origins of all epochs; a second one means that the log was restored from a backup (see docs/EVIDENCE.md). */
  epochs: z.array(z.strictObject({ origin: z.string().min(1).max(256), fromSize: size })).min(1),
  /** Verifier keys (C2SP signed-note) with the sizes of heads that each may sign, both included. */
  ledgerKeys: z.array(z.strictObject({ key: z.string(), fromSize: size, untilSize: size.nullable() })).min(1),
  witnessKeys: z.array(z.strictObject({ key: z.string() })),
});
export type TrustFile = z.infer<typeof trustFile>;

/** @throws EvidenceError `trust-malformed` with a sentence */
export function parseTrust(text: string): TrustFile {
  try {
    return trustFile.parse(JSON.parse(text));
  } catch (cause) {
    throw new EvidenceError('trust-malformed', 'this is not a trust file of Sallyport', { cause });
  }
}

export interface EvidenceCrypto {
  readonly sha256: Sha256;
  readonly verifyEd25519: VerifyEd25519;
}

export interface JudgedCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly note: SignedNote;
  /** Names of pinned witnesses that cosigned it; none means that the log attests itself. */
  readonly witnesses: readonly string[];
  /** Why it is not believed; null when a pinned key signed it. */
  readonly problem: string | null;
}

/**
 * Judges a checkpoint by what is pinned.
 * @throws EvidenceError `note-malformed` for what is no checkpoint, `key-malformed` for an unusable pinned key
 */
export function judgeCheckpoint(crypto: EvidenceCrypto, text: string, trust: TrustFile): JudgedCheckpoint {
  const note = parseNote(text);
  const checkpoint = parseCheckpoint(note.text);
  const judge = (key: string) => {
    const parsed = parseKey(crypto.sha256, key);
    return { name: parsed.name, type: parsed.type, ...judgeSignature(crypto.verifyEd25519, note, parsed) };
  };
  const epoch = trust.epochs.findIndex(({ origin }) => origin === checkpoint.origin);
  const ledger = trust.ledgerKeys.map(({ key, ...valid }) => ({ ...valid, ...judge(key) }));
  const witnesses = trust.witnessKeys.map(({ key }) => judge(key));
  const bad = [...ledger, ...witnesses].find(({ state }) => state === 'bad');
  const signer = ledger.find(({ state, type }) => state === 'good' && type === ED25519);
  const inTime = ledger.some(
    ({ state, fromSize, untilSize }) =>
      state === 'good' && checkpoint.size >= fromSize && checkpoint.size <= (untilSize ?? checkpoint.size),
  );
  const problemOf = (): string | null => {
    if (epoch < 0) return `the checkpoint is of ${checkpoint.origin}, which is not pinned`;
    if (bad) return `the signature of ${bad.name} is not good`;
    if (!signer) return 'no pinned ledger key signed the checkpoint';
    if (!inTime) return `the key that signed was not valid at size ${checkpoint.size}`;
    return null;
  };
  return {
    checkpoint,
    note,
    witnesses: witnesses.flatMap(({ name, state }) => (state === 'good' ? [name] : [])),
    problem: problemOf(),
  };
}
