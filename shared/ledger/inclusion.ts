import { hex } from '@scure/base';
import { nodeHash, type Sha256 } from './merkle.ts';
import { inclusionRanges, verifyInclusion } from './proofs.ts';

/** What somebody knows of an entry and of the log before the service is asked for a proof. */
export interface Known {
  readonly id: string;
  readonly number: number;
  /** Hex. */
  readonly leafHash: string;
  /** A head that was verified, root in hex. */
  readonly head: { readonly size: number; readonly root: string };
}

/** What the service answers; every hash in hex. */
export interface InclusionAnswer extends Known {
  readonly proof: readonly string[];
}

/** One node on the way from the leaf to the root. */
export interface PathStep {
  /** On which side of the path the sibling lies. */
  readonly side: 'left' | 'right';
  readonly sibling: string;
  /** Leaves that the sibling covers, `end` excluded. */
  readonly begin: number;
  readonly end: number;
  /** What the node above hashes to, computed here. */
  readonly hash: string;
}

export interface Difference {
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

export interface InclusionVerdict {
  readonly state: 'verified' | 'failed';
  readonly steps: readonly PathStep[];
  /** Empty exactly when it is verified. */
  readonly differences: readonly Difference[];
}

/** The path that the proof describes, every node of it hashed here. Shorter than it must be when the proof is. */
function pathOf(sha256: Sha256, known: Known, proof: readonly Uint8Array[]): PathStep[] {
  let hash = hex.decode(known.leafHash);
  return inclusionRanges(known.number, known.head.size)
    .slice(0, proof.length)
    .map(({ begin, end }, i) => {
      const sibling = proof[i] ?? hash;
      const side = begin > known.number ? 'right' : 'left';
      hash = side === 'right' ? nodeHash(sha256, hash, sibling) : nodeHash(sha256, sibling, hash);
      return { side, sibling: hex.encode(sibling), begin, end, hash: hex.encode(hash) };
    });
}

/** What the service repeats of the question, where it is not what was asked. */
function repeated(known: Known, answer: InclusionAnswer): Difference[] {
  const pairs: readonly (readonly [string, string, string])[] = [
    ['number', String(known.number), String(answer.number)],
    ['entry', known.id, answer.id],
    ['leaf hash', known.leafHash, answer.leafHash],
    ['size of the log', String(known.head.size), String(answer.head.size)],
    ['root', known.head.root, answer.head.root],
  ];
  return pairs
    .filter(([, expected, found]) => expected !== found)
    .map(([what, expected, found]) => ({ what, expected, found }));
}

/** Judges a proof of inclusion by what was known before it came: nothing that the answer says about itself is believed. */
export function judgeInclusion(sha256: Sha256, known: Known, answer: InclusionAnswer): InclusionVerdict {
  const { number, head } = known;
  if (number >= head.size) {
    const difference = { what: 'number', expected: `below ${head.size}`, found: String(number) };
    return { state: 'failed', steps: [], differences: [difference] };
  }
  const proof = answer.proof.map((hash) => hex.decode(hash));
  const steps = pathOf(sha256, known, proof);
  const differences = repeated(known, answer);
  const length = inclusionRanges(number, head.size).length;
  if (proof.length !== length)
    differences.push({ what: 'hashes in the proof', expected: String(length), found: String(proof.length) });
  const leads = verifyInclusion(
    sha256,
    { hash: hex.decode(known.leafHash), index: number },
    { size: head.size, root: hex.decode(head.root) },
    proof,
  );
  if (!leads)
    differences.push({
      what: 'root that the path leads to',
      expected: head.root,
      found: steps.at(-1)?.hash ?? known.leafHash,
    });
  return { state: differences.length === 0 ? 'verified' : 'failed', steps, differences };
}
