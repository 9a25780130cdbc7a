import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../service/db/database.ts';
import { envelopeKey, hashCode, openCode } from '../../service/minting/codes.ts';
import { lease, mintJob, type WorkerDeps } from '../../service/minting/worker/mint-job.ts';
import { normalizeTokenCode } from '../../shared/ids/token-code.ts';
import { deriveProcessKeys } from '../../shared/service/keys.ts';
import { testStaging } from '../fixtures/api.ts';
import { bundleFixture } from '../fixtures/bundle.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { TEST_ROOT } from '../fixtures/cluster-root.ts';
import { mintUnderFire, queueJob } from '../fixtures/mint-kills.ts';
import { census, ended, mintedRanges, TestWorker } from '../fixtures/minting.ts';

const [cluster, script] = await Promise.all([startTestCluster(), bundleFixture('mint-worker')]);
afterAll(() => cluster.stop());
const migrator = cluster.open('migrator', 2);
beforeEach(() => cluster.reset());

const given = deriveProcessKeys(TEST_ROOT, 'worker');
if (given.process !== 'worker') throw new Error('wrong process');
const keys = {
  hash: Buffer.from(given.codeHash, 'base64url'),
  seed: Buffer.from(given.codeSeed, 'base64url'),
};
const clock = { now: () => new Date(), monotonic: () => 0 };

const workerOf = (owner: string, db: Pick<Database, 'kysely'> = cluster.open('worker', 2)): WorkerDeps => ({
  ...{ db, owner, keys, now: clock.now },
  staging: testStaging(clock, cluster.keys.stagingMac),
  random: (bytes) => randomBytes(bytes),
});
const always = () => true;
const set = (jobId: string, assignment: string) =>
  sql`UPDATE mint_jobs SET ${sql.raw(assignment)} WHERE id = ${jobId}`.execute(migrator.kysely);
const leased = async (worker: WorkerDeps) => {
  const job = await lease(worker);
  if (!job) throw new Error('nothing to lease');
  return job;
};

describe('a worker', () => {
  it('mints exactly what was ordered, with a proof over what is committed and codes that only exports can open', async () => {
    const jobId = await queueJob(migrator, 4_501);
    const worker = workerOf('a');
    await mintJob(worker, await leased(worker), always);
    const job = await ended(migrator, jobId);
    const found = await census(migrator, jobId);
    expect(job).toMatchObject({ state: 'completed', done: 4_501, lease_owner: null });
    expect(found).toMatchObject({ tokens: 4_501, serials: 4_501, codes: 4_501 });
    expect(found.root).toBe(job.root?.toString('hex'));
    expect(found.asOrdered('ACME-{n:7}', 1)).toBe(true);
    const row = await migrator.kysely
      .selectFrom('mint_tokens')
      .select(['id', 'code_hash', 'code_envelope', 'state'])
      .where('position', '=', 7)
      .executeTakeFirstOrThrow();
    const code = openCode(envelopeKey(keys, jobId), row.id, row.code_envelope);
    expect(normalizeTokenCode(code)).toBe(code);
    expect(hashCode(keys, code).equals(row.code_hash)).toBe(true);
    expect(row.state).toBe('issued');
    const ranges = await mintedRanges(migrator, jobId);
    expect(ranges).toEqual([
      [1, 2000],
      [2001, 4000],
      [4001, 4501],
    ]);
  });

  it('finds nothing where another one holds the lease, and a job of its own beside it', async () => {
    const first = await queueJob(migrator, 10);
    await leased(workerOf('a'));
    expect(await lease(workerOf('b'))).toBeUndefined();
    const second = await queueJob(migrator, 10);
    expect((await leased(workerOf('b'))).id).toBe(second);
    expect(first).not.toBe(second);
  });

  it('takes a job whose lease was written before the clock was set back by an hour', async () => {
    const jobId = await queueJob(migrator, 10);
    const before = await leased(workerOf('a'));
    await sql`UPDATE mint_jobs SET lease_expires_at = now() + interval '1 hour' WHERE id = ${jobId}`.execute(
      migrator.kysely,
    );
    const after = await leased(workerOf('b'));
    expect([after.id, Number(after.fence)]).toEqual([jobId, Number(before.fence) + 1]);
  });

  it('fails a job whose serials somebody else has, and says why', async () => {
    const jobId = await queueJob(migrator, 10);
    const worker = workerOf('a');
    await mintJob(worker, await leased(worker), always);
    const { brand_id, created_by } = await ended(migrator, jobId);
    const again = await queueJob(migrator, 10);
    await sql`UPDATE mint_jobs SET brand_id = ${brand_id}, created_by = ${created_by} WHERE id = ${again}`.execute(
      migrator.kysely,
    );
    await mintJob(worker, await leased(worker), always);
    expect(await ended(migrator, again)).toMatchObject({
      state: 'failed',
      done: 0,
      failure: expect.stringContaining('serials'),
    });
    expect((await census(migrator, again)).tokens).toBe(0);
  });
});

describe('a worker that lost its lease', () => {
  it('cannot write, complete or renew, even though it knows nothing of it', async () => {
    const jobId = await queueJob(migrator, 100);
    const [slow, fast] = [workerOf('slow'), workerOf('fast')];
    const stale = await leased(slow);
    await set(jobId, "lease_expires_at = '1970-01-01Z'");
    const fresh = await leased(fast);
    expect(Number(fresh.fence)).toBe(Number(stale.fence) + 1);
    await expect(mintJob(slow, stale, always)).rejects.toMatchObject({ code: 'lease-lost' });
    expect((await census(migrator, jobId)).tokens).toBe(0);
    await mintJob(fast, fresh, always);
    await expect(mintJob(slow, { ...stale, done: 100 }, always)).rejects.toMatchObject({
      code: 'lease-lost',
    });
    expect((await census(migrator, jobId)).tokens).toBe(100);
  });

  it('stops at once when the job is paused or cancelled, also when it was resumed meanwhile', async () => {
    for (const states of [['paused'], ['cancelled'], ['paused', 'queued']]) {
      const jobId = await queueJob(migrator, 100);
      const worker = workerOf('a');
      const job = await leased(worker);
      for (const state of states)
        await set(
          jobId,
          `state = '${state}', lease_owner = NULL, lease_expires_at = NULL${state === 'cancelled' ? ', finished_at = now()' : ''}`,
        );
      await expect(mintJob(worker, job, always)).rejects.toMatchObject({ code: 'lease-lost' });
      expect((await census(migrator, jobId)).tokens).toBe(0);
      await set(jobId, `batch_name = 'over'${states.includes('queued') ? ", state = 'paused'" : ''}`);
    }
  });

  it('that was stopped in the middle (SIGSTOP) and woke up late writes nothing more', async () => {
    const jobId = await queueJob(migrator, 20_000);
    const [first, second] = [new TestWorker(script, cluster), new TestWorker(script, cluster)];
    try {
      await first.start();
      const done = async () => {
        const row = await migrator.kysely
          .selectFrom('mint_jobs')
          .select('done')
          .where('id', '=', jobId)
          .executeTakeFirstOrThrow();
        return row.done;
      };
      await expect.poll(done, { timeout: 40_000, interval: 5 }).toBeGreaterThan(0);
      first.signal('SIGSTOP');
      // What it had sent before it stalled is still being committed, or holds the row.
      await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND usename = 'worker'`
        .execute(cluster.open('migrator', 1).kysely)
        .catch(() => undefined);
      await set(jobId, "lease_expires_at = '1970-01-01Z'");
      await second.start();
      const job = await ended(migrator, jobId);
      first.signal('SIGCONT');
      expect(job.state).toBe('completed');
      const found = await census(migrator, jobId);
      expect(found).toMatchObject({ tokens: 20_000, serials: 20_000, codes: 20_000 });
      expect(found.root).toBe(job.root?.toString('hex'));
    } finally {
      await Promise.all([first.kill(), second.kill()]);
    }
  });
});

describe('workers that are killed', () => {
  it('leave exactly the tokens that were ordered, each in one committed chunk', async () => {
    const fire = { cluster, script, workers: 3, tokens: 20_000, kills: 5, seed: 11 };
    const { job, midway, ranges, census: found } = await mintUnderFire(fire);
    expect(midway).toBeGreaterThanOrEqual(4);
    expect(job).toMatchObject({ state: 'completed', done: 20_000 });
    expect(found).toMatchObject({ tokens: 20_000, serials: 20_000, codes: 20_000 });
    expect(found.root).toBe(job.root?.toString('hex'));
    expect(ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0)).toBe(20_000);
  });
});
