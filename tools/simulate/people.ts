import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { addressOf as walletOf } from '../../shared/money/wallets.ts';
import { type CallerDeps, createCaller } from './caller.ts';

const loggedIn = z.object({ tokens: z.object({ accessToken: z.string(), refreshToken: z.string() }) });
const registered = z.object({
  agent: z.object({ id: z.string() }),
  key: z.string(),
  claimCode: z.string(),
});

/** An agent as others on the market see it, with the key that only it has. */
export interface MarketAgent {
  readonly id: string;
  readonly wallet: string;
  readonly key: string;
  readonly isClaimed: boolean;
}

/** What is known of a person to whoever acts for it. */
export interface Known {
  readonly email: string;
  /** Its access token while it is logged in. */
  readonly session: string | null;
  /** A refresh token that it has used up. */
  readonly spentRefresh: string | null;
}

interface Person {
  readonly email: string;
  readonly password: string;
  isRegistered: boolean;
  session: z.infer<typeof loggedIn>['tokens'] | null;
  agent: z.infer<typeof registered> | null;
  isClaimed: boolean;
  spentRefresh: string | null;
  turns: number;
}

const NAMES = ['ada', 'ben', 'chloe', 'dan', 'elif', 'femi', 'grace', 'hugo', 'ines', 'jun'] as const;
const AGENTS = ['scout', 'clerk', 'mirror', 'router', 'reader'] as const;

/** One in four lets its agent stand unclaimed. */
const claims = (index: number): boolean => index % 4 !== 3;

/** Accounts of the market and their agents: they register, log in, claim, call, renew and log out. */
export class People {
  readonly #deps: CallerDeps;
  readonly #ask: ReturnType<typeof createCaller>;
  readonly #busy = new Set<number>();
  readonly #people = new Map<number, Person>();
  /** Each run has people of its own: what they know ends with the process. */
  readonly run = randomBytes(3).toString('hex');

  constructor(deps: CallerDeps) {
    this.#deps = deps;
    this.#ask = createCaller(deps);
  }

  /** Null until this one has come. */
  known(index: number): Known | null {
    const person = this.#people.get(index);
    if (!person?.isRegistered) return null;
    const { email, session, spentRefresh } = person;
    return { email, session: session?.accessToken ?? null, spentRefresh };
  }

  /** Null until it has registered one. */
  agentOf(index: number): MarketAgent | null {
    const person = this.#people.get(index);
    if (!person?.agent) return null;
    const { agent, key } = person.agent;
    const wallet = walletOf({ type: 'agent', id: agent.id });
    return { id: agent.id, wallet, key, isClaimed: person.isClaimed };
  }

  /** Its session is over for a reason of somebody else's: it logs in again at its next turn. */
  loseSession(index: number): void {
    const person = this.#people.get(index);
    if (person) person.session = null;
  }

  /** What this one does next; what was refused is tried again at its next turn. */
  async turn(index: number): Promise<void> {
    // A person does one thing after the other, however slow the service is.
    if (this.#busy.has(index)) return;
    this.#busy.add(index);
    await this.#next(index).finally(() => this.#busy.delete(index));
  }

  async #next(index: number): Promise<void> {
    const person = this.#personAt(index);
    if (!person.isRegistered) return this.#register(index, person);
    if (!person.session) return this.#login(index, person);
    if (!person.agent) return this.#registerAgent(index, person);
    person.turns += 1;
    if (person.turns === 1 && claims(index)) return this.#claim(index, person);
    return this.#live(index, person);
  }

  #personAt(index: number): Person {
    const known = this.#people.get(index);
    if (known) return known;
    const name = NAMES[index % NAMES.length] ?? 'kim';
    const password = randomBytes(18).toString('base64url');
    const email = `${name}.${this.run}${index}@example.org`;
    const nothing = { session: null, agent: null, isClaimed: false, spentRefresh: null };
    const person = { email, password, isRegistered: false, ...nothing, turns: 0 };
    this.#people.set(index, person);
    return person;
  }

  async #register(index: number, person: Person): Promise<void> {
    const { email, password } = person;
    const { status } = await this.#ask(index, '/api/v1/auth/register', null, { email, password });
    if (status !== 201) return;
    person.isRegistered = true;
    this.#deps.tally.accounts += 1;
  }

  async #login(index: number, person: Person): Promise<void> {
    const { email, password } = person;
    const { body } = await this.#ask(index, '/api/v1/auth/login', null, { email, password });
    person.session = loggedIn.safeParse(body).data?.tokens ?? null;
  }

  async #registerAgent(index: number, person: Person): Promise<void> {
    const name = `${person.email.split('.')[0]}-${AGENTS[index % AGENTS.length]}`;
    const { body } = await this.#ask(index, '/api/v1/agents/register', null, { name });
    person.agent = registered.safeParse(body).data ?? null;
  }

  async #claim(index: number, person: Person): Promise<void> {
    const body = { claimCode: person.agent?.claimCode ?? '' };
    const token = person.session?.accessToken ?? null;
    const { status } = await this.#ask(index, '/api/v1/agents/claim', token, body);
    person.isClaimed = status === 200;
  }

  /** Round and round: looks at itself, lets its agent call and vouch for itself, renews, and sometimes logs out. */
  async #live(index: number, person: Person): Promise<void> {
    const { session, agent, turns } = person;
    if (!session || !agent) return;
    switch ((turns + index) % 6) {
      case 0:
        return this.#afterCall(person, await this.#ask(index, '/api/v1/auth/me', session.accessToken, null));
      case 1:
      case 2:
        return this.#afterAgent(person, await this.#ask(index, '/api/v1/agents/self', agent.key, null));
      case 3:
        await this.#ask(index, '/api/v1/agents/identity-tokens', agent.key, {});
        return;
      case 4:
        return this.#renew(index, person, session.refreshToken);
      default:
        if (Math.floor(turns / 6) % 3 !== 1) return;
        await this.#ask(index, '/api/v1/auth/logout', session.accessToken, {});
        person.session = null;
    }
  }

  async #renew(index: number, person: Person, refreshToken: string): Promise<void> {
    const { body } = await this.#ask(index, '/api/v1/auth/refresh', null, { refreshToken });
    person.spentRefresh = refreshToken;
    // What is used up cannot be used again: without an answer there is only a new login.
    person.session = loggedIn.safeParse(body).data?.tokens ?? null;
  }

  /** An operator ended the session at the console: a person logs in again. */
  #afterCall(person: Person, { status }: { readonly status: number | null }): void {
    if (status === 401) person.session = null;
  }

  /** Its key was revoked at the console: the person gets another agent. */
  #afterAgent(person: Person, { status }: { readonly status: number | null }): void {
    if (status !== 401) return;
    person.agent = null;
    person.isClaimed = false;
    person.turns = 0;
  }
}
