import { memo } from 'react';
import type { HeadReport } from '../../../shared/ipc/evidence.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import type { useAsk } from '../../bridge/use-remote.ts';
import { Button } from '../../ui/button.tsx';
import { formatCount } from '../../ui/format.ts';
import { Hash } from '../../ui/hash.tsx';
import { State } from '../../ui/state.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { useEnrolment, whyNotSign } from '../parts/enrolment.tsx';
import { Alarm } from './alarm.tsx';
import { HEAD_WORDS, isBelieved } from './head-words.ts';
import { MirrorState } from './mirror.tsx';
import { HeadUnread } from './unread.tsx';

type Head = NonNullable<HeadReport['head']>;

const Labelled = ({ label, children }: { readonly label: string; readonly children: React.ReactNode }) => (
  <div className="flex min-w-0 items-baseline gap-1.5">
    <dt className="shrink-0 text-faint">{label}</dt>
    <dd className="min-w-0 text-ink">{children}</dd>
  </div>
);

/** A head that nobody else cosigned: how far this console did, or the way to begin. */
function OwnWitness({ report: { cosigned, witness } }: { readonly report: HeadReport }) {
  const bridge = useBridge();
  const { action, run } = useAction(() => bridge.ask('evidence.registerWitness', undefined));
  const { data: enrolment } = useEnrolment();
  const whyNot = whyNotSign(enrolment, 'ledger.registerWitness');
  if (cosigned) return <State tone="ok" word={`this console, up to ${formatCount(cosigned.size)} entries`} />;
  return (
    <span className="flex items-center gap-2">
      <State tone="idle" word="self-attested" title="Nobody outside the service cosigned this head." />
      {witness.registered ? null : (
        <Button
          kind="link"
          small
          disabled={whyNot !== null || action.state === 'running'}
          title={whyNot ?? undefined}
          onClick={() => void run()}
        >
          Witness it from here
        </Button>
      )}
      {action.state === 'running' ? <State tone="busy" word="waiting for the signing window" /> : null}
      {action.state === 'failed' ? <span role="alert">{action.error.message}</span> : null}
    </span>
  );
}

function Checkpoint({ report, head }: { readonly report: HeadReport; readonly head: Head }) {
  const now = useNow();
  const { tone, word } = HEAD_WORDS[report.state];
  const { keyIds, witnesses, signedAt } = report;
  return (
    <dl className="flex flex-wrap items-center gap-x-5 gap-y-1 text-small" data-testid="head">
      <Labelled label="Log">
        <State tone={tone} word={word} />
      </Labelled>
      <Labelled label="Checkpoint">{formatCount(head.size)} entries</Labelled>
      <Labelled label="Signed">
        {keyIds.length > 0 ? (
          <>
            by key <code className="select-all font-mono">{keyIds.join(', ')}</code>{' '}
          </>
        ) : null}
        {signedAt === null ? null : <RelativeTime at={signedAt} now={now} />}
      </Labelled>
      <Labelled label="Witnesses">
        {witnesses.length > 0 ? (
          <State tone="ok" word={witnesses.join(', ')} />
        ) : (
          <OwnWitness report={report} />
        )}
      </Labelled>
      <Labelled label="Off this host">
        <MirrorState />
      </Labelled>
      <Labelled label="Root">
        <Hash value={head.root} what="the root of the log" />
      </Labelled>
    </dl>
  );
}

/** How far the log on the screen can be relied on; always in sight. */
export const Verification = memo(function Verification({
  remote,
}: {
  readonly remote: ReturnType<typeof useAsk<'evidence.head'>>;
}) {
  const { data, error, at, retry } = remote;
  return (
    <section aria-label="Verification" className="border-line border-t px-(--page) py-2">
      {data?.head ? <Checkpoint report={data} head={data.head} /> : null}
      {!data && !error ? <State tone="busy" word="verifying the newest head" className="text-small" /> : null}
      {error ? <HeadUnread error={error} at={data ? at : null} onRetry={retry} /> : null}
      {data && !isBelieved(data) ? <Alarm report={data} /> : null}
    </section>
  );
});
