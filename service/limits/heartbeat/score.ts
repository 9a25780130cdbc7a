/** What is known of an agent's last seven days. */
export interface HealthFacts {
  /** Share of the slots due that had a heartbeat, 0 to 1. */
  readonly cadence: number;
  readonly heartbeats: number;
  /** Length of the nonce chain now. */
  readonly chain: number;
  /** Challenges that are over: answered, or past their deadline. */
  readonly challenges: number;
  /** Milliseconds that each passed challenge took. */
  readonly latenciesMs: readonly number[];
}

export interface Health {
  /** 0 to 100. */
  readonly score: number;
  /** Of 35, 25, 20 and 20 points. */
  readonly cadence: number;
  readonly challenge: number;
  readonly latency: number;
  readonly chain: number;
  /** 0 to 1: how much was seen. */
  readonly confidence: number;
}

const POINTS = { cadence: 35, challenge: 25, latency: 20, chain: 20 } as const;
/** The chain that scores in full: one heartbeat in each slot of seven days. */
const FULL_CHAIN = 336;
const FULL_HEARTBEATS = 48;
const FULL_CHALLENGES = 12;

const LATENCY_FACTORS = [
  { uptoMs: 500, factor: 1 },
  { uptoMs: 1_500, factor: 0.75 },
  { uptoMs: 5_000, factor: 0.45 },
  { uptoMs: 10_000, factor: 0.2 },
] as const;

const atMostOne = (share: number): number => Math.min(1, share);

/** @param latencyMs of one answer; slower than every row is worth nothing */
export const latencyFactor = (latencyMs: number): number =>
  LATENCY_FACTORS.find(({ uptoMs }) => latencyMs <= uptoMs)?.factor ?? 0;

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

/** SPEC 5. What has not been shown earns nothing: an agent without challenges has no challenge and no latency points. */
export function healthOf(facts: HealthFacts): Health {
  const { heartbeats, challenges, latenciesMs } = facts;
  const cadence = POINTS.cadence * atMostOne(facts.cadence);
  const challenge = challenges === 0 ? 0 : POINTS.challenge * atMostOne(latenciesMs.length / challenges);
  const latency = POINTS.latency * mean(latenciesMs.map(latencyFactor));
  const chain = POINTS.chain * atMostOne(Math.log2(facts.chain + 1) / Math.log2(FULL_CHAIN + 1));
  const confidence =
    0.6 * atMostOne(heartbeats / FULL_HEARTBEATS) + 0.4 * atMostOne(challenges / FULL_CHALLENGES);
  const score = (cadence + challenge + latency + chain) * (0.4 + 0.6 * confidence);
  return { score, cadence, challenge, latency, chain, confidence };
}
