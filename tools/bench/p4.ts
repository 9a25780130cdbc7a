import { sql } from 'kysely';
import { type Database, transact } from '../../service/db/database.ts';
import { BATCH_SIZE, integrateBatch } from '../../service/ledger/integrator/batch.ts';
import type { StagedEvent } from '../../service/ledger/staging.ts';
import { type BenchCluster, startBenchCluster } from './ledger/bench-cluster.ts';
import type { Place } from './place.ts';
import { say } from './progress.ts';
import { comparisonNote, type Result } from './result.ts';
import { compare, type Pair } from './statistics.ts';

/** At least half the speed is at most twice the time. */
const BUDGET = 2;
const ENTRIES = 10_000;

export const event = (i: number): StagedEvent => ({
  kind: 'key.revoked',
  data: { keyId: `key_${String(i).padStart(26, '0')}`, displayPrefix: 'th_bench000', reason: 'measured' },
  actor: { type: 'operator', id: `opr_${i % 10}`, name: 'Bench' },
  agent: null,
  requestId: `req_${i}`,
});

export async function stage(cluster: BenchCluster, api: Database, count: number): Promise<void> {
  for (let first = 0; first < count; first += BATCH_SIZE) {
    const events = Array.from({ length: Math.min(BATCH_SIZE, count - first) }, (_, i) => event(first + i));
    await transact(api, (tx) => cluster.staging.stageAll(tx, events));
  }
}

export async function integrate(cluster: BenchCluster, integrator: Database): Promise<void> {
  const deps = { ...cluster, holder: 'bench', now: () => new Date() };
  for (let found = BATCH_SIZE; found === BATCH_SIZE; )
    ({ found } = await transact(integrator, (tx) => integrateBatch(tx, deps)));
}

const timed = async (work: () => Promise<void>): Promise<number> => {
  const began = performance.now();
  await work();
  return performance.now() - began;
};

const RAW = [
  'id',
  'kind',
  'at',
  'actor_type',
  'actor_id',
  'actor_name',
  'agent',
  'request_id',
  'data',
  'leaf',
  'mac',
];

/** The same rows in the same columns from this process, a statement and a commit a batch, into a table with one key. */
async function insertRaw(owner: Database, rows: readonly Record<string, unknown>[]): Promise<void> {
  const columns = sql.join(RAW.map((name) => sql.ref(name)));
  for (let first = 0; first < rows.length; first += BATCH_SIZE) {
    const batch = rows.slice(first, first + BATCH_SIZE);
    const values = sql.join(batch.map((row) => sql`(${sql.join(RAW.map((name) => row[name]))})`));
    await sql`INSERT INTO bench_raw (${columns}) VALUES ${values}`.execute(owner.kysely);
  }
}

/**
 * P4: numbering what is staged, with MAC and salts checked, hashed into the tree and signed, against a raw batched insert of
 * the same rows. Staging is part of each mutation and measured with it (P3).
 */
export async function measureP4(
  place: Place,
  runs: number,
  asked: number | null,
): Promise<readonly Result[]> {
  const entries = asked ?? ENTRIES;
  const cluster = await startBenchCluster(place.folder('ledger'));
  try {
    const [api, integrator, owner] = [
      cluster.open('api'),
      cluster.open('integrator'),
      cluster.open('migrator'),
    ];
    await sql`CREATE TABLE bench_raw AS SELECT * FROM ledger_staged WITH NO DATA`.execute(owner.kysely);
    await sql`ALTER TABLE bench_raw ADD PRIMARY KEY (id), ALTER arrival DROP NOT NULL`.execute(owner.kysely);
    const pairs: Pair[] = [];
    for (let run = 0; run <= runs; run += 1) {
      await stage(cluster, api, entries);
      const rows = await api.kysely.selectFrom('ledger_staged').selectAll().execute();
      const reference = await timed(() => insertRaw(owner, rows as unknown as Record<string, unknown>[]));
      const ours = await timed(() => integrate(cluster, integrator));
      say(`P4 run ${run} of ${runs}${run === 0 ? ' (warming up)' : ''}: ${Math.round(ours)} ms`);
      if (run > 0) pairs.push({ ours, reference });
    }
    const comparison = compare(pairs);
    const rate = Math.round((entries / comparison.ours) * 1000);
    return [
      {
        ...{ id: 'P4', work: `append ${entries} entries with integration and checkpoints`, unit: 'ms' },
        ...{ against: 'a raw batched insert of the same rows', budget: BUDGET },
        ...comparison,
        notes: [
          comparisonNote(comparison),
          `${rate} entries a second, batches of ${BATCH_SIZE} on both sides`,
        ],
      },
    ];
  } finally {
    await cluster.stop();
  }
}
