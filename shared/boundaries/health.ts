import { CONTROL_IDS, CONTROLS, type ControlId, type ProbeId, probesOf } from './controls.ts';
import { TILES, type TileId } from './tiles.ts';

/** `unavailable`: it could not be tried, and why stands in the evidence; it proves nothing either way. */
export const OUTCOMES = ['held', 'broken', 'unavailable'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** How often probes run by themselves, seconds. */
export const PROBE_INTERVAL_SECONDS = 900;
/** How often a console attacks itself while its vault is open, seconds: one report that is lost turns nothing grey. */
export const CONSOLE_CHECK_SECONDS = 600;
/** After two intervals without a word, what was true then is no longer known. */
export const STALE_AFTER_MS = 2 * PROBE_INTERVAL_SECONDS * 1000;

/** `untried`: no round has run yet, as in the first minutes of a new service. */
export const HEALTH = ['held', 'broken', 'stale', 'untried', 'unavailable'] as const;
export type Health = (typeof HEALTH)[number];

export interface Tried {
  readonly probe: ProbeId;
  readonly outcome: Outcome;
  readonly atMs: number;
}

export const probeHealth = (last: Tried | undefined, nowMs: number): Health => {
  if (!last) return 'untried';
  if (nowMs - last.atMs > STALE_AFTER_MS) return 'stale';
  return last.outcome;
};

/** The worst decides, except that a probe that could not be tried says nothing where another one has spoken. */
export function worstHealth(states: readonly Health[]): Health {
  if (states.includes('broken')) return 'broken';
  if (states.includes('stale')) return 'stale';
  if (states.includes('untried')) return 'untried';
  return states.includes('held') ? 'held' : 'unavailable';
}

export interface ControlHealth {
  readonly control: ControlId;
  readonly state: Health;
}

export interface TileHealth {
  readonly tile: TileId;
  readonly state: Health;
  /** One sentence each, never empty. */
  readonly reasons: readonly string[];
}

/** @param last the newest outcome of each probe */
export const controlHealth = (last: ReadonlyMap<ProbeId, Tried>, nowMs: number): ControlHealth[] =>
  CONTROL_IDS.map((control) => ({
    control,
    state: worstHealth(probesOf(control).map((probe) => probeHealth(last.get(probe), nowMs))),
  }));

const plural = (n: number, one: string, many: string): string => (n === 1 ? `1 ${one}` : `${n} ${many}`);

function reasonsOf(states: readonly ControlHealth[]): string[] {
  const of = (wanted: Health) => states.filter(({ state }) => state === wanted).map(({ control }) => control);
  const [broken, stale, untried] = [of('broken'), of('stale'), of('untried')];
  const [held, unavailable] = [of('held'), of('unavailable')];
  return [
    ...broken.map((control) => `A probe broke through: “${CONTROLS[control].enforces}” does not hold.`),
    ...(stale.length > 0
      ? [`${plural(stale.length, 'control has', 'controls have')} not been tried for two intervals.`]
      : []),
    ...(untried.length > 0
      ? [`${plural(untried.length, 'control was', 'controls were')} never tried yet.`]
      : []),
    ...(held.length > 0 ? [`${plural(held.length, 'control', 'controls')} held when last attacked.`] : []),
    ...(unavailable.length > 0
      ? [`${plural(unavailable.length, 'control', 'controls')} cannot be tried here.`]
      : []),
  ];
}

/** Each tile by the controls that declare it: red is one broken control, grey is one that nobody knows of. */
export const tileHealth = (controls: readonly ControlHealth[]): TileHealth[] =>
  TILES.map((tile) => {
    const own = controls.filter(({ control }) => CONTROLS[control].tiles.includes(tile));
    return { tile, state: worstHealth(own.map(({ state }) => state)), reasons: reasonsOf(own) };
  });
