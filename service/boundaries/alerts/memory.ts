/** What a rule knows of a subject: sums by short time. Milliseconds since the epoch begin each of them. */
export type Buckets = ReadonlyMap<number, bigint>;

/** What rules remember of the entries behind them. In memory for a replay, in the database for the running service. */
export interface Memory {
  add(rule: string, subject: string, bucket: number, total: bigint): Promise<void>;
  buckets(rule: string, subject: string): Promise<Buckets>;
  /** Subjects of the rule that begin with this, with the last sum of each. */
  beginning(rule: string, prefix: string): Promise<ReadonlyMap<string, bigint>>;
  /** Subjects of the rule that were last heard of before this moment. */
  silentSince(
    rule: string,
    before: number,
  ): Promise<readonly { readonly subject: string; readonly last: number }[]>;
}

const lastOf = (buckets: Buckets): number => Math.max(...buckets.keys());

/** A memory that ends with whoever made it. */
export class PlainMemory implements Memory {
  readonly #rules = new Map<string, Map<string, Map<number, bigint>>>();

  #of(rule: string): Map<string, Map<number, bigint>> {
    const subjects = this.#rules.get(rule) ?? new Map<string, Map<number, bigint>>();
    this.#rules.set(rule, subjects);
    return subjects;
  }

  async add(rule: string, subject: string, bucket: number, total: bigint): Promise<void> {
    const buckets = this.#of(rule).get(subject) ?? new Map<number, bigint>();
    this.#of(rule).set(subject, buckets);
    buckets.set(bucket, (buckets.get(bucket) ?? 0n) + total);
  }

  async buckets(rule: string, subject: string): Promise<Buckets> {
    return this.#of(rule).get(subject) ?? new Map();
  }

  async beginning(rule: string, prefix: string): Promise<ReadonlyMap<string, bigint>> {
    const found = [...this.#of(rule)].filter(([subject]) => subject.startsWith(prefix));
    return new Map(found.map(([subject, buckets]) => [subject, buckets.get(lastOf(buckets)) ?? 0n]));
  }

  async silentSince(rule: string, before: number) {
    return [...this.#of(rule)]
      .map(([subject, buckets]) => ({ subject, last: lastOf(buckets) }))
      .filter(({ last }) => last < before);
  }
}
