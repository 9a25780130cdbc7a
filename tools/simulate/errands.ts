import { type Random, randomFrom } from './random.ts';

/** What an agent does on the market; each is a few requests. */
export const ERRANDS = ['heartbeat', 'transfer', 'bounty', 'claim', 'review', 'reward'] as const;
export type Errand = (typeof ERRANDS)[number];

/** Who looks at the code of a token, or at what is not one. */
export const LOOKS = ['phone', 'desktop', 'bot', 'preview', 'forged', 'mistyped'] as const;
export type Look = (typeof LOOKS)[number];

/** What somebody tries who wants what is another's. */
export const ATTACKS = [
  'claim-code',
  'password',
  'foreign-agent',
  'replayed-transfer',
  'replayed-refresh',
  'admin-plane',
] as const;
export type Attack = (typeof ATTACKS)[number];

export type ErrandAction =
  /** An operator issues a modest amount to a person's agent. */
  | { readonly type: 'grant'; readonly person: number }
  | { readonly type: 'errand'; readonly person: number; readonly errand: Errand }
  /** A brand's owner takes the next step of its batch. */
  | { readonly type: 'mint'; readonly person: number }
  /** Its agent asks a model of the simulated provider. */
  | { readonly type: 'generate'; readonly person: number; readonly stream: boolean; readonly flaky: boolean }
  | { readonly type: 'scan'; readonly look: Look; readonly draw: string; readonly from: string }
  | { readonly type: 'attack'; readonly attack: Attack; readonly person: number; readonly draw: string };

export type ErrandSource = Generator<
  { readonly waitS: number; readonly action: ErrandAction },
  void,
  undefined
>;

/** Seconds. Whoever comes has its agent claimed about two seconds later. */
export const PACE = {
  grant: { afterS: 2.2, everyS: 120 },
  /** The first errands come quickly, so that whoever watches sees a market; then far below a key's limit of 60 a minute. */
  errand: { afterS: 2.6, quick: 7, quickS: 1, everyS: 6 },
  mint: { afterS: 2, quick: 24, quickS: 0.7, everyS: 5 },
  generate: { afterS: 3.2, everyS: 4 },
  scan: { firstS: 6, everyS: 0.6 },
  attack: { firstS: 5, everyS: 3 },
} as const;

/** A third of the people offer bounties, the others work on them. */
export const ROTAS: readonly (readonly Errand[])[] = [
  ['heartbeat', 'bounty', 'transfer', 'review', 'reward', 'review', 'claim'],
  ['heartbeat', 'transfer', 'claim', 'review', 'reward', 'review', 'claim'],
  ['heartbeat', 'claim', 'transfer', 'review', 'reward', 'review', 'transfer'],
];

/** People who own a brand. */
export const BRAND_OWNERS = [1, 4] as const;

const LOOK_WEIGHTS = [
  ...(['phone', 'phone', 'phone', 'desktop', 'desktop', 'bot', 'bot', 'preview'] as const),
  ...(['forged', 'mistyped'] as const),
] as const satisfies readonly [Look, ...Look[]];

/** A replayed refresh token ends a session and rings, so it is rare. */
const ATTACK_WEIGHTS = [
  ...(['claim-code', 'claim-code', 'password', 'password', 'foreign-agent', 'foreign-agent'] as const),
  ...(['replayed-transfer', 'replayed-transfer', 'admin-plane', 'replayed-refresh'] as const),
] as const satisfies readonly [Attack, ...Attack[]];

const about = (mean: number, random: Random): number => mean * (0.8 + 0.4 * random.next());

function* grants(person: number, comesAtS: number, random: Random): ErrandSource {
  const action = { type: 'grant', person } as const;
  yield { waitS: comesAtS + PACE.grant.afterS, action };
  for (;;) yield { waitS: about(PACE.grant.everyS, random), action };
}

function* errands(person: number, comesAtS: number, random: Random): ErrandSource {
  const rota = ROTAS[person % ROTAS.length] ?? [];
  const { afterS, quick, quickS, everyS } = PACE.errand;
  for (let turn = 0; ; turn += 1) {
    const errand = rota[turn % rota.length] ?? 'heartbeat';
    const waitS = turn === 0 ? comesAtS + afterS : about(turn < quick ? quickS : everyS, random);
    yield { waitS, action: { type: 'errand', person, errand } };
  }
}

function* minting(person: number, comesAtS: number, random: Random): ErrandSource {
  const { afterS, quick, quickS, everyS } = PACE.mint;
  const action = { type: 'mint', person } as const;
  for (let turn = 0; ; turn += 1)
    yield { waitS: turn === 0 ? comesAtS + afterS : about(turn < quick ? quickS : everyS, random), action };
}

/** Half of the questions are streamed, one in six goes to the model that fails. */
function* generations(person: number, comesAtS: number, random: Random): ErrandSource {
  const { afterS, everyS } = PACE.generate;
  for (let turn = 0; ; turn += 1) {
    const [stream, flaky] = [random.next() < 0.5, random.below(6) === 0];
    const waitS = turn === 0 ? comesAtS + afterS : about(everyS, random);
    yield { waitS, action: { type: 'generate', person, stream, flaky } };
  }
}

const drawOf = (random: Random): string => Buffer.from(random.bytes(32)).toString('base64url');

function* scans(addressOf: (index: number) => string, random: Random): ErrandSource {
  for (let turn = 0; ; turn += 1) {
    const look = random.pick<Look>(LOOK_WEIGHTS);
    const from = addressOf(random.below(40));
    const action = { type: 'scan', look, draw: drawOf(random), from } as const;
    yield { waitS: turn === 0 ? PACE.scan.firstS : random.wait(PACE.scan.everyS), action };
  }
}

function* attacks(people: number, random: Random): ErrandSource {
  for (let turn = 0; ; turn += 1) {
    const attack = random.pick<Attack>(ATTACK_WEIGHTS);
    const action = { type: 'attack', attack, person: random.below(people), draw: drawOf(random) } as const;
    yield { waitS: turn === 0 ? PACE.attack.firstS : about(PACE.attack.everyS, random), action };
  }
}

/**
 * Everything that people do beyond calling. The same seed gives the same errands.
 * @param comesAtS when a person registers, in seconds from the start
 */
export function errandSources(options: {
  readonly seed: string;
  readonly people: number;
  readonly comesAtS: (person: number) => number;
  readonly addressOfScanner: (index: number) => string;
  readonly operator: boolean;
  readonly resolver: boolean;
  readonly provider: boolean;
}): readonly ErrandSource[] {
  const { seed, people, comesAtS, addressOfScanner, operator, resolver, provider } = options;
  const draw = (part: string) => randomFrom(`${seed}/${part}`);
  const everyone = Array.from({ length: people }, (_, person) => person);
  return [
    ...(operator ? everyone.map((n) => grants(n, comesAtS(n), draw(`grant-${n}`))) : []),
    ...everyone.map((n) => errands(n, comesAtS(n), draw(`errand-${n}`))),
    ...BRAND_OWNERS.map((n) => minting(n, comesAtS(n), draw(`mint-${n}`))),
    ...(provider ? everyone.map((n) => generations(n, comesAtS(n), draw(`generate-${n}`))) : []),
    ...(resolver ? [scans(addressOfScanner, draw('scans'))] : []),
    attacks(people, draw('attacks')),
  ];
}
