import { sql } from 'kysely';
import type { Tx } from '../../db/database.ts';

const PAGE = 2_000;

/** What was ordered with each job: what its tokens have in common. */
export async function readOrders(tx: Tx) {
  const rows = await tx
    .selectFrom('mint_jobs')
    .select(['id', 'brand_id', 'quantity', 'serial_pattern', 'first_number', 'activation'])
    .execute();
  return rows.map((row) => ({
    ...{ id: row.id, brandId: row.brand_id, quantity: row.quantity, activation: row.activation },
    ...{ serialPattern: row.serial_pattern, firstNumber: Number(row.first_number) },
  }));
}

const tokensAfter = (tx: Tx, jobId: string, position: number) =>
  tx
    .selectFrom('mint_tokens')
    .select([
      'id',
      'job_id',
      'brand_id',
      'position',
      'serial',
      'code_hash',
      'activation',
      'state',
      'replaced_by',
    ])
    .select(sql<boolean>`activated_at IS NOT NULL`.as('activated'))
    .where(sql<boolean>`(job_id, position) > (${jobId}, ${position})`)
    .orderBy('job_id')
    .orderBy('position')
    .limit(PAGE)
    .execute();

export type StoredToken = Awaited<ReturnType<typeof tokensAfter>>[number];

/** Every token, job by job in the order of their positions, a page at a time: no single statement grows with the table. */
export async function* everyToken(tx: Tx): AsyncGenerator<StoredToken> {
  for (let after: Pick<StoredToken, 'job_id' | 'position'> = { job_id: '', position: 0 }; ; ) {
    const rows = await tokensAfter(tx, after.job_id, after.position);
    yield* rows;
    const last = rows.at(-1);
    if (rows.length < PAGE || last === undefined) return;
    after = last;
  }
}
