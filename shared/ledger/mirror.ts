import { hex } from '@scure/base';
import { z } from 'zod';
import { EvidenceError } from './evidence-error.ts';
import { sha256Hex } from './hex.ts';
import { MOST_KEPT_CHARACTERS } from './note.ts';
import { verifyConsistency } from './proofs.ts';
import { type EvidenceCrypto, judgeCheckpoint, type TrustFile } from './trust.ts';

/**
 * A mirror of a log, off the host (docs/EVIDENCE.md): a folder of bundles, one for each stretch of numbers, and the chain of the heads
 * that were seen, one JSON text a line, each with the proof that it continues the one before. Nothing in it is ever written again.
 */
export const MIRROR_CHAIN = 'checkpoints.jsonl';
/** What the console believed when it wrote; whoever judges the mirror pins a trust file of his own. */
export const MIRROR_TRUST = 'trust.json';

const WIDTH = 15;
const numbered = (number: number): string => String(number).padStart(WIDTH, '0');

export interface Stretch {
  readonly first: number;
  readonly end: number;
}
export const segmentName = ({ first, end }: Stretch): string =>
  `${numbered(first)}-${numbered(end)}.evidence.jsonl`;

/** @returns null for a file that is no part of a mirror */
export function stretchOf(name: string): Stretch | null {
  const [, first, end] = /^(\d{15})-(\d{15})\.evidence\.jsonl$/.exec(name) ?? [];
  return first === undefined || end === undefined ? null : { first: Number(first), end: Number(end) };
}

/** How far the stretches reach from the first number on without a gap. */
export function reachOf(stretches: readonly Stretch[]): number {
  let reach = 0;
  for (const { first, end } of [...stretches].sort((a, b) => a.first - b.first))
    if (first <= reach) reach = Math.max(reach, end);
  return reach;
}

/** Where a log's files lie in the folder: another epoch is another log. */
export const folderOf = (origin: string): string => origin.replaceAll(/[^A-Za-z0-9.-]+/g, '_').slice(0, 100);

const link = z.strictObject({
  note: z.string().min(1).max(MOST_KEPT_CHARACTERS),
  /** From the head of the line before, RFC 6962 section 2.1.2. */
  proof: z.array(sha256Hex).max(128),
});
export type ChainLink = z.infer<typeof link>;

export interface MirroredHead {
  readonly origin: string;
  readonly size: number;
  /** Hex. */
  readonly root: string;
}

export const linkLine = (given: ChainLink): string => `${JSON.stringify(link.parse(given))}\n`;

/** @throws EvidenceError `note-malformed` */
export function readLink(line: string): ChainLink {
  try {
    return link.parse(JSON.parse(line));
  } catch (cause) {
    throw new EvidenceError('note-malformed', 'a line of the chain of heads cannot be read', { cause });
  }
}

/**
 * The head of a link, when it continues the one before.
 * @throws EvidenceError `note-malformed` with what is wrong
 */
export function judgeLink(
  crypto: EvidenceCrypto,
  before: MirroredHead | null,
  { note, proof }: ChainLink,
  trust: TrustFile,
): MirroredHead {
  const { checkpoint, problem } = judgeCheckpoint(crypto, note, trust);
  const refuse = (why: string) => new EvidenceError('note-malformed', why);
  if (problem !== null) throw refuse(problem);
  const head = { origin: checkpoint.origin, size: checkpoint.size, root: hex.encode(checkpoint.root) };
  if (!before) return head;
  if (before.origin !== head.origin) throw refuse(`a head is of ${head.origin}, which is another log`);
  const from = { size: before.size, root: hex.decode(before.root) };
  const hashes = proof.map((hash) => hex.decode(hash));
  if (head.size < before.size || !verifyConsistency(crypto.sha256, from, checkpoint, hashes))
    throw refuse(`the head of ${head.size} entries does not continue the one of ${before.size}`);
  return head;
}
