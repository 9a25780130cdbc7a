import type { LimitsState } from '../../../shared/http/limits.ts';
import { formatCount, formatRate } from '../../ui/format.ts';
import { Fact, Facts, Section } from '../../ui/section.tsx';
import { currentRate, SCOPE_WORD } from './use-limits.ts';

interface FigureProps {
  readonly label: string;
  readonly figure: string;
  readonly unit: string;
  readonly note: string;
}

const Figure = ({ label, figure, unit, note }: FigureProps) => (
  <div className="flex min-w-0 flex-col px-4 py-3 first:pl-0">
    <span className="text-small text-soft">{label}</span>
    <span className="font-semibold text-figure text-ink tabular-nums">
      {figure}
      <span className="ml-1 font-normal text-lead text-soft">{unit}</span>
    </span>
    <span className="truncate text-faint text-small">{note}</span>
  </div>
);

/** What the limiter does right now, and since the service started. */
export function Figures({ state }: { readonly state: LimitsState }) {
  const rate = currentRate(state);
  const { allowed, refused, subjects } = state.totals;
  const total = allowed + refused;
  const share = total === 0 ? 0 : (refused / total) * 100;
  return (
    <div className="grid grid-cols-4 divide-x divide-line border-line border-y" data-testid="limits-figures">
      <Figure
        label="Allowed now"
        figure={formatRate(rate?.allowed ?? 0)}
        unit="/s"
        note={`${formatCount(allowed)} since the start`}
      />
      <Figure
        label="Refused now"
        figure={formatRate(rate?.refused ?? 0)}
        unit="/s"
        note={`${formatCount(refused)} since the start`}
      />
      <Figure
        label="Share refused"
        figure={formatRate(share)}
        unit="%"
        note={`of ${formatCount(total)} requests since the start`}
      />
      <Figure
        label="Subjects in a window"
        figure={formatCount(subjects)}
        unit=""
        note="addresses, keys, operators"
      />
    </div>
  );
}

/** The rules in force, one line each. */
export const Rules = ({ state }: { readonly state: LimitsState }) => (
  <Section title="Rules in force" aside="a key has its own limit where it names one">
    <Facts>
      {state.rules.map((rule) => (
        <Fact key={rule.scope} label={`Each ${SCOPE_WORD[rule.scope]}`}>
          {formatCount(rule.limit)} requests in any {rule.windowSeconds} s
        </Fact>
      ))}
    </Facts>
  </Section>
);
