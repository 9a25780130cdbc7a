import type { UpdateReport } from '../../../shared/ipc/updates.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { useAsk } from '../../bridge/use-remote.ts';
import { Button } from '../../ui/button.tsx';
import { Banner } from '../../ui/message.tsx';
import { Fact, Facts, Section } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { State } from '../../ui/state.tsx';
import { RemoteValue } from '../parts/remote.tsx';

const CHANNEL = {
  open: { tone: 'ok', word: 'open: releases are checked against pinned keys' },
  closed: { tone: 'idle', word: 'closed: no release key is pinned in this build' },
} as const;

function Found({ report: { found, refused, installed } }: { report: UpdateReport }) {
  if (refused)
    return (
      <Banner tone="bad" role="alert">
        {refused.message}
      </Banner>
    );
  if (!found) return null;
  if (!found.isNewer)
    return <Banner tone="info">The manifest offers {installed}, which runs already.</Banner>;
  return (
    <Banner tone="info">
      Sallyport {found.version} is whole and signed with {found.keyId}, as release number {found.sequence}.
      Quit this console, then install it from {found.path}.
    </Banner>
  );
}

/** The update channel: a person brings a manifest and a package, main judges both. */
export function Updates() {
  const bridge = useBridge();
  const status = useAsk('updates.status');
  const { action, run } = useAction(() => bridge.ask('updates.check', undefined));
  const running = action.state === 'running';
  return (
    <Section title="Updates" testId="updates">
      <RemoteValue
        remote={status}
        what="the update channel"
        skeleton={<SkeletonRows rows={2} waitingFor="the update channel" />}
      >
        {(report) => (
          <>
            <Facts>
              <Fact label="Channel">
                <State {...CHANNEL[report.state]} />
              </Fact>
              <Fact label="Installed">{report.installed}</Fact>
            </Facts>
            <div className="flex items-center gap-4 py-3">
              <Button disabled={running || report.state === 'closed'} onClick={() => void run()}>
                {running ? 'Waiting for a manifest' : 'Check a release'}
              </Button>
            </div>
          </>
        )}
      </RemoteValue>
      <div aria-live="polite">
        {action.state === 'done' ? <Found report={action.value} /> : null}
        {action.state === 'failed' ? (
          <Banner tone="bad" role="alert">
            {action.error.message}
          </Banner>
        ) : null}
      </div>
    </Section>
  );
}
