import { useState } from 'react';
import type { HeadReport } from '../../../shared/ipc/evidence.ts';
import type { LedgerEntry } from '../../../shared/ledger/entry.ts';
import { type InclusionVerdict, judgeInclusion, type Known } from '../../../shared/ledger/inclusion.ts';
import { sha256 } from '../../../shared/ledger/pure-sha256.ts';
import { useCall } from '../../bridge/use-remote.ts';
import { Button } from '../../ui/button.tsx';
import { formatCount } from '../../ui/format.ts';
import { Hash } from '../../ui/hash.tsx';
import { Section } from '../../ui/section.tsx';
import { Shape, State, type Tone } from '../../ui/state.tsx';
import { isBelieved } from './head-words.ts';

const covers = (begin: number, end: number): string =>
  end - begin === 1 ? `entry ${formatCount(begin)}` : `entries ${formatCount(begin)}–${formatCount(end - 1)}`;

interface NodeProps {
  readonly tone: Tone;
  readonly title: string;
  readonly hash: string;
  readonly what: string;
  readonly children?: React.ReactNode;
}

const Node = ({ tone, title, hash, what, children }: NodeProps) => (
  <li className="relative border-line-strong border-l py-2 pl-4 last:border-l-transparent">
    <span className="-left-[5px] absolute top-3 bg-panel">
      <Shape tone={tone} />
    </span>
    <p className="text-small text-soft">{title}</p>
    <Hash value={hash} what={what} />
    {children}
  </li>
);

/** The way from the leaf to the root: each node with the sibling that it is hashed with. */
function Path({ known, verdict }: { readonly known: Known; readonly verdict: InclusionVerdict }) {
  const { steps, state } = verdict;
  const end: Tone = state === 'verified' ? 'ok' : 'bad';
  const sibling = (index: number) => {
    const step = steps[index];
    if (!step) return null;
    return (
      <div className="mt-1 border-line border-l-2 pl-2">
        <p className="text-faint text-small">
          hashed with its {step.side} sibling, {covers(step.begin, step.end)}
        </p>
        <Hash value={step.sibling} what={`sibling ${index + 1}`} picture={false} />
      </div>
    );
  };
  return (
    <ol aria-label="Path from the leaf to the root" className="ml-1.5" data-testid="proof-path">
      <Node
        tone={steps.length === 0 ? end : 'idle'}
        title={steps.length === 0 ? 'Leaf, which is the root' : 'Leaf'}
        hash={known.leafHash}
        what="the leaf"
      >
        {sibling(0)}
      </Node>
      {steps.map((step, index) => {
        const last = index === steps.length - 1;
        return (
          <Node
            key={`${step.begin}-${step.end}`}
            tone={last ? end : 'idle'}
            title={last ? 'What the path leads to' : `Node ${index + 1}`}
            hash={step.hash}
            what={last ? 'the end of the path' : `node ${index + 1}`}
          >
            {last ? null : sibling(index + 1)}
          </Node>
        );
      })}
    </ol>
  );
}

const Differences = ({ verdict }: { readonly verdict: InclusionVerdict }) => (
  <ul role="alert" className="flex flex-col gap-2 py-2 text-bad text-small" data-testid="proof-differs">
    {verdict.differences.map(({ what, expected, found }) => (
      <li key={what}>
        The {what} differs.
        <code className="block break-all font-mono">expected {expected}</code>
        <code className="block break-all font-mono">found {found}</code>
      </li>
    ))}
  </ul>
);

/** Asks for the proof against one verified head, and judges it here: the service's own word counts for nothing. */
function ProofAgainst({ known }: { readonly known: Known }) {
  const { number, head } = known;
  const { data, error, retry } = useCall('ledger.inclusion', { query: { number, size: head.size } });
  if (error && !data)
    return (
      <p className="flex flex-wrap items-center gap-2 py-2 text-small">
        <State tone="warn" word="not verified" />
        <span className="text-soft">{error.message}</span>
        <Button kind="link" small onClick={retry}>
          Retry
        </Button>
      </p>
    );
  if (!data) return <State tone="busy" word="verifying" className="py-2" />;
  const verdict = judgeInclusion(sha256, known, data);
  const verified = verdict.state === 'verified';
  return (
    <>
      <p className="py-2">
        <State tone={verified ? 'ok' : 'bad'} word={verified ? 'verified' : 'failed'} />{' '}
        <span className="text-small text-soft">
          {verified
            ? `This leaf is in the log of ${formatCount(head.size)} entries that the ledger key signed.`
            : 'The service did not prove that this leaf is in the log.'}
        </span>
      </p>
      {verified ? null : <Differences verdict={verdict} />}
      <Path known={known} verdict={verdict} />
      <p className="py-2 text-faint text-small">
        Checkpoint of {formatCount(head.size)} entries. The leaf commits to every field with a salt; a bundle
        holds the salts and so proves the fields too.
      </p>
    </>
  );
}

interface ProofProps {
  readonly entry: LedgerEntry;
  readonly report: HeadReport | undefined;
}

function Judged({ entry, report }: ProofProps) {
  const { id, number, leafHash } = entry;
  // The first head that covers the entry serves as long as the entry is shown: a log that grows must not redraw the path.
  const [head, setHead] = useState<HeadReport['head']>(null);
  const usable = report && isBelieved(report) ? report.head : null;
  if (!head && usable && number !== null && number < usable.size) setHead(usable);
  if (number === null || leafHash === null)
    return <State tone="busy" word="pending: not numbered yet" className="py-2" />;
  if (head) return <ProofAgainst known={{ id, number, leafHash, head }} />;
  if (report && !isBelieved(report))
    return <State tone="bad" word="failed: the newest head of the log is not verified" className="py-2" />;
  return (
    <State
      tone="busy"
      word={report ? 'pending: not under a signed head yet' : 'verifying the newest head'}
      className="py-2"
    />
  );
}

/** Whether this entry is in the log, verified in the console. Keyed by entry: another entry is another proof. */
export const InclusionProof = ({ entry, report }: ProofProps) => (
  <Section title="Proof of inclusion" testId="inclusion">
    <Judged key={`${entry.id} ${entry.leafHash}`} entry={entry} report={report} />
  </Section>
);
