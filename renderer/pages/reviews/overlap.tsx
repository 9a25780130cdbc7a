import type { Overlap } from '../../../shared/http/market-admin.ts';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { Section } from '../../ui/section.tsx';
import { State, type Tone } from '../../ui/state.tsx';
import { ENOUGH, heatMap, heatOf, SUSPICIOUS } from './heat.ts';
import { AgentName } from './words.tsx';

const WASH: Partial<Record<Tone, string>> = { bad: 'bg-bad-wash', ok: 'bg-ok-wash' };

interface CellProps {
  readonly pair: Overlap | undefined;
  readonly whyNot: string | null;
  readonly onFlag: (agent: string, other: string) => void;
}

/** Approvals of decisions, a word for what that is, and the way to flag the pair. */
function Cell({ pair, whyNot, onFlag }: CellProps) {
  if (!pair) return <td className="px-2 text-center text-faint">none</td>;
  const heat = heatOf(pair);
  return (
    <td data-testid="heat-cell" className={cx('px-2 py-1 align-middle', WASH[heat.tone])}>
      <span className="flex items-center justify-between gap-2">
        <span className="flex flex-col">
          <span className="tabular-nums">
            {pair.approvals} of {pair.decisions}
          </span>
          <State tone={heat.tone} word={heat.word} className="text-small" />
        </span>
        {pair.flagged ? null : (
          <Button
            kind="quiet"
            small
            disabled={whyNot !== null}
            title={whyNot ?? undefined}
            aria-label={`Flag ${pair.reviewer} with ${pair.submitter}`}
            onClick={() => onFlag(pair.reviewer, pair.submitter)}
          >
            Flag
          </Button>
        )}
      </span>
    </td>
  );
}

interface OverlapProps {
  readonly pairs: readonly Overlap[];
  readonly whyNot: string | null;
  readonly onFlag: (agent: string, other: string) => void;
}

/** Who decided on whose work: reviewers down, submitters across. */
export function OverlapMap({ pairs, whyNot, onFlag }: OverlapProps) {
  const map = heatMap(pairs);
  return (
    <Section
      title="Who decides on whose work"
      aside={`the busiest ${map.reviewers.length} by ${map.submitters.length}`}
      testId="overlap"
    >
      <p className="py-2 text-small text-soft">
        Approvals of decisions. From {ENOUGH} decisions on, more than {SUSPICIOUS * 100} % approvals stand
        out.
      </p>
      <div className="overflow-auto">
        <table aria-label="Overlap of reviewers and submitters" className="border-collapse text-body">
          <thead className="text-small">
            <tr className="border-line border-b">
              <th scope="col" className="px-2 text-left font-medium text-faint first:pl-0">
                Reviewer
              </th>
              {map.submitters.map((id) => (
                <th key={id} scope="col" className="px-2 py-1 text-left font-normal">
                  <AgentName id={id} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {map.reviewers.map((reviewer) => (
              <tr key={reviewer} className="border-line border-b">
                <th scope="row" className="py-1 pr-2 text-left font-normal">
                  <AgentName id={reviewer} />
                </th>
                {map.submitters.map((submitter) => (
                  <Cell key={submitter} pair={map.at(reviewer, submitter)} whyNot={whyNot} onFlag={onFlag} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}
