import type { GENERATION_STATES, Generation } from '../../../shared/http/tokenhall.ts';
import type { KeyVelocity, RoutingStep, TracedGeneration } from '../../../shared/http/tokenhall-admin.ts';
import { formatUnits } from '../../../shared/money/units.ts';

export interface GenerationRow {
  readonly id: string;
  readonly key_id: string;
  readonly account_id: string | null;
  readonly agent_id: string | null;
  readonly model: string;
  readonly provider: string;
  readonly streamed: boolean;
  readonly state: (typeof GENERATION_STATES)[number];
  readonly ended: string | null;
  readonly held_units: string;
  readonly cost_units: string;
  readonly loss_units: string;
  readonly usage: 'reported' | 'measured' | null;
  readonly input_tokens: string | null;
  readonly output_tokens: string | null;
  readonly trace: RoutingStep[];
  readonly started_at: Date;
  readonly settled_at: Date | null;
}

const credits = (units: string | null): string => formatUnits(BigInt(units ?? 0));
const count = (digits: string | null): number | null => (digits === null ? null : Number(digits));

export const toGeneration = (row: GenerationRow): Generation => ({
  id: row.id,
  model: row.model,
  provider: row.provider,
  streamed: row.streamed,
  state: row.state,
  ended: row.ended,
  usage: row.usage,
  inputTokens: count(row.input_tokens),
  outputTokens: count(row.output_tokens),
  held: credits(row.held_units),
  cost: credits(row.cost_units),
  startedAt: row.started_at.toISOString(),
  settledAt: row.settled_at?.toISOString() ?? null,
});

export const toTraced = (row: GenerationRow): TracedGeneration => ({
  ...toGeneration(row),
  keyId: row.key_id,
  accountId: row.account_id,
  agentId: row.agent_id,
  loss: credits(row.loss_units),
  trace: row.trace,
});

export interface Spender {
  readonly key_id: string;
  readonly label: string;
  readonly display_prefix: string;
  readonly spend_limit: string | null;
  readonly spent_units: string;
  readonly held_units: string;
}

/** Units that one key spent in one step of time, counted from the epoch. */
export interface Spending {
  readonly key_id: string;
  readonly step: string;
  readonly units: string;
}

const MINUTES = 60;

const unitsOf = (all: readonly Spending[], keyId: string): Map<number, bigint> =>
  new Map(all.filter((one) => one.key_id === keyId).map((one) => [Number(one.step), BigInt(one.units)]));

const total = (units: Iterable<bigint>): bigint => [...units].reduce((sum, one) => sum + one, 0n);

/** The mean of the hours that it was used in: an hour of silence says nothing about how fast it spends. */
function baselineOf(hours: ReadonlyMap<number, bigint>, thisHour: number): bigint | null {
  const before = [...hours].filter(([hour]) => hour < thisHour).map(([, units]) => units);
  return before.length === 0 ? null : total(before) / BigInt(before.length);
}

/** How fast each key spends, against what it is used to. */
export function velocityOf(
  spenders: readonly Spender[],
  byMinute: readonly Spending[],
  byHour: readonly Spending[],
  now: Date,
): KeyVelocity[] {
  const thisMinute = Math.floor(now.getTime() / 60_000);
  const thisHour = Math.floor(now.getTime() / 3_600_000);
  return spenders.map((key) => {
    const spentIn = unitsOf(byMinute, key.key_id);
    const minutes = Array.from(
      { length: MINUTES },
      (_, i) => spentIn.get(thisMinute - MINUTES + 1 + i) ?? 0n,
    );
    const baseline = baselineOf(unitsOf(byHour, key.key_id), thisHour);
    return {
      keyId: key.key_id,
      label: key.label,
      displayPrefix: key.display_prefix,
      spendLimit: key.spend_limit === null ? null : credits(key.spend_limit),
      spent: credits(key.spent_units),
      held: credits(key.held_units),
      lastMinute: formatUnits(minutes.at(-1) ?? 0n),
      lastHour: formatUnits(total(minutes)),
      hourlyBaseline: baseline === null ? null : formatUnits(baseline),
      minutes: minutes.map(formatUnits),
    };
  });
}
