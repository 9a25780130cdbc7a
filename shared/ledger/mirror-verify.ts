import { verifyBundle } from './bundle/verify.ts';
import { EvidenceError } from './evidence-error.ts';
import { judgeLink, MIRROR_CHAIN, type MirroredHead, readLink, type Stretch, segmentName } from './mirror.ts';
import type { EvidenceCrypto, TrustFile } from './trust.ts';

export interface MirrorSource {
  readonly stretches: readonly Stretch[];
  /** Lines of the chain of heads. */
  chain(): AsyncIterable<string>;
  bundle(name: string): AsyncIterable<Uint8Array>;
}

export interface MirrorReport {
  readonly verdict: 'verified' | 'consistent' | 'refused' | 'cancelled';
  readonly problem: { readonly file: string; readonly number: number; readonly message: string } | null;
  /** The newest head of the chain. */
  readonly head: MirroredHead | null;
  readonly heads: number;
  readonly files: number;
  /** Entries [0, reach) are there. */
  readonly reach: number;
}

interface Question {
  readonly crypto: EvidenceCrypto;
  readonly trust: TrustFile;
  /** Whether the trust file came another way than the mirror. */
  readonly isPinned: boolean;
  readonly cancelled: () => boolean;
}

type Problem = NonNullable<MirrorReport['problem']>;

const keyOf = ({ origin, size, root }: MirroredHead): string => `${origin} ${size} ${root}`;

/** Every head of the chain continues the one before. */
async function walkChain(source: MirrorSource, { crypto, trust }: Question) {
  const known = new Set<string>();
  let [head, heads]: [MirroredHead | null, number] = [null, 0];
  try {
    for await (const line of source.chain()) {
      head = judgeLink(crypto, head, readLink(line), trust);
      known.add(keyOf(head));
      heads += 1;
    }
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    const problem = { file: MIRROR_CHAIN, number: head?.size ?? 0, message: error.message };
    return { known, head, heads, problem };
  }
  return { known, head, heads, problem: null };
}

/**
 * Verifies a whole mirror: the chain of heads, every bundle against a head of that chain, and that together they leave no number out.
 * So two files that are each genuine, but of two histories, do not pass as one.
 */
export async function verifyMirror(source: MirrorSource, question: Question): Promise<MirrorReport> {
  const { crypto, trust, isPinned, cancelled } = question;
  const { known, head, heads, problem: broken } = await walkChain(source, question);
  const stretches = [...source.stretches].sort((a, b) => a.first - b.first || a.end - b.end);
  let [reach, files] = [0, 0];
  const report = (verdict: MirrorReport['verdict'], problem: Problem | null): MirrorReport => ({
    ...{ verdict, problem, head, heads, files, reach },
  });
  if (broken) return report('refused', broken);
  if (!head) return report('refused', { file: MIRROR_CHAIN, number: 0, message: 'no head is there' });
  for (const stretch of stretches) {
    const file = segmentName(stretch);
    const refuse = (number: number, message: string) => report('refused', { file, number, message });
    if (stretch.first > reach) return refuse(reach, `entries ${reach} to ${stretch.first - 1} are missing`);
    const judged = await verifyBundle(source.bundle(file), { crypto, trust, open: true, cancelled });
    if (judged.verdict === 'cancelled') return report('cancelled', null);
    if (judged.problem) return refuse(judged.problem.number, judged.problem.message);
    const { range, complete, origin, size, root } = judged;
    if (range?.first !== stretch.first || range.end !== stretch.end || !complete)
      return refuse(stretch.first, 'it does not hold the numbers that it is named by');
    if (!known.has(keyOf({ origin: origin ?? '', size: size ?? 0, root: root ?? '' })))
      return refuse(stretch.first, 'its head is not in the chain of heads');
    reach = Math.max(reach, stretch.end);
    files += 1;
  }
  if (files === 0 && head.size > 0)
    return report('refused', { file: MIRROR_CHAIN, number: 0, message: 'no bundle of its entries is there' });
  return report(isPinned ? 'verified' : 'consistent', null);
}

/** What a person reads: the verdict first, then what it rests on. */
export function mirrorSentences({ verdict, problem, head, heads, files, reach }: MirrorReport): string {
  if (verdict === 'cancelled') return 'CANCELLED: nothing is known.';
  if (problem)
    return `NOT VERIFIED: ${problem.file}: ${problem.message}.\nfirst bad number: ${problem.number}`;
  // The newest entries may still be on their way, or gone from here: the mirror alone cannot tell.
  const behind = (head?.size ?? 0) - reach;
  const missing = behind > 0 ? `; the last ${behind} of the newest head are NOT in it` : '';
  return [
    verdict === 'verified' ? 'VERIFIED' : 'CONSISTENT, ORIGIN UNVERIFIED',
    `log:        ${head?.origin}`,
    `mirror:     ${reach === 0 ? 'no entries' : `numbers 0 to ${reach - 1} in ${files} files`}${missing}`,
    `heads:      ${heads}, each continues the one before; the newest has ${head?.size} entries`,
    `root:       ${head?.root}`,
  ].join('\n');
}
