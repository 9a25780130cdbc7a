import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { AdminRefusal } from './admin.ts';
import type { Caller } from './caller.ts';
import type { ErrandAction } from './errands.ts';
import type { Operator } from './operator.ts';
import type { People } from './people.ts';
import { SIMULATED_MODELS } from './provider.ts';
import type { Tally } from './tally.ts';

export type Generate = Extract<ErrandAction, { type: 'generate' }>;

export interface GenerationDeps {
  readonly ask: Caller;
  readonly people: Pick<People, 'agentOf' | 'known'>;
  readonly tally: Tally;
}

/** Credits a token: a grant lasts for some hundred answers. */
const PRICE = { input: '0.00002', output: '0.0005' } as const;
const issued = z.object({ secret: z.string() });
const QUESTIONS = [
  'Summarise this order.',
  'Is this review polite?',
  'Name the colour of this shoe.',
] as const;

/**
 * Lets the service know of the simulated provider as of any other: the platform's key for it, and what its models cost, both signed.
 * Where the provider is, nobody signs: that is configuration of the service.
 * @returns whether generations may be played; if not, why stands in the tally
 */
export async function stockSimulatedProvider(
  operator: Pick<Operator, 'keepProviderKey' | 'setPrice'>,
  tally: Tally,
): Promise<boolean> {
  try {
    await operator.keepProviderKey('openai', `sk-simulated-${randomBytes(18).toString('base64url')}`);
    for (const model of Object.values(SIMULATED_MODELS))
      await operator.setPrice(model, PRICE.input, PRICE.output);
    return true;
  } catch (error) {
    if (!(error instanceof AdminRefusal)) throw error;
    tally.skipped.set('generations', `the operator may not set up a provider (${error.message})`);
    return false;
  }
}

/** Agents that ask a model: each with an inference key of its own wallet, through the gateway. */
export class Generations {
  readonly #deps: GenerationDeps;
  readonly #keys = new Map<string, string>();
  #turn = 0;

  constructor(deps: GenerationDeps) {
    this.#deps = deps;
  }

  async run({ person, stream, flaky }: Generate): Promise<void> {
    const { ask, people, tally } = this.#deps;
    const agent = people.agentOf(person);
    if (!agent?.isClaimed) return;
    const key = this.#keys.get(agent.id) ?? (await this.#issue(person, agent.id));
    if (key === null) return;
    this.#turn += 1;
    const body = {
      model: flaky ? SIMULATED_MODELS.flaky : SIMULATED_MODELS.steady,
      ...{ stream, max_tokens: 32 },
      messages: [{ role: 'user', content: QUESTIONS[this.#turn % QUESTIONS.length] }],
    };
    const { status } = await ask(person, '/api/v1/tokenhall/chat/completions', key, body);
    if (status === 200) tally.played.generations += 1;
    // Somebody revoked it at the console: the agent asks for another at its next turn.
    if (status === 401) this.#keys.delete(agent.id);
  }

  async #issue(person: number, agentId: string): Promise<string | null> {
    const { ask, people } = this.#deps;
    const session = people.known(person)?.session ?? null;
    if (session === null) return null;
    const wanted = { label: 'generations', family: 'inference', agentId };
    const { body } = await ask(person, '/api/v1/keys', session, wanted);
    const secret = issued.safeParse(body).data?.secret ?? null;
    if (secret !== null) this.#keys.set(agentId, secret);
    return secret;
  }
}
