import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '../../service/db/database.ts';
import { lease, mintJob, type WorkerDeps } from '../../service/minting/worker/mint-job.ts';
import { type IdKind, makeId } from '../../shared/ids/ids.ts';
import { startBenchCluster } from './ledger/bench-cluster.ts';
import type { Place } from './place.ts';
import { comparisonNote, type Result } from './result.ts';
import { compare, type Pair } from './statistics.ts';

/** At least half the speed is at most twice the time. */
const BUDGET = 2;
const TOKENS = 30_000;
/** Rows of one statement of the reference: what a careful script would take. */
const BATCH = 2_000;

const timed = async (work: () => Promise<void>): Promise<number> => {
  const began = performance.now();
  await work();
  return performance.now() - began;
};

const id = (kind: IdKind): string => makeId(kind, randomBytes(10), Date.now());

async function queueJob(owner: Database, quantity: number): Promise<string> {
  const [brand, account, job] = [id('brand'), id('account'), id('mintJob')];
  await sql`INSERT INTO accounts (id, email, email_key, password_hash, role, created_at)
    VALUES (${account}, ${account}, ${account}, '$argon2id$v=19$m=8,t=1,p=1$x', 'user', now())`.execute(
    owner.kysely,
  );
  await sql`INSERT INTO brands (id, name, created_at) VALUES (${brand}, 'Bench', now())`.execute(
    owner.kysely,
  );
  await sql`INSERT INTO mint_jobs (id, brand_id, batch_name, quantity, serial_pattern, first_number, activation, product,
      created_by, created_at)
    VALUES (${job}, ${brand}, 'b', ${quantity}, 'BENCH-{n:7}', 1, 'first_scan', '{}', ${account}, now())`.execute(
    owner.kysely,
  );
  return job;
}

async function mint(deps: WorkerDeps): Promise<void> {
  const job = await lease(deps);
  if (!job) throw new RangeError('there is no job to mint');
  await mintJob(deps, job, () => true);
}

/** The same rows from this process, a statement and a commit a batch, into a table with the same unique keys. */
async function insertRaw(owner: Database, jobId: string): Promise<number> {
  const rows = await owner.kysely.selectFrom('mint_tokens').selectAll().where('job_id', '=', jobId).execute();
  await sql`DROP TABLE IF EXISTS bench_tokens`.execute(owner.kysely);
  await sql`CREATE TABLE bench_tokens (LIKE mint_tokens INCLUDING INDEXES)`.execute(owner.kysely);
  return timed(async () => {
    for (let first = 0; first < rows.length; first += BATCH) {
      const batch = rows.slice(first, first + BATCH);
      const column = <K extends keyof (typeof batch)[number]>(name: K) => batch.map((row) => row[name]);
      await sql`INSERT INTO bench_tokens (id, job_id, brand_id, position, serial, code_hash, code_envelope, activation, state)
        SELECT * FROM unnest(${column('id')}::text[], ${column('job_id')}::text[], ${column('brand_id')}::text[],
          ${column('position')}::int[], ${column('serial')}::text[], ${column('code_hash')}::bytea[],
          ${column('code_envelope')}::bytea[], ${column('activation')}::text[], ${column('state')}::text[])`.execute(
        owner.kysely,
      );
    }
  });
}

/**
 * P8: one worker that mints a job whole (codes, hashes, envelopes, ledger entries, fence and the proof over what is committed)
 * against a raw batched insert of the same rows.
 */
export async function measureP8(
  place: Place,
  runs: number,
  asked: number | null,
): Promise<readonly Result[]> {
  const tokens = asked ?? TOKENS;
  const cluster = await startBenchCluster(place.folder('minting'));
  try {
    const [worker, owner] = [cluster.open('worker'), cluster.open('migrator')];
    const keys = { hash: randomBytes(32), seed: randomBytes(32) };
    const { staging } = cluster;
    const now = () => new Date();
    const deps: WorkerDeps = { db: worker, staging, owner: 'bench', keys, now, random: randomBytes };
    const pairs: Pair[] = [];
    for (let run = 0; run <= runs; run += 1) {
      const jobId = await queueJob(owner, tokens);
      const ours = await timed(() => mint(deps));
      const reference = await insertRaw(owner, jobId);
      if (run > 0) pairs.push({ ours, reference });
      await sql`TRUNCATE mint_tokens, ledger_staged, ledger_salts`.execute(owner.kysely);
    }
    const comparison = compare(pairs);
    const rate = (milliseconds: number) => Math.round((tokens / milliseconds) * 1000);
    return [
      {
        ...{ id: 'P8', work: `mint ${tokens} tokens with their entries and proof`, unit: 'ms' },
        ...{ against: 'a raw batched insert of the same rows with the same unique keys', budget: BUDGET },
        ...comparison,
        notes: [
          comparisonNote(comparison),
          `${rate(comparison.ours)} tokens a second against ${rate(comparison.reference)}; one worker in this process`,
        ],
      },
    ];
  } finally {
    await cluster.stop();
  }
}
