interface Pending<Order, Done> {
  readonly order: Order;
  done(result: Done): void;
  failed(error: unknown): void;
}

export type Outcome<Done> = { readonly done: Done } | { readonly failed: unknown };

export interface TogetherOptions<Order, Done> {
  /** Groups at a time. */
  readonly lanes: number;
  /** Orders of one group: enough to share one commit, few enough to end at once. */
  readonly most: number;
  /** Does a group in one transaction: what came of each, in order; or it throws and nothing of it happened. */
  doAll(orders: readonly Order[]): Promise<readonly Outcome<Done>[]>;
  /** Whether the orders of a group that failed like this are tried one by one, so that one of them costs the others no more. */
  tryEach(error: unknown): boolean;
}

/**
 * Lets what waits go together. Whoever comes first goes at once and alone; whoever comes while all lanes are busy waits for the
 * next one with everybody else, so a busy service commits once for many and a calm one waits for nobody.
 */
export class Together<Order, Done> {
  readonly #options: TogetherOptions<Order, Done>;
  #waiting: Pending<Order, Done>[] = [];
  #busy = 0;

  constructor(options: TogetherOptions<Order, Done>) {
    this.#options = options;
  }

  do(order: Order): Promise<Done> {
    return new Promise((done, failed) => {
      this.#waiting.push({ order, done, failed });
      if (this.#busy < this.#options.lanes) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#busy += 1;
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, this.#options.most);
      const error = await this.#doAll(group);
      if (error === null) continue;
      if (group.length === 1 || !this.#options.tryEach(error)) for (const { failed } of group) failed(error);
      else
        for (const one of group)
          await this.#doAll([one]).then((alone) => alone !== null && one.failed(alone));
    }
    this.#busy -= 1;
  }

  /** @returns what failed all of it, or null */
  async #doAll(group: readonly Pending<Order, Done>[]): Promise<unknown> {
    try {
      const outcomes = await this.#options.doAll(group.map(({ order }) => order));
      group.forEach(({ done, failed }, i) => {
        const outcome = outcomes[i];
        if (outcome && 'done' in outcome) done(outcome.done);
        else failed(outcome?.failed);
      });
      return null;
    } catch (error) {
      return error ?? new Error('a group failed and did not say why');
    }
  }
}
