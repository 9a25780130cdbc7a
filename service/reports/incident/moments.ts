/** A moment in UTC and as a clock on somebody's wall showed it. */
export interface Moment {
  readonly utc: string;
  readonly local: string;
}

/** @param zone an IANA name, known to be one */
export function momentsIn(zone: string): (at: string) => Moment {
  const wall = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone: zone, hourCycle: 'h23', timeZoneName: 'shortOffset' },
    ...{ year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
  });
  return (at) => {
    const date = new Date(at);
    const part = Object.fromEntries(wall.formatToParts(date).map(({ type, value }) => [type, value]));
    return {
      utc: `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`,
      local: `${part.year}-${part.month}-${part.day} ${part.hour}:${part.minute}:${part.second} ${part.timeZoneName}`,
    };
  };
}

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
] as const;

/** The two greatest units of a span: `1 h 12 min`. */
export function spanOf(ms: number): string {
  let rest = Math.abs(ms);
  const parts: string[] = [];
  for (const [unit, name] of UNITS) {
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    if (count > 0) parts.push(`${count} ${name}`);
  }
  return parts.slice(0, 2).join(' ') || '0 s';
}
