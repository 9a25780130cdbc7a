import type { KeyVelocity, ProviderHealth } from '../../../shared/http/tokenhall-admin.ts';
import { parseUnits, UNITS_PER_CREDIT } from '../../../shared/money/units.ts';
import { useCall } from '../../bridge/use-remote.ts';
import type { Tone } from '../../ui/state.tsx';

const HEALTH_MS = 2000;
const VELOCITY_MS = 5000;
const TRACES_MS = 3000;
const TRACES = 50;

export const useHealth = () => useCall('providers.health', {}, { everyMs: HEALTH_MS });
export const useVelocity = () => useCall('spend.velocity', {}, { everyMs: VELOCITY_MS });
export const useTraces = (keyId: string | null) =>
  useCall(
    'generations.list',
    { query: { limit: TRACES, ...(keyId === null ? {} : { keyId }) } },
    { everyMs: TRACES_MS },
  );

export const BREAKER_SIGN: Record<
  ProviderHealth['breaker']['state'],
  { readonly tone: Tone; readonly word: string }
> = {
  closed: { tone: 'ok', word: 'closed' },
  'half-open': { tone: 'warn', word: 'half-open' },
  open: { tone: 'bad', word: 'open' },
};

/** Credits for the eye: exact amounts stay text. */
export const creditsOf = (amount: string): number => Number(parseUnits(amount)) / Number(UNITS_PER_CREDIT);

const short = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3, maximumFractionDigits: 8 });
export const formatCredits = (credits: number): string => short.format(credits);

/** SPEC 16: a key that spends more than three times its own hourly baseline is an alert. */
export const ALERT_FACTOR = 3;

export interface Pace {
  /** Credits an hour above which the key is an alert; null while it has no baseline. */
  readonly threshold: number | null;
  /** The last hour in baselines; null while there is none. */
  readonly factor: number | null;
  readonly tone: Tone;
  readonly word: string;
}

/** How fast a key spends, against what is usual for it. */
export function paceOf({ lastHour, hourlyBaseline }: Pick<KeyVelocity, 'lastHour' | 'hourlyBaseline'>): Pace {
  const spent = parseUnits(lastHour);
  const baseline = hourlyBaseline === null ? 0n : parseUnits(hourlyBaseline);
  if (baseline === 0n)
    return {
      threshold: null,
      factor: null,
      ...(spent === 0n ? QUIET : { tone: 'idle', word: 'no baseline yet' }),
    };
  const factor = Number(spent) / Number(baseline);
  const threshold = (Number(baseline) * ALERT_FACTOR) / Number(UNITS_PER_CREDIT);
  if (spent > baseline * BigInt(ALERT_FACTOR))
    return { threshold, factor, tone: 'bad', word: 'above its threshold' };
  return { threshold, factor, ...(spent === 0n ? QUIET : { tone: 'ok', word: 'as usual' }) };
}

const QUIET = { tone: 'idle', word: 'quiet' } as const;

export interface SpendPoint {
  /** Minutes before now; the newest is 0. */
  readonly ago: number;
  readonly credits: number;
  /** As the service wrote it. */
  readonly exact: string;
}

/** The minutes of the last hour, oldest first. */
export const pointsOf = ({ minutes }: Pick<KeyVelocity, 'minutes'>): SpendPoint[] =>
  minutes.map((exact, index) => ({ ago: minutes.length - 1 - index, credits: creditsOf(exact), exact }));
