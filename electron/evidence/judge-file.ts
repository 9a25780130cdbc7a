import { basename } from 'node:path';
import { hex } from '@scure/base';
import { FIRST_LINE_BYTES, headIn, looksLikeBundle } from '../../shared/ledger/bundle/head-in.ts';
import { sentences } from '../../shared/ledger/bundle/sentences.ts';
import { type VerifyReport, verifyBundle } from '../../shared/ledger/bundle/verify.ts';
import type { Checkpoint } from '../../shared/ledger/checkpoint.ts';
import { EvidenceError } from '../../shared/ledger/evidence-error.ts';
import { verifyConsistency } from '../../shared/ledger/proofs.ts';
import { type JudgedCheckpoint, parseTrust, type TrustFile } from '../../shared/ledger/trust.ts';
import { EvidenceFileError } from './evidence-file-error.ts';
import { nativeCrypto } from './native-crypto.ts';
import type { FromJudge, JudgeJob } from './protocol.ts';
import { beginningOf, chunksOf } from './read-file.ts';

const TRUST_BYTES = 1024 * 1024;

interface Contact {
  readonly tell: (message: FromJudge) => void;
  /** Asks the log itself how one size leads to another; null when it cannot be asked. */
  readonly proof: (from: number, to: number) => Promise<readonly string[] | null>;
}

/** What a file turned out not to be, said with its name. */
async function about<T>(path: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (!(cause instanceof EvidenceError)) throw cause;
    throw new EvidenceFileError('not-evidence', `${basename(path)}: ${cause.message}.`, { cause });
  }
}

const trustOf = async (path: string | null): Promise<TrustFile | null> =>
  path === null ? null : about(path, async () => parseTrust(await beginningOf(path, TRUST_BYTES)));

const judgedHead = (path: string, trust: TrustFile | null): Promise<JudgedCheckpoint> =>
  about(path, async () => headIn(nativeCrypto, await beginningOf(path, FIRST_LINE_BYTES), trust));

async function olderHead(path: string | null, trust: TrustFile | null): Promise<Checkpoint | null> {
  if (path === null) return null;
  const { checkpoint, problem } = await judgedHead(path, trust);
  if (problem !== null) throw new EvidenceFileError('not-evidence', `${basename(path)}: ${problem}.`);
  return checkpoint;
}

type Problem = NonNullable<VerifyReport['problem']>;

/** Whether the newer of two heads continues the older one; the hashes between them come from the log and prove themselves. */
async function complaintOf(
  older: Checkpoint,
  newer: Checkpoint,
  ask: Contact['proof'],
): Promise<Problem | null> {
  const refuse = (message: string): Problem => ({ code: 'inconsistent', number: older.size, message });
  if (older.origin !== newer.origin)
    return refuse(`the older head is of ${older.origin}, which is another log`);
  if (older.size > newer.size) return refuse(`the older head has ${older.size} entries, and this one fewer`);
  const hashes = older.size === 0 || older.size === newer.size ? [] : await ask(older.size, newer.size);
  if (!hashes)
    throw new EvidenceFileError(
      'unproven',
      'Two heads of different sizes need a proof from the log, and no service answers. Choose a bundle instead.',
    );
  const proven = verifyConsistency(
    nativeCrypto.sha256,
    older,
    newer,
    hashes.map((hash) => hex.decode(hash)),
  );
  if (proven) return null;
  const both = `${hex.encode(older.root)} and ${hex.encode(newer.root)}`;
  return refuse(
    older.size === newer.size
      ? `two heads of one size, ${both}: a fork`
      : 'the head does not continue the older one',
  );
}

async function judgeHeadFile(
  job: JudgeJob,
  trust: TrustFile | null,
  contact: Contact,
): Promise<VerifyReport> {
  const { checkpoint, problem, witnesses } = await judgedHead(job.file, trust);
  const { origin, size, root } = checkpoint;
  const found = async (): Promise<Problem | null> => {
    if (problem !== null) return { code: 'origin', number: 0, message: problem };
    const older = await olderHead(job.older, trust);
    return older && complaintOf(older, checkpoint, contact.proof);
  };
  const complaint = await found();
  return {
    ...{
      verdict: complaint ? 'refused' : 'verified',
      problem: complaint,
      origin,
      size,
      root: hex.encode(root),
    },
    ...{ range: null, filter: {}, entries: 0, withheld: 0, complete: false, witnesses },
  };
}

async function judgeBundleFile(
  job: JudgeJob,
  trust: TrustFile | null,
  { tell }: Contact,
): Promise<VerifyReport> {
  const older = await olderHead(job.older, trust);
  return verifyBundle(chunksOf(job.file), {
    ...{ crypto: nativeCrypto, trust, open: true },
    ...(older ? { older } : {}),
    onProgress: (progress) => tell({ type: 'progress', ...progress }),
  });
}

/** Judges one file, to its end. Every outcome is a message. */
export async function judgeFile(job: JudgeJob, contact: Contact): Promise<void> {
  try {
    const trust = await trustOf(job.trust);
    const bundle = looksLikeBundle(await beginningOf(job.file, 1));
    const report = await (bundle ? judgeBundleFile : judgeHeadFile)(job, trust, contact);
    const words = sentences(report);
    const continued = job.older !== null && !report.problem;
    contact.tell({
      ...{ type: 'done', report },
      words: continued ? `${words}\ncontinues:  ${basename(job.older)}` : words,
    });
  } catch (error) {
    if (!(error instanceof EvidenceFileError)) throw error;
    contact.tell({ type: 'unusable', message: error.message });
  }
}
