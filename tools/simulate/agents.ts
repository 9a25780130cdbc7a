import { DEFAULT_REQUESTS_PER_MINUTE } from '../../shared/http/key-rate.ts';
import type { Random } from './random.ts';

/** How an agent paces its calls: an even poll, short sessions with pauses between, or whenever something happens. */
export type Rhythm = 'steady' | 'sessions' | 'irregular';

export interface Agent {
  readonly index: number;
  readonly name: string;
  readonly rhythm: Rhythm;
  /** Mean calls per second. */
  readonly perSecond: number;
  /** Limit its key is created with. */
  readonly requestsPerMinute: number;
}

const NAMES = [
  'pricing-scout',
  'catalog-sync',
  'support-triage',
  'invoice-reader',
  'review-digest',
  'stock-mirror',
  'lead-router',
  'alt-text-writer',
  'returns-clerk',
  'translate-ja',
  'fraud-watch',
  'courier-desk',
] as const;

const RHYTHMS = ['steady', 'sessions', 'irregular'] as const satisfies readonly Rhythm[];

/**
 * An operator alone makes keys of the default limit, and the per-address limit is three times that: an agent whose mean is a
 * third of its key's limit is never refused by chance.
 */
const BUSIEST_PER_SECOND = 0.33;
const FEWEST_AGENTS = 4;

const nameOf = (index: number) => {
  const name = NAMES[index % NAMES.length] ?? NAMES[0];
  const round = Math.floor(index / NAMES.length);
  return round === 0 ? name : `${name}-${round + 1}`;
};

/** A crew whose mean rates add up to `perSecond`. */
export function crewFor(perSecond: number): readonly Agent[] {
  const size = Math.max(FEWEST_AGENTS, Math.ceil(perSecond / BUSIEST_PER_SECOND));
  const weights = Array.from({ length: size }, (_, index) => 1 + (index % 3) / 4);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight, index) => {
    const share = (perSecond * weight) / total;
    const rhythm = RHYTHMS[index % RHYTHMS.length] ?? 'steady';
    return {
      index,
      name: nameOf(index),
      rhythm,
      perSecond: share,
      requestsPerMinute: DEFAULT_REQUESTS_PER_MINUTE,
    };
  });
}

/** Calls of one session, each a fraction of a second after the last. */
const SESSION_CALLS = { least: 3, most: 7 } as const;

/** Seconds from one call to the next, for ever; the mean is `1 / perSecond` whatever the rhythm. */
export function* pausesOf(agent: Agent, random: Random): Generator<number, never, undefined> {
  const mean = 1 / agent.perSecond;
  for (;;) {
    if (agent.rhythm === 'steady') yield mean * (0.85 + 0.3 * random.next());
    else if (agent.rhythm === 'irregular') yield random.wait(mean);
    else {
      const calls = SESSION_CALLS.least + random.below(SESSION_CALLS.most - SESSION_CALLS.least + 1);
      const inside = Math.min(mean, 0.6);
      for (let call = 1; call < calls; call += 1) yield inside * (0.5 + random.next());
      yield calls * mean - (calls - 1) * inside;
    }
  }
}
