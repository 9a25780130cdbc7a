import { sql } from 'kysely';
import type { Tx } from '../../db/database.ts';
import type { Buckets, Memory } from './memory.ts';

type Subject = Map<number, bigint>;

const keyOf = (rule: string, subject: string): string => `${rule} ${subject}`;

/**
 * The memory of the running service, inside the transaction that moves the cursor. Each subject is read once per transaction, and
 * what was added is written at its end in one statement.
 */
export class StoredMemory implements Memory {
  readonly #tx: Tx;
  readonly #read = new Map<string, Subject>();
  readonly #added = new Map<string, { rule: string; subject: string; bucket: number; total: bigint }>();

  constructor(tx: Tx) {
    this.#tx = tx;
  }

  async #subject(rule: string, subject: string): Promise<Subject> {
    const known = this.#read.get(keyOf(rule, subject));
    if (known) return known;
    const rows = await this.#tx
      .selectFrom('alert_windows')
      .select(['bucket', 'total'])
      .where('rule', '=', rule)
      .where('subject', '=', subject)
      .execute();
    const buckets = new Map(rows.map((row) => [row.bucket.getTime(), BigInt(row.total)]));
    this.#read.set(keyOf(rule, subject), buckets);
    return buckets;
  }

  async add(rule: string, subject: string, bucket: number, total: bigint): Promise<void> {
    const buckets = await this.#subject(rule, subject);
    buckets.set(bucket, (buckets.get(bucket) ?? 0n) + total);
    const key = `${keyOf(rule, subject)} ${bucket}`;
    const former = this.#added.get(key)?.total ?? 0n;
    this.#added.set(key, { rule, subject, bucket, total: former + total });
  }

  buckets(rule: string, subject: string): Promise<Buckets> {
    return this.#subject(rule, subject);
  }

  async beginning(rule: string, prefix: string): Promise<ReadonlyMap<string, bigint>> {
    await this.flush();
    const rows = await this.#tx
      .selectFrom('alert_windows')
      .select(['subject', 'total'])
      .where('rule', '=', rule)
      .where(sql<boolean>`starts_with(subject, ${prefix})`)
      .orderBy('bucket')
      .execute();
    return new Map(rows.map(({ subject, total }) => [subject, BigInt(total)]));
  }

  async silentSince(rule: string, before: number) {
    await this.flush();
    const rows = await this.#tx
      .selectFrom('alert_windows')
      .select((eb) => ['subject', eb.fn.max('bucket').as('last')])
      .where('rule', '=', rule)
      .groupBy('subject')
      .having((eb) => eb(eb.fn.max('bucket'), '<', new Date(before)))
      .execute();
    return rows.map(({ subject, last }) => ({ subject, last: (last as Date).getTime() }));
  }

  async flush(): Promise<void> {
    if (this.#added.size === 0) return;
    const rows = [...this.#added.values()];
    this.#added.clear();
    await sql`
      INSERT INTO alert_windows (rule, subject, bucket, total)
      SELECT * FROM unnest(${rows.map(({ rule }) => rule)}::text[], ${rows.map(({ subject }) => subject)}::text[],
        ${rows.map(({ bucket }) => new Date(bucket))}::timestamptz[], ${rows.map(({ total }) => total)}::bigint[])
      ON CONFLICT ON CONSTRAINT alert_windows_once
        DO UPDATE SET total = alert_windows.total + excluded.total`.execute(this.#tx);
  }
}

/** Forgets what no window reaches any more. */
export const forget = (tx: Tx, rules: readonly string[], before: Date): Promise<unknown> =>
  tx
    .deleteFrom('alert_windows')
    .where('rule', 'in', [...rules])
    .where('bucket', '<', before)
    .execute();
