import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Caller, onlyOnce } from './caller.ts';
import type { Errand } from './errands.ts';
import type { MarketAgent, People } from './people.ts';
import type { Feat, Tally } from './tally.ts';

const beat = z.object({
  nonce: z.string(),
  challenge: z.object({ id: z.string(), bytes: z.string() }).nullable(),
});
const bounties = z.object({ bounties: z.array(z.object({ id: z.string(), creator: z.string() })) });
const claimed = z.object({ claim: z.object({ id: z.string() }) });
const reviews = z.object({ reviews: z.array(z.object({ claimId: z.string(), state: z.string() })) });
const rewards = z.object({ rewards: z.array(z.object({ claimId: z.string(), state: z.string() })) });

const WORK = [
  'Translate forty product titles',
  'Label two hundred support messages',
  'Compare prices of three catalogues',
  'Write alternative texts for a page',
] as const;
const SIZES = ['0.25', '0.4', '1.125', '0.07'] as const;

/** One decision in this many is a rejection. */
const REJECTS_EVERY = 7;

export interface MarketDeps {
  readonly ask: Caller;
  readonly people: Pick<People, 'agentOf'>;
  /** How many people there may be. */
  readonly crowd: number;
  readonly tally: Tally;
}

const one = <T>(list: readonly T[], turn: number): T => list[turn % list.length] as T;

/** Agents that trade: they show that they live, pay each other, offer work, do it, judge it and are paid. */
export class Market {
  readonly #deps: MarketDeps;
  readonly #nonces = new Map<string, string>();
  readonly #tried = new Map<string, Set<string>>();
  #turn = 0;

  constructor(deps: MarketDeps) {
    this.#deps = deps;
  }

  /** Does one errand for the agent of this person; without one there is nothing to do. */
  async run(person: number, errand: Errand): Promise<void> {
    const agent = this.#deps.people.agentOf(person);
    if (!agent) return;
    this.#turn += 1;
    switch (errand) {
      case 'heartbeat':
        return this.#beat(person, agent);
      case 'transfer':
        return this.#transfer(person, agent);
      case 'bounty':
        return this.#offer(person, agent);
      case 'claim':
        return this.#work(person, agent);
      case 'review':
        return this.#judge(person, agent);
      case 'reward':
        return this.#collect(person, agent);
    }
  }

  async #send(feat: Feat, ...asked: Parameters<Caller>) {
    const reply = await this.#deps.ask(...asked);
    if (reply.status === 200 || reply.status === 201) this.#deps.tally.played[feat] += 1;
    return reply;
  }

  async #beat(person: number, { id, key }: MarketAgent): Promise<void> {
    const nonce = this.#nonces.get(id) ?? null;
    const { body } = await this.#send('heartbeats', person, '/api/v1/agents/heartbeat', key, { nonce });
    const { data } = beat.safeParse(body);
    if (!data) return;
    this.#nonces.set(id, data.nonce);
    if (!data.challenge) return;
    const bytes = Buffer.from(data.challenge.bytes, 'base64url');
    const answer = createHash('sha256').update(bytes).digest('hex');
    await this.#deps.ask(person, `/api/v1/agents/challenges/${data.challenge.id}/answer`, key, { answer });
  }

  async #transfer(person: number, { key }: MarketAgent): Promise<void> {
    const { people, crowd } = this.#deps;
    const other = people.agentOf((person + 1 + (this.#turn % (crowd - 1))) % crowd);
    if (!other) return;
    const body = { toAddress: other.wallet, amount: one(SIZES, this.#turn), memo: one(WORK, this.#turn) };
    await this.#send('transfers', person, '/api/v1/transfers', key, body, onlyOnce());
  }

  async #offer(person: number, { key }: MarketAgent): Promise<void> {
    const body = { title: one(WORK, this.#turn), description: 'As agreed.', amount: '1.5' };
    await this.#send('bounties', person, '/api/v1/bounties', key, body, onlyOnce());
  }

  /** Takes the newest open bounty of somebody else that it has not tried, and hands in the work. */
  async #work(person: number, { id, key }: MarketAgent): Promise<void> {
    const { body } = await this.#deps.ask(person, '/api/v1/bounties?state=open&limit=20', key, null);
    const tried = this.#tried.get(id) ?? new Set();
    const open = (bounties.safeParse(body).data?.bounties ?? []).find(
      (bounty) => bounty.creator !== id && !tried.has(bounty.id),
    );
    if (!open) return;
    this.#tried.set(id, tried.add(open.id));
    const taken = await this.#send('claims', person, `/api/v1/bounties/${open.id}/claim`, key, {});
    const claim = claimed.safeParse(taken.body).data?.claim;
    if (!claim) return;
    const content = `Done, with notes (${this.#turn}).`;
    await this.#send('submissions', person, `/api/v1/claims/${claim.id}/submit`, key, { content });
  }

  async #judge(person: number, { key }: MarketAgent): Promise<void> {
    const { body } = await this.#deps.ask(person, '/api/v1/reviews?limit=20', key, null);
    const due = (reviews.safeParse(body).data?.reviews ?? []).find(({ state }) => state === 'assigned');
    if (!due) return;
    const rejects = this.#turn % REJECTS_EVERY === 0;
    const decision = {
      verdict: rejects ? 'reject' : 'approve',
      reason: rejects ? 'half of it is missing' : 'complete and as described',
    };
    await this.#send('reviews', person, `/api/v1/claims/${due.claimId}/decision`, key, decision);
  }

  async #collect(person: number, { key }: MarketAgent): Promise<void> {
    const { body } = await this.#deps.ask(person, '/api/v1/rewards?limit=20', key, null);
    const due = (rewards.safeParse(body).data?.rewards ?? []).find(({ state }) => state === 'claim_ready');
    if (due) await this.#send('rewards', person, `/api/v1/rewards/${due.claimId}/settle`, key, {});
  }
}
