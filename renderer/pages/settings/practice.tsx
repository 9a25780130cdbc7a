import { useAsk } from '../../bridge/use-remote.ts';
import { Fact, Facts, Section } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { State } from '../../ui/state.tsx';
import { OpenPracticeButton, OpenPracticeOutcome, useOpenPractice } from '../parts/practice.tsx';
import { RemoteValue } from '../parts/remote.tsx';

/** Whether this console is for practice; if not, the way to the one that is. */
export function Practice() {
  const status = useAsk('practice.status');
  const { action, run } = useOpenPractice();
  return (
    <Section title="Practice" testId="practice">
      <RemoteValue
        remote={status}
        what="whether this console is for practice"
        skeleton={<SkeletonRows rows={2} waitingFor="whether this console is for practice" />}
      >
        {({ folder, simulator }) => (
          <>
            <Facts>
              <Fact label="This console">
                {simulator ? (
                  <State tone="warn" word="for practice: sample data only, for good" />
                ) : (
                  <State tone="ok" word="for real data: the simulator cannot run in it" />
                )}
              </Fact>
              <Fact label="Practice folder">
                <span className="select-all break-all font-mono text-small">{folder}</span>
              </Fact>
            </Facts>
            {simulator ? (
              <p className="max-w-[90ch] py-3 text-soft">
                It stays on its own service: no remote service, no webhook and no provider of models can be
                reached from here. To begin anew, close it and remove its folder.
              </p>
            ) : (
              <div className="flex items-center gap-4 py-3">
                <OpenPracticeButton action={action} run={run} />
                <span className="min-w-0 flex-1 text-soft">
                  A second console beside this one, with a vault, a service and a ledger of its own, and the
                  simulator one click away.
                </span>
              </div>
            )}
          </>
        )}
      </RemoteValue>
      <OpenPracticeOutcome action={action} />
    </Section>
  );
}
