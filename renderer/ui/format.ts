const integer = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

export const formatCount = (value: number): string => integer.format(value);

/** One decimal below 100, none above: more digits would claim more than was measured. */
export const formatRate = (value: number): string =>
  Math.abs(value) < 100 ? oneDigit.format(value) : integer.format(value);

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

export function formatBytes(value: number): { figure: string; unit: string } {
  let scaled = value;
  let step = 0;
  while (scaled >= 1024 && step < BYTE_UNITS.length - 1) {
    scaled /= 1024;
    step += 1;
  }
  return { figure: formatRate(scaled), unit: BYTE_UNITS[step] ?? 'B' };
}

export type Unit = 'count' | 'per-second' | 'ms' | 'bytes' | 'ratio';

/** A measured value and its unit apart, so that the figure can be set larger than the unit. */
export function formatSignal(value: number, unit: Unit): { figure: string; unit: string } {
  switch (unit) {
    case 'count':
      return { figure: formatCount(value), unit: '' };
    case 'per-second':
      return { figure: formatRate(value), unit: '/s' };
    case 'ms':
      return value >= 10_000
        ? { figure: formatRate(value / 1000), unit: 's' }
        : { figure: formatRate(value), unit: 'ms' };
    case 'bytes':
      return formatBytes(value);
    case 'ratio':
      return { figure: formatRate(value * 100), unit: '%' };
  }
}

const STEPS: readonly [limitMs: number, unitMs: number, name: string][] = [
  [60_000, 1000, 's'],
  [3_600_000, 60_000, 'min'],
  [86_400_000, 3_600_000, 'h'],
  [Number.POSITIVE_INFINITY, 86_400_000, 'd'],
];

/** A duration in its largest whole unit: `0 s`, `59 s`, `3 min`, `5 h`, `12 d`. */
export function formatDuration(ms: number): string {
  const positive = Math.max(0, ms);
  const [, unitMs, name] = STEPS.find(([limit]) => positive < limit) ?? [0, 1000, 's'];
  return `${formatCount(Math.floor(positive / unitMs))} ${name}`;
}

/** How long ago, in words. A clock that runs a little ahead says `now`, never a negative age. */
export const formatAge = (at: number, now: number): string =>
  now - at < 1000 ? 'now' : `${formatDuration(now - at)} ago`;

const two = (value: number): string => String(value).padStart(2, '0');

/** Local wall-clock time to the millisecond, with the date when it is not today. */
export function formatLocal(at: Date, now: Date): string {
  const ms = String(at.getMilliseconds()).padStart(3, '0');
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${ms}`;
  if (at.toDateString() === now.toDateString()) return time;
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
}

/** `2026-11-21 22:35:18.123 UTC`: exact, sortable and the same for everybody who reads it. */
export const formatUtc = (at: Date): string => at.toISOString().replace('T', ' ').replace('Z', ' UTC');

/** A hash or address in groups of four, as people compare them. */
export const groupsOf = (text: string, size = 4): string[] =>
  text.match(new RegExp(`.{1,${size}}`, 'g')) ?? [];
