import { sql } from 'kysely';
import { type Database, transact } from '../../service/db/database.ts';
import { proveInclusion } from '../../service/evidence/proofs.ts';
import { appendTiles, belongsInTile } from '../../service/ledger/integrator/store.ts';
import { createLedgerStore } from '../../service/ledger/store.ts';
import {
  appendLeaf,
  type CompletedNode,
  EMPTY_FRONTIER,
  type Frontier,
  rootOf,
} from '../../shared/ledger/merkle.ts';
import { type BenchCluster, startBenchCluster } from './ledger/bench-cluster.ts';
import { sha256 } from './ledger/bench-log.ts';
import { integrate, stage } from './p4.ts';
import type { Place } from './place.ts';
import { say } from './progress.ts';
import type { Result } from './result.ts';
import { quantile } from './statistics.ts';

const BUDGET = 1.5;
const SMALL = 10_000;
const LARGE = 10_000_000;
const SAMPLES = 400;
const FILL = 10_000;
const SAID_EVERY = 250_000;

/** Rows of the usual width. What they say is not read here, so the database makes it itself. */
async function fill(owner: Database, from: Frontier, size: number): Promise<Frontier> {
  let frontier = from;
  while (frontier.size < size) {
    const [first, end] = [frontier.size, Math.min(frontier.size + FILL, size)];
    const completed: CompletedNode[] = [];
    await transact(owner, async (tx) => {
      await sql`INSERT INTO ledger_entries
        SELECT n, 'evt_' || lpad(n::text, 26, '0'), 'key.revoked', '2026-01-01Z'::timestamptz + n * interval '1 ms',
          'operator', 'opr_' || n % 10, 'Bench', NULL, 'req_' || n, '{"reason":"measured ' || n || '"}',
          repeat('x', 600), sha256(n::text::bytea), sha256(n::text::bytea)
        FROM generate_series(${String(first)}::bigint, ${String(end - 1)}::bigint) AS n`.execute(tx);
      for (let number = first; number < end; number += 1) {
        const leaf = sha256(Buffer.from(String(number)));
        frontier = appendLeaf(sha256, frontier, leaf, (node) => completed.push(node));
      }
      await appendTiles(tx, completed.filter(belongsInTile));
    });
    if (end % SAID_EVERY === 0 || end === size) say(`P10 filled ${end} of ${size} rows`);
  }
  await sql`UPDATE ledger_head SET size = ${String(size)}, root = ${Buffer.from(rootOf(sha256, frontier))},
    frontier = ${Buffer.concat(frontier.hashes)}`.execute(owner.kysely);
  await sql`ANALYZE ledger_entries`.execute(owner.kysely);
  return frontier;
}

async function p99(samples: number, work: (i: number) => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < samples + samples / 10; i += 1) {
    const began = performance.now();
    await work(i);
    // The first ones fill the caches.
    if (i >= samples / 10) times.push(performance.now() - began);
  }
  return quantile(times, 0.99);
}

async function measure(cluster: BenchCluster, api: Database, integrator: Database, size: number) {
  const store = createLedgerStore(api, cluster.macKey);
  const cursor = (i: number) =>
    Buffer.from(JSON.stringify({ below: ((i * 7919) % size) + 50 })).toString('base64url');
  say(`P10 measuring appends on ${size} rows`);
  const append = await p99(SAMPLES, async () => {
    await stage(cluster, api, 1);
    await integrate(cluster, integrator);
  });
  say(`P10 measuring pages on ${size} rows`);
  const page = await p99(SAMPLES, (i) => store.page({ limit: 50, cursor: cursor(i) }));
  say(`P10 measuring proofs on ${size} rows`);
  const proof = await p99(SAMPLES, (i) => proveInclusion(api.kysely, { number: (i * 104_729) % size }, size));
  return { append, page, proof };
}

/** P10: the same work on a log of 10,000 rows and, grown, on one of 10,000,000, in the same cluster. */
export async function measureP10(
  place: Place,
  _runs: number,
  asked: number | null,
): Promise<readonly Result[]> {
  const large = asked ?? LARGE;
  const cluster = await startBenchCluster(place.folder('ledger'));
  try {
    const [api, integrator, owner] = [
      cluster.open('api'),
      cluster.open('integrator'),
      cluster.open('migrator'),
    ];
    await fill(owner, EMPTY_FRONTIER, SMALL);
    const reference = await measure(cluster, api, integrator, SMALL);
    // What was appended while measuring stands where the rest goes: it is taken out, the tree as well.
    await sql`TRUNCATE ledger_entries, ledger_tiles, ledger_checkpoints CASCADE`.execute(owner.kysely);
    await fill(owner, EMPTY_FRONTIER, large);
    const ours = await measure(cluster, api, integrator, large);
    const against = `the same with ${SMALL}`;
    const notes = [
      `p99 of ${SAMPLES}, warm, in one cluster`,
      ...(large < LARGE
        ? [`smaller than the ${LARGE} of the performance table, which it does not prove`]
        : []),
    ];
    const row = (what: keyof typeof ours, work: string): Result => ({
      ...{
        id: `P10.${what}`,
        work: `${work} on a log of ${large}, p99`,
        against,
        unit: 'ms',
        budget: BUDGET,
      },
      ...{ ours: ours[what], reference: reference[what], ratio: ours[what] / reference[what], notes },
    });
    return [row('append', 'append'), row('page', 'a page of 50'), row('proof', 'an inclusion proof')];
  } finally {
    await cluster.stop();
  }
}
