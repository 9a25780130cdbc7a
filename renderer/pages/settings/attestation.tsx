import type { Diagnosis } from '../../../shared/ipc/diagnostics.ts';
import { useAsk } from '../../bridge/use-remote.ts';
import { Button } from '../../ui/button.tsx';
import { Section } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { State, type Tone } from '../../ui/state.tsx';
import { RemoteValue } from '../parts/remote.tsx';

const LOOKS: Record<Diagnosis['status'], { readonly tone: Tone; readonly word: string }> = {
  ok: { tone: 'ok', word: 'as it should be' },
  weak: { tone: 'warn', word: 'weak' },
  failed: { tone: 'bad', word: 'failed' },
  unknown: { tone: 'absent', word: 'not known' },
};

/** As many as there are steps. */
const ROWS = 10;

const Row = ({ title, status, evidence, remedy, step }: Diagnosis) => (
  <tr className="border-line border-b align-top" data-testid={`attested-${step}`}>
    <th scope="row" className="py-2 pr-4 text-left font-medium text-ink">
      {title}
    </th>
    <td className="py-2 pr-4">
      <State {...LOOKS[status]} className="whitespace-nowrap" />
    </td>
    <td className="py-2">
      <p className="text-soft [overflow-wrap:anywhere]">{evidence}</p>
      {remedy === null ? null : <p className="text-ink">{remedy}</p>}
    </td>
  </tr>
);

/** What this console finds out about itself: what was read, and what a person can do about it. */
export function Attestation() {
  const found = useAsk('diagnostics.run');
  return (
    <Section title="Self-attestation" testId="attestation" aside="looked at when this screen was opened">
      <RemoteValue
        remote={found}
        what="what this console found out about itself"
        skeleton={<SkeletonRows rows={ROWS} waitingFor="what this console finds out about itself" />}
      >
        {(steps) => (
          <table className="w-full text-body">
            <caption className="sr-only">What this console found out about itself</caption>
            <thead className="text-faint text-small">
              <tr className="h-7 text-left">
                {['Step', 'State', 'Evidence, and what to do'].map((title) => (
                  <th key={title} scope="col" className="font-normal">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {steps.map((one) => (
                <Row key={one.step} {...one} />
              ))}
            </tbody>
          </table>
        )}
      </RemoteValue>
      <div className="py-3">
        <Button onClick={() => found.retry()}>Look again</Button>
      </div>
    </Section>
  );
}
