import { useState } from 'react';
import type { Containment } from '../../../shared/http/containment.ts';
import type { EnrolmentStatus } from '../../../shared/ipc/app.ts';
import { useStores } from '../../stores/stores.tsx';
import { Button } from '../../ui/button.tsx';
import { formatCount } from '../../ui/format.ts';
import { EmptyState } from '../../ui/message.tsx';
import { Section } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { State } from '../../ui/state.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { whyNotSign } from '../parts/enrolment.tsx';
import { useOperatorName } from '../parts/operator-name.ts';
import { RemoteValue } from '../parts/remote.tsx';
import { Release } from './release.tsx';
import { useContainments } from './use-incidents.ts';
import { ACTION_WORD, KIND_WORD } from './words.ts';

type Step = Containment['steps'][number];

/** A step is done only when a look has found nothing left: steps behind it may have begun already. */
function StepState({ step, running }: { readonly step: Step; readonly running: boolean }) {
  if (step.doneAt) return <State tone="ok" word="nothing left" />;
  return running ? <State tone="busy" word="revoking" /> : <State tone="idle" word="waits" />;
}

interface SignInProps {
  readonly containment: Containment;
  readonly enrolment: EnrolmentStatus | undefined;
}

/** Whether the contained account gets in with its password, and the way to let it. */
function SignIn({ containment, enrolment }: SignInProps) {
  const now = useNow();
  const [releasing, setReleasing] = useState(false);
  const whyNot = whyNotSign(enrolment, 'containments.release');
  if (containment.releasedAt)
    return (
      <p className="flex min-h-8 items-center gap-3 text-small text-soft">
        <State tone="idle" word="may sign in" />
        <span>
          Released by two persons <RelativeTime at={containment.releasedAt} now={now} />.
        </span>
      </p>
    );
  const waits = containment.finishedAt ? null : 'When nothing is left to revoke';
  return (
    <p className="flex min-h-8 items-center gap-3 text-small text-soft">
      <State tone="ok" word="cannot sign in" />
      <span className="flex-1">Its password opens no session until two persons release it.</span>
      <Button
        small
        disabled={whyNot !== null || waits !== null}
        title={whyNot ?? waits ?? undefined}
        onClick={() => setReleasing(true)}
      >
        Release
      </Button>
      {releasing ? (
        <Release containment={containment} blocked={whyNot} onClose={() => setReleasing(false)} />
      ) : null}
    </p>
  );
}

interface OneProps extends SignInProps {
  readonly nameOf: (operatorId: string) => string;
}

function One({ containment, enrolment, nameOf }: OneProps) {
  const now = useNow();
  const { ui } = useStores();
  const { steps, finishedAt, kind, name, credentialId, id } = containment;
  const done = steps.filter(({ doneAt }) => doneAt !== null).length;
  const next = steps.find(({ doneAt }) => doneAt === null);
  return (
    <Section
      title={`${KIND_WORD[kind]}: ${name}`}
      testId="containment"
      aside={
        <span className="flex items-center gap-3">
          {finishedAt ? (
            <State tone="ok" word="all revoked" />
          ) : (
            <State tone="busy" word={`${done} of ${steps.length} steps done, resumes by itself`} />
          )}
          <Button kind="link" small onClick={() => ui.showLedger({ text: id })}>
            Evidence
          </Button>
        </span>
      }
    >
      <p className="py-1.5 text-small text-soft">
        Ordered by {nameOf(containment.orderedBy)} <RelativeTime at={containment.orderedAt} now={now} />:{' '}
        {containment.reason}
        {containment.incidentId ? (
          <Button
            kind="link"
            small
            onClick={() => ui.showIncidents({ tab: 'incidents', incident: containment.incidentId })}
          >
            Its incident
          </Button>
        ) : null}
      </p>
      <meter
        className="sr-only"
        aria-label={`Steps of containing ${credentialId}`}
        min={0}
        max={steps.length}
        value={done}
      >
        {done} of {steps.length}
      </meter>
      <ol>
        {steps.map((step) => (
          <li
            key={`${step.action} ${step.target}`}
            className="flex min-h-8 items-center gap-3 border-line border-b text-body"
          >
            <span className="w-[130px]">
              <StepState step={step} running={step === next} />
            </span>
            <span className="flex-1">{ACTION_WORD[step.action]}</span>
            <code className="font-mono text-faint text-small">{step.target}</code>
            <span className="w-[14ch] text-right tabular-nums">{formatCount(step.revoked)} revoked</span>
          </li>
        ))}
      </ol>
      {kind === 'account' ? <SignIn containment={containment} enrolment={enrolment} /> : null}
    </Section>
  );
}

/** What was ordered and how far it has come, newest first. */
export function Containments({ enrolment }: Pick<SignInProps, 'enrolment'>) {
  const remote = useContainments();
  const nameOf = useOperatorName();
  return (
    <RemoteValue
      remote={remote}
      what="the containments"
      skeleton={<SkeletonRows rows={6} waitingFor="the containments" />}
    >
      {({ containments }) =>
        containments.length > 0 ? (
          containments.map((one) => (
            <One key={one.id} containment={one} enrolment={enrolment} nameOf={nameOf} />
          ))
        ) : (
          <EmptyState testId="empty-containments" title="Nothing was ever contained">
            <p>Assume a credential stolen to see what it reaches; one signature then ends all of it.</p>
          </EmptyState>
        )
      }
    </RemoteValue>
  );
}
