import { hex } from '@scure/base';
import { parseCheckpoint } from '../../shared/ledger/checkpoint.ts';
import { parseNote } from '../../shared/ledger/note.ts';
import { verifyConsistency } from '../../shared/ledger/proofs.ts';
import { nativeCrypto } from './native-crypto.ts';

interface Head {
  readonly origin: string;
  readonly size: number;
  /** Hex. */
  readonly root: string;
}

/** Asks the log how one size of it leads to another; null when it cannot say. */
export type AskProof = (from: number, to: number) => Promise<readonly string[] | null>;

/**
 * - `same`, `older`, `newer`: one log, and this is where the other head stands in it
 * - `fork`: no log holds both; `other-log`: they name different ones; `unproven`: the log did not say how one leads to the other
 */
export type Relation = 'same' | 'older' | 'newer' | 'fork' | 'other-log' | 'unproven';

const continues = (from: Head, to: Head, proof: readonly string[]): boolean =>
  verifyConsistency(
    nativeCrypto.sha256,
    { size: from.size, root: hex.decode(from.root) },
    { size: to.size, root: hex.decode(to.root) },
    proof.map((hash) => hex.decode(hash)),
  );

/** How another head of a log stands to one's own. Both are signed already; the hashes between them prove themselves. */
export async function relate(own: Head, other: Head, ask: AskProof): Promise<Relation> {
  if (own.origin !== other.origin) return 'other-log';
  if (own.size === other.size) return own.root === other.root ? 'same' : 'fork';
  const [from, to] = own.size < other.size ? [own, other] : [other, own];
  const proof = from.size === 0 ? [] : await ask(from.size, to.size);
  if (!proof) return 'unproven';
  if (!continues(from, to, proof)) return 'fork';
  return to === own ? 'older' : 'newer';
}

/** The head in a signed note, whoever signed it. @throws EvidenceError `note-malformed` */
export function headOfNote(note: string): Head {
  return headOfText(parseNote(note).text);
}

/** The head that a note's text says. @throws EvidenceError `note-malformed` */
export function headOfText(text: string): Head {
  const { origin, size, root } = parseCheckpoint(text);
  return { origin, size, root: hex.encode(root) };
}
