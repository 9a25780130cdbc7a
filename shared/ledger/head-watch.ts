import { hex } from '@scure/base';
import { judgeSignature } from './checkpoint.ts';
import { EvidenceError } from './evidence-error.ts';
import type { HeadState } from './head-state.ts';
import { type Frontier, rootOf } from './merkle.ts';
import { ED25519, parseKey } from './note.ts';
import { verifyConsistency } from './proofs.ts';
import { type EvidenceCrypto, type JudgedCheckpoint, judgeCheckpoint, type TrustFile } from './trust.ts';

/** A head of the log that was verified earlier, with the keys that are believed to sign it since. */
export interface SeenHead {
  readonly origin: string;
  readonly size: number;
  /** Hex. */
  readonly root: string;
  /** Verifier keys (C2SP signed-note). */
  readonly keys: readonly string[];
}

export interface HeadVerdict {
  readonly state: HeadState;
  /** What is wrong, for a person; null for `first` and `continues`. */
  readonly problem: string | null;
  readonly head: Pick<SeenHead, 'origin' | 'size' | 'root'> | null;
  /** Ids of the ledger keys whose signatures are good. */
  readonly keyIds: readonly string[];
  readonly witnesses: readonly string[];
  /** What to remember from now on; what was remembered before, unless it may be replaced. */
  readonly remember: SeenHead | null;
}

interface Signer {
  readonly key: string;
  readonly id: string;
}

function signersOf(crypto: EvidenceCrypto, { note }: JudgedCheckpoint, trust: TrustFile): Signer[] {
  return trust.ledgerKeys.flatMap(({ key }) => {
    const parsed = parseKey(crypto.sha256, key);
    const good =
      parsed.type === ED25519 && judgeSignature(crypto.verifyEd25519, note, parsed).state === 'good';
    return good ? [{ key, id: parsed.id }] : [];
  });
}

type Finding = readonly [HeadState, string | null];

function compare(
  crypto: EvidenceCrypto,
  { checkpoint }: JudgedCheckpoint,
  seen: SeenHead,
  about: {
    readonly signers: readonly Signer[];
    readonly trust: TrustFile;
    readonly proof: readonly string[];
  },
): Finding {
  const { signers, trust, proof } = about;
  if (checkpoint.origin !== seen.origin) {
    return trust.epochs.some(({ origin }) => origin === seen.origin)
      ? ['restored', 'the log was restored behind what this console saw and goes on in a new epoch']
      : ['other-log', 'this is another log than the one that this console saw'];
  }
  if (checkpoint.size < seen.size)
    return ['shrunk', `the log had ${seen.size} entries and shows ${checkpoint.size}`];
  const from = { size: seen.size, root: hex.decode(seen.root) };
  const hashes = proof.map((hash) => hex.decode(hash));
  if (!verifyConsistency(crypto.sha256, from, checkpoint, hashes))
    return ['fork', 'the newest head does not continue the one that this console saw'];
  if (!signers.some(({ key }) => seen.keys.includes(key)))
    return ['unknown-key', 'none of the keys that this console believes signed the newest head'];
  return ['continues', null];
}

/** The service says that there is no head, or none of what makes one believed, though one was verified: a log that was hidden or lost. */
export const judgeMissing = (seen: SeenHead): HeadVerdict => ({
  state: 'missing',
  problem: `the service shows no head of a log of which ${seen.size} entries were verified here`,
  ...{ head: null, keyIds: [], witnesses: [], remember: seen },
});

const NOTHING: Frontier = { size: 0, hashes: [] };

/**
 * Judges the newest head by the last one that was verified. Only a head that continues it replaces it.
 * @param news `trust` is the service's own word: it names keys, and which of them are believed is remembered here.
 * @param news.proof of consistency between the two sizes; without meaning where there was none to ask for
 */
export function judgeHead(
  crypto: EvidenceCrypto,
  seen: SeenHead | null,
  news: { readonly note: string; readonly trust: TrustFile; readonly proof: readonly string[] },
): HeadVerdict {
  let judged: JudgedCheckpoint;
  let signers: Signer[];
  try {
    judged = judgeCheckpoint(crypto, news.note, news.trust);
    signers = signersOf(crypto, judged, news.trust);
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    return {
      ...{ state: 'unsigned', problem: error.message, head: null },
      ...{ keyIds: [], witnesses: [], remember: seen },
    };
  }
  const { origin, size, root } = judged.checkpoint;
  const head = { origin, size, root: hex.encode(root) };
  const emptyIsEmpty = size > 0 || head.root === hex.encode(rootOf(crypto.sha256, NOTHING));
  const [state, problem] = ((): Finding => {
    if (judged.problem !== null) return ['unsigned', judged.problem];
    if (!emptyIsEmpty) return ['unsigned', 'the head of an empty log has the root of another'];
    return seen
      ? compare(crypto, judged, seen, { signers, trust: news.trust, proof: news.proof })
      : ['first', null];
  })();
  const accepted = state === 'first' || state === 'continues';
  return {
    ...{ state, problem, head, keyIds: signers.map(({ id }) => id), witnesses: judged.witnesses },
    // A key that signs beside a believed one is believed from then on; one that no longer signs is not.
    remember: accepted ? { ...head, keys: signers.map(({ key }) => key) } : seen,
  };
}
