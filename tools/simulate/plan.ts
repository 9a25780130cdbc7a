import { type Agent, crewFor, pausesOf } from './agents.ts';
import { type ErrandAction, errandSources } from './errands.ts';
import { type Random, randomFrom } from './random.ts';

/** Ways in which a bearer token is wrong. `revoked` replays a key that this run has revoked. */
export const BAD_TOKENS = ['unknown', 'malformed', 'wrong-family', 'revoked', 'missing'] as const;
export type BadToken = (typeof BAD_TOKENS)[number];

/** One thing that happens once. Addresses are of 127.0.0.0/8: each party is a client of its own. */
export type Action =
  | ErrandAction
  /** A good agent calls with its key; a patient one waits when it is told to (429). */
  | { readonly type: 'call'; readonly agent: number; readonly patient: boolean }
  | { readonly type: 'stranger'; readonly token: BadToken; readonly draw: string; readonly from: string }
  | { readonly type: 'health'; readonly path: '/healthz' | '/readyz'; readonly from: string }
  /** An account of the market takes its next step. */
  | { readonly type: 'person'; readonly person: number }
  /** The agent gets a new key, and its old one is revoked once the new one works. */
  | { readonly type: 'rotate'; readonly agent: number };

export interface Step {
  /** Milliseconds from the start. */
  readonly atMs: number;
  readonly action: Action;
}

export interface Plan {
  /** Everyone who needs a key: the crew, then the batch runners. */
  readonly agents: readonly Agent[];
  readonly steps: Iterable<Step>;
}

type Source = Generator<{ readonly waitS: number; readonly action: Action }, void, undefined>;

/** Shares of the mean rate; the rest is the crew's. Without an operator there is no key, so no crew. */
const WITH_OPERATOR = { strangers: 0.1, bursts: 0.12 } as const;
const WITHOUT_OPERATOR = { strangers: 0.7, bursts: 0.3 } as const;

/** Above 30 in 10 s for one address, and above 20 a minute for a batch runner's key (SPEC 5 has the address limit). */
const ADDRESS_BURST = { calls: 50, everyS: 0.04 } as const;
const KEY_BURST = { calls: 28, everyS: 0.15 } as const;
const RUNNER_PER_MINUTE = 20;
const MAX_RUNNERS = 8;
const FIRST_BURST_S = 3;

/** Keys are handed out at this pace, below the operator's own limit of 300 a minute (SPEC 5). */
const KEY_EVERY_S = 0.25;
const FIRST_ROTATION_S = 2;
const ROTATE_EVERY_S = 8;

/** A password costs the service its work, so people register one after the other. */
export const PEOPLE = 10;
const PERSON_EVERY_S = 1;
const PERSON_TURN_S = 2.5;
/** To register, to log in, to register an agent and to claim it. */
const ARRIVAL = { turns: 4, everyS: 0.5 } as const;

const PARTIES = ['agent', 'stranger', 'burst', 'monitor', 'person', 'scanner'] as const;

const address = (kind: (typeof PARTIES)[number], index: number): string =>
  `127.${PARTIES.indexOf(kind) + 1}.${index % 250}.7`;

export const addressOfAgent = (index: number): string => address('agent', index);
export const addressOfPerson = (index: number): string => address('person', index);
const addressOfScanner = (index: number): string => address('scanner', index);

function* crewMember(agent: Agent, random: Random): Source {
  const action = { type: 'call', agent: agent.index, patient: true } as const;
  // Its key is on the way: the first call comes after it.
  yield { waitS: (agent.index + 2) * KEY_EVERY_S + random.next() / agent.perSecond, action };
  for (const waitS of pausesOf(agent, random)) yield { waitS, action };
}

/** Weights: most strangers try keys that never were, some send garbage. */
const drawBadToken = (random: Random): BadToken =>
  random.pick([
    ...(['unknown', 'unknown', 'unknown', 'unknown', 'malformed', 'malformed'] as const),
    ...(['wrong-family', 'revoked', 'revoked', 'missing'] as const),
  ]);

const stranger = (random: Random, from: string): Action => ({
  type: 'stranger',
  token: drawBadToken(random),
  draw: Buffer.from(random.bytes(32)).toString('base64url'),
  from,
});

function* strangers(perSecond: number, random: Random): Source {
  const crowd = Math.max(3, Math.ceil(perSecond));
  for (;;)
    yield {
      waitS: random.wait(1 / perSecond),
      action: stranger(random, address('stranger', random.below(crowd))),
    };
}

function* monitor(path: '/healthz' | '/readyz', everyS: number, random: Random): Source {
  for (;;)
    yield {
      waitS: everyS * (0.9 + 0.2 * random.next()),
      action: { type: 'health', path, from: address('monitor', 0) },
    };
}

const comesAtS = (index: number): number => 1 + index * PERSON_EVERY_S;

/** One after the other they come; each then does something every few seconds. */
function* person(index: number, random: Random): Source {
  const action = { type: 'person', person: index } as const;
  yield { waitS: comesAtS(index), action };
  for (let turn = 1; turn < ARRIVAL.turns; turn += 1) yield { waitS: ARRIVAL.everyS, action };
  for (;;) yield { waitS: PERSON_TURN_S * (0.6 + 0.8 * random.next()), action };
}

/** Floods from one address and batch runners over their key's limit, in turn; without a runner, floods only. */
function* bursts(everyS: number, runners: readonly Agent[], random: Random): Source {
  for (let turn = 0; ; turn += 1) {
    const runner = turn % 2 === 1 ? runners[((turn - 1) / 2) % runners.length] : undefined;
    const shape = runner ? KEY_BURST : ADDRESS_BURST;
    const from = address('burst', turn);
    for (let call = 0; call < shape.calls; call += 1) {
      const pause = turn === 0 ? FIRST_BURST_S : everyS - shape.calls * shape.everyS;
      yield {
        waitS: call === 0 ? Math.max(shape.everyS, pause) : shape.everyS * (0.5 + random.next()),
        action: runner ? { type: 'call', agent: runner.index, patient: false } : stranger(random, from),
      };
    }
  }
}

/** First a key for everyone, then one rotation after another, round and round. */
function* rotations(agents: readonly Agent[], random: Random): Source {
  for (const agent of agents)
    yield { waitS: agent.index === 0 ? 0 : KEY_EVERY_S, action: { type: 'rotate', agent: agent.index } };
  // The first one comes soon: a crew is large, and whoever watches should see a key end.
  yield { waitS: FIRST_ROTATION_S, action: { type: 'rotate', agent: 0 } };
  for (;;)
    yield {
      waitS: ROTATE_EVERY_S * (0.7 + 0.6 * random.next()),
      action: { type: 'rotate', agent: random.below(agents.length) },
    };
}

/** Takes from every source what is due next. */
function* merge(sources: readonly Source[]): Generator<Step, void, undefined> {
  const queue = sources.map((source) => ({ source, atMs: 0, action: null as Action | null }));
  const advance = (entry: (typeof queue)[number]): void => {
    const { value } = entry.source.next();
    entry.atMs = value ? entry.atMs + value.waitS * 1000 : Number.POSITIVE_INFINITY;
    entry.action = value?.action ?? null;
  };
  for (const entry of queue) advance(entry);
  for (;;) {
    const due = queue.reduce((first, other) => (other.atMs < first.atMs ? other : first));
    if (!due.action) return;
    yield { atMs: due.atMs, action: due.action };
    advance(due);
  }
}

function runnersFor(burstEveryS: number, crew: readonly Agent[]): readonly Agent[] {
  // A runner's window is a minute: enough of them that each starts its burst with an empty one.
  const count = Math.min(MAX_RUNNERS, Math.ceil(60 / (2 * burstEveryS)));
  return Array.from({ length: count }, (_, n) => ({
    index: crew.length + n,
    name: n === 0 ? 'batch-runner' : `batch-runner-${n + 1}`,
    rhythm: 'sessions',
    perSecond: KEY_BURST.calls / (2 * burstEveryS * count),
    requestsPerMinute: RUNNER_PER_MINUTE,
  }));
}

export interface PlanOptions {
  readonly seed: string;
  readonly rate: number;
  readonly operator: boolean;
  /** Whether there is a scan plane to scan at. */
  readonly resolver?: boolean;
  /** Whether there is a simulated provider to ask. */
  readonly provider?: boolean;
}

/**
 * What happens when, for ever. The same options give the same plan.
 * @param rate mean requests per second on the public API, health polls, people and rotations not counted
 */
export function planFor(options: PlanOptions): Plan {
  const { seed, rate, operator, resolver = false, provider = false } = options;
  const shares = operator ? WITH_OPERATOR : WITHOUT_OPERATOR;
  const draw = (part: string) => randomFrom(`${seed}/${part}`);
  const callsInTurn = operator ? (ADDRESS_BURST.calls + KEY_BURST.calls) / 2 : ADDRESS_BURST.calls;
  const burstEveryS = callsInTurn / (shares.bursts * rate);
  const crew = operator ? crewFor(rate * (1 - shares.strangers - shares.bursts)) : [];
  const runners = operator ? runnersFor(burstEveryS, crew) : [];
  const agents = [...crew, ...runners];
  const sources = [
    ...crew.map((agent) => crewMember(agent, draw(`agent-${agent.index}`))),
    strangers(shares.strangers * rate, draw('strangers')),
    bursts(burstEveryS, runners, draw('bursts')),
    monitor('/healthz', 5, draw('healthz')),
    monitor('/readyz', 15, draw('readyz')),
    ...Array.from({ length: PEOPLE }, (_, index) => person(index, draw(`person-${index}`))),
    ...(operator ? [rotations(agents, draw('rotations'))] : []),
    ...errandSources({ seed, operator, resolver, provider, people: PEOPLE, comesAtS, addressOfScanner }),
  ];
  return { agents, steps: { [Symbol.iterator]: () => merge(sources) } };
}
