import { formatAge, formatLocal, formatUtc } from './format.ts';
import { Tooltip } from './tooltip.tsx';

interface TimeProps {
  readonly at: string;
  readonly now: number;
}

/** Local time to the millisecond; the exact UTC time is its title. For rows that repeat a thousandfold. */
export function LocalTime({ at, now }: TimeProps) {
  const date = new Date(at);
  return (
    <time dateTime={at} title={formatUtc(date)} className="tabular-nums">
      {formatLocal(date, new Date(now))}
    </time>
  );
}

/** Both clocks in full: the reader's and everybody's. */
export function FullTime({ at, now }: TimeProps) {
  const date = new Date(at);
  return (
    <time dateTime={at} className="flex flex-col tabular-nums">
      <span>{formatLocal(date, new Date(now))} local</span>
      <span className="text-faint">{formatUtc(date)}</span>
    </time>
  );
}

/** How long ago; the exact UTC time on hover and on focus. */
export function RelativeTime({ at, now }: TimeProps) {
  const date = new Date(at);
  return (
    <Tooltip text={formatUtc(date)}>
      <time dateTime={at} className="tabular-nums">
        {formatAge(date.getTime(), now)}
      </time>
    </Tooltip>
  );
}
