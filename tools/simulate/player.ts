import { AdminRefusal } from './admin.ts';
import type { Agent } from './agents.ts';
import type { ErrandAction } from './errands.ts';
import type { IssuedKey, Operator } from './operator.ts';
import type { People } from './people.ts';
import { type Action, addressOfAgent } from './plan.ts';
import { count, type Tally } from './tally.ts';
import { badAuthorization } from './tokens.ts';
import type { Transport } from './transport.ts';

export interface Player {
  perform(action: Action): Promise<void>;
}

export interface PlayerDeps {
  readonly transport: Pick<Transport, 'send'>;
  readonly operator: Pick<Operator, 'createKey' | 'revokeKey'> | null;
  readonly agents: readonly Agent[];
  readonly people: Pick<People, 'turn'>;
  /** What people do beyond calling. */
  readonly errands: { perform(action: ErrandAction): Promise<void> };
  readonly tally: Tally;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** Something a person should know, said once. */
  readonly say: (sentence: string) => void;
}

/** Revoked keys that strangers try again; a handful is enough. */
const KEPT_REVOKED = 8;

const CALL = '/api/v1/tokenhall/key';
const ROTATION = 'replaced by a new key (scheduled rotation)';

/** Carries out the steps of a plan, and remembers what the service gave and refused. */
export class ApiPlayer implements Player {
  readonly #deps: PlayerDeps;
  readonly #keys = new Map<number, IssuedKey>();
  readonly #waitUntil = new Map<number, number>();
  readonly #revoked: string[] = [];
  #operator: PlayerDeps['operator'];
  #operatorWaitsUntil = 0;

  constructor(deps: PlayerDeps) {
    this.#deps = deps;
    this.#operator = deps.operator;
  }

  async perform(action: Action): Promise<void> {
    switch (action.type) {
      case 'call':
        return this.#call(action.agent, action.patient);
      case 'stranger': {
        const revoked = this.#revoked.at(-1);
        return this.#send(CALL, badAuthorization(action.token, action.draw, revoked), action.from);
      }
      case 'health':
        return this.#send(action.path, null, action.from);
      case 'person':
        return this.#deps.people.turn(action.person);
      case 'rotate':
        return this.#rotate(action.agent);
      default:
        return this.#deps.errands.perform(action);
    }
  }

  async #send(path: string, authorization: string | null, from: string): Promise<void> {
    const { transport, tally } = this.#deps;
    count(tally, (await transport.send({ path, authorization, from })).status);
  }

  /** A good client: waits as long as it was told to, and puts away a key that no longer opens. */
  async #call(agent: number, patient: boolean): Promise<void> {
    const { transport, tally, now } = this.#deps;
    const key = this.#keys.get(agent);
    if (!key || (patient && now() < (this.#waitUntil.get(agent) ?? 0))) {
      tally.heldBack += 1;
      return;
    }
    const reply = await transport.send({
      path: CALL,
      authorization: `Bearer ${key.secret}`,
      from: addressOfAgent(agent),
    });
    count(tally, reply.status);
    if (reply.status === 429) this.#waitUntil.set(agent, now() + (reply.retryAfterSeconds ?? 1) * 1000);
    // Somebody revoked it at the console. Strangers will try it; the agent waits for its next rotation.
    if (reply.status === 401 && this.#keys.get(agent) === key) {
      this.#keys.delete(agent);
      this.#remember(key.secret);
    }
  }

  /** New key first, old key after: at no time is the agent without one that works. */
  async #rotate(index: number): Promise<void> {
    const { agents, tally, now } = this.#deps;
    const [operator, agent] = [this.#operator, agents[index]];
    if (!operator || !agent || now() < this.#operatorWaitsUntil) return;
    try {
      const old = this.#keys.get(index);
      this.#keys.set(index, await operator.createKey(agent.name, agent.requestsPerMinute));
      tally.keysCreated += 1;
      count(tally, 201);
      if (!old) return;
      await operator.revokeKey(old, ROTATION);
      this.#remember(old.secret);
      tally.keysRevoked += 1;
      count(tally, 200);
    } catch (error) {
      this.#afterRefusal(error);
    }
  }

  #afterRefusal(error: unknown): void {
    const { tally, now, say } = this.#deps;
    if (!(error instanceof AdminRefusal)) {
      count(tally, null);
      return;
    }
    count(tally, error.status);
    if (error.status === 429 || error.status === 503)
      this.#operatorWaitsUntil = now() + error.retryAfterSeconds * 1000;
    else if (error.status === 401 || error.status === 403) {
      this.#operator = null;
      say(
        `The operator may not sign any more (${error.message}): no key is created or revoked from here on.`,
      );
    }
  }

  #remember(secret: string): void {
    this.#revoked.push(secret);
    if (this.#revoked.length > KEPT_REVOKED) this.#revoked.shift();
  }
}
