import { randomUUID } from 'node:crypto';
import { type Answer, type Caller, onlyOnce } from './caller.ts';
import type { Attack } from './errands.ts';
import type { People } from './people.ts';
import type { Tally } from './tally.ts';

export interface AttackDeps {
  readonly ask: Caller;
  readonly people: Pick<People, 'known' | 'agentOf' | 'loseSession'>;
  readonly crowd: number;
  readonly tally: Tally;
  /** Something a person should know. */
  readonly say: (sentence: string) => void;
}

/** Attacks of people who have an account. Each must be refused, and one that is not is said aloud. */
export class Attacks {
  readonly #deps: AttackDeps;

  constructor(deps: AttackDeps) {
    this.#deps = deps;
  }

  async launch(attack: Attack, person: number, draw: string): Promise<void> {
    const reply = await this.#try(attack, person, draw);
    if (!reply || reply.status === null) return;
    if (reply.status >= 400) this.#deps.tally.played.attacks += 1;
    else this.#deps.say(`an attack was not refused: ${attack} was answered ${reply.status}.`);
  }

  /** @returns null when there is nothing to attack with yet */
  async #try(attack: Attack, person: number, draw: string): Promise<Answer | null> {
    const { ask, people } = this.#deps;
    const known = people.known(person);
    if (!known) return null;
    switch (attack) {
      case 'password':
        return ask(person, '/api/v1/auth/login', null, { email: known.email, password: draw });
      case 'replayed-refresh':
        return this.#replayRefresh(person, known.spentRefresh);
      case 'replayed-transfer':
        return this.#replayTransfer(person);
      case 'admin-plane':
        return ask(person, '/api/logs/ledger', known.session, null);
      case 'claim-code':
        if (!known.session) return null;
        return ask(person, '/api/v1/agents/claim', known.session, { claimCode: draw });
      case 'foreign-agent': {
        const other = people.agentOf((person + 1) % this.#deps.crowd);
        if (!known.session || !other) return null;
        return ask(person, '/api/v1/agents/acting', known.session, null, { 'x-agent-id': other.id });
      }
    }
  }

  /** The service ends the session of whoever's token was used twice. */
  async #replayRefresh(person: number, refreshToken: string | null): Promise<Answer | null> {
    if (refreshToken === null) return null;
    const reply = await this.#deps.ask(person, '/api/v1/auth/refresh', null, { refreshToken });
    this.#deps.people.loseSession(person);
    return reply;
  }

  /** Somebody in the middle sends a payment again, with an amount of its own. */
  async #replayTransfer(person: number): Promise<Answer | null> {
    const { ask, people, crowd } = this.#deps;
    const [payer, payee] = [people.agentOf(person), people.agentOf((person + 1) % crowd)];
    if (!payer || !payee) return null;
    const once = onlyOnce(randomUUID());
    const pay = (amount: string) =>
      ask(person, '/api/v1/transfers', payer.key, { toAddress: payee.wallet, amount }, once);
    await pay('0.01');
    return pay('5');
  }
}
