import type { EnrolmentStatus } from '../../../shared/ipc/app.ts';
import { useService, useStores } from '../../stores/stores.tsx';
import { Button } from '../../ui/button.tsx';
import { Section } from '../../ui/section.tsx';
import { State, type Tone } from '../../ui/state.tsx';
import { OpenPracticeButton, OpenPracticeOutcome, useOpenPractice } from '../parts/practice.tsx';

/** A log this short is a service that nobody has used yet; from here on the overview speaks for itself. */
const FEW_ENTRIES = 25;

const APART =
  'Give an agent a key. Or look around first in a practice console beside this one: SIMULATED traffic is played there, and never meets real data.';
const SIMULATE = 'Run the simulator above, or give an agent a key.';

interface StartProps {
  readonly enrolment: EnrolmentStatus | undefined;
  /** Entries of the log; undefined while that is not known. */
  readonly entries: number | undefined;
  /** The simulator stands above the steps. */
  readonly isPractice: boolean;
}

interface StepProps {
  readonly name: string;
  readonly tone: Tone;
  readonly word: string;
  readonly says: string;
  readonly children?: React.ReactNode;
}

const Step = ({ name, tone, word, says, children }: StepProps) => (
  <li className="grid grid-cols-[minmax(0,1fr)_max-content] items-center gap-4 border-line border-b py-2">
    <span className="flex min-w-0 flex-col gap-0.5">
      <span className="flex items-center gap-3 text-body text-ink">
        {name}
        <State tone={tone} word={word} className="text-small" />
      </span>
      <span className="max-w-[90ch] text-small text-soft">{says}</span>
    </span>
    <span className="flex gap-2">{children}</span>
  </li>
);

/** The way from an empty screen to a live one, step by step; gone as soon as there is something to see. */
export function GettingStarted({ enrolment, entries, isPractice }: StartProps) {
  const { ui } = useStores();
  const service = useService().status;
  const opening = useOpenPractice();
  const enrolled = enrolment?.state === 'enrolled';
  const quiet = entries !== undefined && entries < FEW_ENTRIES;
  if (enrolment === undefined || (enrolled && !quiet)) return null;
  const runs = service?.state === 'running';
  return (
    <Section
      title="First steps"
      testId="getting-started"
      aside={
        <Button small kind="link" onClick={() => ui.openHelp('first-hour')}>
          Read along
        </Button>
      }
    >
      <ol>
        <Step
          name="1. The service runs"
          tone={runs ? 'ok' : 'busy'}
          word={runs ? 'done' : (service?.state ?? 'asking')}
          says="Database, integrator and API start by themselves. Agents call the address in the bar above."
        />
        <Step
          name="2. This console may sign"
          tone={enrolled ? 'ok' : 'busy'}
          word={enrolled ? 'done' : 'next'}
          says="Enrol as the first operator. The code is read from this host; you give your name and sign one card."
        >
          {enrolled ? null : (
            <Button kind="primary" disabled={!runs} onClick={() => ui.go('operators', 'enrol')}>
              Enrol
            </Button>
          )}
        </Step>
        <Step
          name="3. Something happens"
          tone={enrolled ? 'busy' : 'absent'}
          word={enrolled ? 'next' : 'later'}
          says={isPractice ? SIMULATE : APART}
        >
          <Button disabled={!enrolled} onClick={() => ui.go('keys', 'create-key')}>
            Create a key
          </Button>
          {isPractice ? null : <OpenPracticeButton {...opening} />}
        </Step>
      </ol>
      <OpenPracticeOutcome action={opening.action} />
    </Section>
  );
}
