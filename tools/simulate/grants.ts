import { AdminRefusal } from './admin.ts';
import type { Operator } from './operator.ts';
import type { People } from './people.ts';
import { count, type Tally } from './tally.ts';

export interface GrantDeps {
  readonly operator: Pick<Operator, 'grant'> | null;
  readonly people: Pick<People, 'agentOf'>;
  readonly tally: Tally;
  readonly say: (sentence: string) => void;
}

/** Enough for a dozen payments. */
const AMOUNT = '20';
const REASON = 'working capital of a new agent';

/** Credits for those who trade, issued by an operator's signature. */
export class Grants {
  readonly #deps: GrantDeps;
  #operator: GrantDeps['operator'];

  constructor(deps: GrantDeps) {
    this.#deps = deps;
    this.#operator = deps.operator;
  }

  async to(person: number): Promise<void> {
    const { people, tally } = this.#deps;
    const agent = people.agentOf(person);
    if (!this.#operator || !agent?.isClaimed) return;
    try {
      await this.#operator.grant(agent.wallet, AMOUNT, REASON);
      tally.played.grants += 1;
      count(tally, 201);
    } catch (error) {
      this.#afterRefusal(error);
    }
  }

  /** Keys go on without it: a responder may make keys and issue nothing. */
  #afterRefusal(error: unknown): void {
    const { tally, say } = this.#deps;
    count(tally, error instanceof AdminRefusal ? error.status : null);
    if (!(error instanceof AdminRefusal) || (error.status !== 401 && error.status !== 403)) return;
    this.#operator = null;
    tally.skipped.set('grants', 'the operator may not issue credits');
    say(
      `The operator may issue no credits (${error.message}): nobody can pay unless you grant some in the console.`,
    );
  }
}
