import type { HeadReport } from '../../../shared/ipc/evidence.ts';
import type { useAsk } from '../../bridge/use-remote.ts';
import { Button } from '../../ui/button.tsx';
import { formatCount } from '../../ui/format.ts';
import { Hash } from '../../ui/hash.tsx';
import { Banner } from '../../ui/message.tsx';
import { State } from '../../ui/state.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { HEAD_WORDS, isBelieved } from './head-words.ts';

type Head = NonNullable<HeadReport['head']>;

const Labelled = ({ label, children }: { readonly label: string; readonly children: React.ReactNode }) => (
  <div className="flex min-w-0 items-baseline gap-1.5">
    <dt className="shrink-0 text-faint">{label}</dt>
    <dd className="min-w-0 text-ink">{children}</dd>
  </div>
);

const Side = ({ name, head }: { readonly name: string; readonly head: Head }) => (
  <section aria-label={name} className="min-w-0 flex-1">
    <h3 className="text-faint text-small">
      {name}: <span className="text-ink">{formatCount(head.size)} entries</span>, {head.origin}
    </h3>
    <Hash value={head.root} what={`the root of the ${name.toLowerCase()}`} />
  </section>
);

/** What is wrong with the newest head, and both heads, so that they can be compared with somebody else's. */
function Alarm({ report }: { readonly report: HeadReport }) {
  const { state, problem, head, last, keyIds } = report;
  const { word, advice } = HEAD_WORDS[state];
  return (
    <Banner tone="bad" role="alert" testId="head-alarm">
      <p className="font-medium">
        {word}. {problem}.
      </p>
      <p>
        {advice}
        {state === 'unknown-key' ? ` It is signed by ${keyIds.join(', ')}.` : ''} No proof is led to this
        head.
      </p>
      <div className="mt-2 flex flex-wrap gap-6">
        {last ? <Side name="Last head verified here" head={last} /> : null}
        {head ? <Side name="Newest head" head={head} /> : null}
      </div>
    </Banner>
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
        <RelativeTime at={signedAt} now={now} />
      </Labelled>
      <Labelled label="Witnesses">
        {witnesses.length > 0 ? (
          <State tone="ok" word={witnesses.join(', ')} />
        ) : (
          <State tone="idle" word="self-attested" title="Nobody outside the service cosigned this head." />
        )}
      </Labelled>
      <Labelled label="Root">
        <Hash value={head.root} what="the root of the log" />
      </Labelled>
    </dl>
  );
}

/** How far the log on the screen can be relied on; always in sight. */
export function Verification({ remote }: { readonly remote: ReturnType<typeof useAsk<'evidence.head'>> }) {
  const { data, error, retry } = remote;
  return (
    <section aria-label="Verification" className="border-line border-t px-(--page) py-2">
      {data?.head ? <Checkpoint report={data} head={data.head} /> : null}
      {!data && !error ? <State tone="busy" word="verifying the newest head" className="text-small" /> : null}
      {error ? (
        <p className="flex items-center gap-2 text-small" data-testid="head-unread">
          <State tone="warn" word={data ? 'the head shown is not the newest' : 'not verified'} />
          <span className="text-soft">{error.message}</span>
          <Button kind="link" small onClick={retry}>
            Retry
          </Button>
        </p>
      ) : null}
      {data && !isBelieved(data) ? <Alarm report={data} /> : null}
    </section>
  );
}
