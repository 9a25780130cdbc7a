import { formatCheckpoint } from '../../shared/ledger/checkpoint.ts';
import { EvidenceError } from '../../shared/ledger/evidence-error.ts';
import type { FORK_REASONS } from '../../shared/ledger/kinds/evidence.ts';
import { formatNote, linesOf, parseKey } from '../../shared/ledger/note.ts';
import { type JudgedCheckpoint, judgeCheckpoint, type TrustFile } from '../../shared/ledger/trust.ts';
import { HttpError } from '../gate/http-error.ts';
import { verifyEd25519 } from '../ledger/ed25519.ts';
import { sha256 } from '../ledger/entry-row.ts';

export type ForkReason = (typeof FORK_REASONS)[number];

/** A head that a key of this log signed. */
export interface SignedHead {
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
  /** With the signatures of known keys alone. */
  readonly note: string;
}

type Side = 'seen' | 'shown';

/** Other lines are a sender's to choose: the ledger keeps what proves something and nothing else. */
function proven({ note }: JudgedCheckpoint, trust: TrustFile): string {
  const known = [...trust.ledgerKeys, ...trust.witnessKeys].map(({ key }) => parseKey(sha256, key));
  const signatures = note.signatures.filter(({ id, name }) =>
    known.some((key) => key.id === id && key.name === name),
  );
  return formatNote(note.text, linesOf({ ...note, signatures }));
}

/**
 * A report is attacker-controlled: a head counts when a key of this log signed it, within the sizes that the key was for.
 * @throws HttpError `bad_request` for what is no signed head, `conflict` for one that is not believed
 */
export function believedHead(text: string, trust: TrustFile, side: Side): SignedHead {
  let judged: JudgedCheckpoint;
  try {
    judged = judgeCheckpoint({ sha256, verifyEd25519 }, text, trust);
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    throw new HttpError('bad_request', `the head that was ${side}: ${error.message}`, { cause: error });
  }
  if (judged.problem !== null)
    throw new HttpError('conflict', `the head that was ${side} is not believed: ${judged.problem}`);
  const { origin, size, root } = judged.checkpoint;
  return { origin, size, root: Buffer.from(root), note: proven(judged, trust) };
}

/** The last size at which an epoch and the log of now are one: a restore ends an epoch, and what stands behind it is another. */
export function comparableSize(trust: TrustFile, origin: string, logSize: number): number {
  const epoch = trust.epochs.findIndex((known) => known.origin === origin);
  return Math.min(trust.epochs[epoch + 1]?.fromSize ?? logSize, logSize);
}

const nameOf = ({ size, root }: SignedHead): string => `${size} entries, root ${root.toString('hex')}`;

/** @throws HttpError `conflict` where the two could not contradict each other whatever the log is */
export function requireComparable(seen: SignedHead, shown: SignedHead): void {
  if (seen.origin !== shown.origin)
    throw new HttpError(
      'conflict',
      `no fork: one head is of ${seen.origin}, the other of ${shown.origin}, which is another log or epoch`,
    );
  if (seen.size === shown.size && seen.root.equals(shown.root))
    throw new HttpError('conflict', `no fork: both are one head (${nameOf(seen)})`);
}

/** The root that this log has at the size of each head; null where it cannot be compared with it. */
export type OwnRoots = Readonly<Record<Side, Buffer | null>>;

/**
 * Why two comparable heads are no heads of one log. Two roots of one size prove it by themselves. Of two sizes a proof that failed
 * proves nothing, because anybody can send a wrong one: what counts is a head that was signed here and is not in this log.
 * @throws HttpError `conflict` with both heads when nothing is proven
 */
export function forkOf(seen: SignedHead, shown: SignedHead, own: OwnRoots): ForkReason {
  if (seen.size === shown.size) return 'one-size-two-roots';
  const isForeign = (side: Side, head: SignedHead) => own[side] !== null && !own[side]?.equals(head.root);
  const [badSeen, badShown] = [isForeign('seen', seen), isForeign('shown', shown)];
  if (badSeen && badShown) return 'neither-in-log';
  if (badSeen) return 'seen-not-in-log';
  if (badShown) return 'shown-not-in-log';
  const heads = `${nameOf(seen)}; ${nameOf(shown)}`;
  throw new HttpError(
    'conflict',
    own.seen === null || own.shown === null
      ? `not proven: this log does not reach one of the heads (${heads}). If entries are gone, report the restore instead`
      : `no fork: this log holds both heads (${heads}). Ask for the consistency proof again`,
  );
}

/** One name for the two, whichever was seen first. */
export function forkId(seen: SignedHead, shown: SignedHead): string {
  const texts = [seen, shown].map(formatCheckpoint).sort();
  return sha256(Buffer.from(`sallyport/fork/v1\n${texts.join('')}`)).toString('hex');
}
