/** Adds up how long each stage of a request takes. */
export class Stages {
  readonly #total = new Map<string, number>();
  requests = 0;

  add(stage: string, milliseconds: number): void {
    this.#total.set(stage, (this.#total.get(stage) ?? 0) + milliseconds);
  }

  /** The same function, timed until its promise settles. */
  timed<A extends unknown[], R>(stage: string, work: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
    return async (...args) => {
      const began = performance.now();
      try {
        return await work(...args);
      } finally {
        this.add(stage, performance.now() - began);
      }
    };
  }

  /** Milliseconds of one request, stage by stage. */
  perRequest(): Record<string, number> {
    const each = [...this.#total].map(
      ([stage, total]) => [stage, total / Math.max(1, this.requests)] as const,
    );
    return Object.fromEntries(each);
  }
}
