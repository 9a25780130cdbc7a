import { hash } from 'node:crypto';
import { CompletenessTree } from '../../../shared/ledger/completeness.ts';
import type { EventData, EventKind } from '../../../shared/ledger/events.ts';
import { type Database, type Tx, transact } from '../../db/database.ts';
import { isRefusedBy } from '../../db/database-error.ts';
import type { Staging } from '../../ledger/staging.ts';
import { MintingError } from '../minting-error.ts';
import { parsePattern, serialAt } from '../serials.ts';
import { insertTokens } from '../tokens/insert.store.ts';
import { type MadeTokens, type MakeDeps, makeTokens } from '../tokens/make.ts';
import { advance, type Ending, finish, type LeasedJob, provenTokens, renew, takeJob } from './store.ts';

export interface WorkerDeps extends MakeDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly staging: Staging;
  /** Tells this worker from every other one, in the lease and in the ledger. */
  readonly owner: string;
  now(): Date;
}

/** Tokens committed together: large enough to be cheap, small enough for a pause to wait some tenths of a second. */
const CHUNK = 2_000;
/** Tokens read at a time for the proof. */
const PROOF_PAGE = 10_000;

/** In one call: the proof hashes two nodes a token. */
const sha256 = (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer');

const lost = (job: LeasedJob) =>
  new MintingError('lease-lost', `${job.id} was paused, cancelled or taken by another worker`);

function stage<K extends EventKind>({ staging, owner }: WorkerDeps, tx: Tx, kind: K, data: EventData<K>) {
  const actor = { type: 'system', id: 'worker', name: owner } as const;
  return staging.stage(tx, { kind, data, actor, agent: null, requestId: null });
}

const aboutJob = ({ brandId, id }: LeasedJob) => ({ brandId, jobId: id });

/** Takes a job and enters that it did. */
export const lease = (deps: WorkerDeps): Promise<LeasedJob | undefined> =>
  transact(deps.db, async (tx) => {
    const job = await takeJob(tx, deps.owner);
    if (!job) return undefined;
    const { fence, done } = job;
    await stage(deps, tx, 'mint.job-leased', {
      ...aboutJob(job),
      ...{ worker: deps.owner, fence: Number(fence), done },
    });
    return job;
  });

/** The tokens behind position `from`, made but not yet written. */
function prepare(deps: WorkerDeps, job: LeasedJob, from: number): MadeTokens {
  const pattern = parsePattern(job.serialPattern);
  const places = Array.from({ length: Math.min(CHUNK, job.quantity - from) }, (_, i) => ({
    position: from + i + 1,
    serial: serialAt(pattern, job.firstNumber + from + i),
  }));
  const { id: jobId, brandId, activation } = job;
  return makeTokens(deps, { jobId, brandId, activation, places }, deps.now());
}

/**
 * Progress, tokens and the ledger entry in one transaction behind the fence: all of it, or nothing.
 * @throws MintingError `lease-lost`
 */
const commitChunk = (deps: WorkerDeps, job: LeasedJob, from: number, made: MadeTokens): Promise<number> =>
  transact(deps.db, async (tx) => {
    const to = from + made.ids.length;
    if (!(await advance(tx, job, from, to))) throw lost(job);
    await insertTokens(tx, made);
    await stage(deps, tx, 'mint.tokens-minted', {
      ...aboutJob(job),
      ...{ count: made.ids.length, fromPosition: from + 1, toPosition: to, fence: Number(job.fence) },
      ...{ firstSerial: made.serials[0] ?? '', lastSerial: made.serials.at(-1) ?? '' },
    });
    return to;
  });

/** Reads back one page of what is committed, whoever minted it: a hole or a duplicate ends here and not in an export. */
async function prove(deps: WorkerDeps, job: LeasedJob, tree: CompletenessTree, upTo: number): Promise<void> {
  if (tree.size === upTo) return;
  for (const token of await provenTokens(deps.db, job.id, tree.size, upTo)) tree.add(token);
  if (tree.size < upTo) throw new RangeError(`${job.id} has no token at position ${tree.size + 1}`);
}

/** What of the proof is left once the last token is committed: little, unless somebody else minted the first ones. */
async function completeness(deps: WorkerDeps, job: LeasedJob, tree: CompletenessTree): Promise<Uint8Array> {
  while (tree.size < job.quantity) {
    if (!(await renew(deps.db, job))) throw lost(job);
    await prove(deps, job, tree, Math.min(tree.size + PROOF_PAGE, job.quantity));
  }
  return tree.root();
}

const end = (deps: WorkerDeps, job: LeasedJob, done: number, ending: Ending): Promise<void> =>
  transact(deps.db, async (tx) => {
    if (!(await finish(tx, job, ending, deps.now()))) throw lost(job);
    if ('failure' in ending)
      await stage(deps, tx, 'mint.job-failed', { ...aboutJob(job), done, reason: ending.failure });
    else
      await stage(deps, tx, 'mint.job-completed', {
        ...aboutJob(job),
        ...{ quantity: job.quantity, root: Buffer.from(ending.root).toString('hex') },
      });
  });

/**
 * Mints a leased job to its end, chunk by chunk. The next chunk is made, and a page of former ones read back for the proof, while
 * the database commits the present one.
 * @param goOn asked between chunks
 * @throws MintingError `lease-lost`; DatabaseError, after which anybody may take the job again
 */
export async function mintJob(deps: WorkerDeps, job: LeasedJob, goOn: () => boolean): Promise<void> {
  let done = job.done;
  const tree = new CompletenessTree(sha256);
  try {
    let next = prepare(deps, job, done);
    while (done < job.quantity) {
      if (!goOn()) return;
      const [from, made] = [done, next];
      const committed = commitChunk(deps, job, from, made);
      // Nobody awaits it while the next chunk is made; its failure is met right after.
      committed.catch(() => undefined);
      // Only after its statement is on its way to the database.
      await new Promise(setImmediate);
      // A chunk's worth: a worker that took the job over must not read all of it before it mints.
      const proven = prove(deps, job, tree, Math.min(tree.size + CHUNK, from));
      next = prepare(deps, job, from + made.ids.length);
      [done] = await Promise.all([committed, proven]);
    }
    await end(deps, job, done, { root: await completeness(deps, job, tree) });
  } catch (error) {
    if (!isRefusedBy(error, 'mint_tokens_no_duplicate_serial')) throw error;
    await end(deps, job, done, { failure: 'another token of the brand has one of its serials' });
  }
}
