import type { MintJob } from '../../../shared/http/mint-jobs.ts';
import { Button } from '../../ui/button.tsx';
import { formatCount } from '../../ui/format.ts';
import { Hash } from '../../ui/hash.tsx';
import { Command } from '../../ui/message.tsx';
import { Fact, Facts, Section } from '../../ui/section.tsx';
import type { Act } from './act.tsx';
import { Events, Exports, Tokens } from './lists.tsx';

interface JobProps {
  readonly job: MintJob;
  readonly whyNot: string | null;
  readonly onAct: (act: Act) => void;
  readonly onClose: () => void;
}

const actsOn = ({ id, state, batchName }: MintJob): Act[] => {
  const about = { params: { job: id }, body: { batchName } };
  const pause: Act = {
    ...{ ...about, route: 'mint.pause', title: `Pause ${batchName}`, sign: 'Sign and pause' },
    says: 'The worker stops behind its last token. What is minted stays.',
  };
  const resume: Act = {
    ...{ ...about, route: 'mint.resume', title: `Resume ${batchName}`, sign: 'Sign and resume' },
    says: 'A worker goes on behind the last token.',
  };
  const cancel: Act = {
    ...{ ...about, route: 'mint.cancel', title: `Cancel ${batchName}`, sign: 'Sign and cancel for ever' },
    ...{ says: 'The rest of the batch is never minted. It cannot be undone.', danger: true },
  };
  if (state === 'paused') return [resume, cancel];
  return state === 'queued' || state === 'running' ? [pause, cancel] : [];
};

const exportOf = ({ id, brandId, batchName }: MintJob, format: 'jsonl' | 'csv'): Act => ({
  ...{ route: 'mint-exports.create', title: `Export ${batchName}`, sign: 'Sign and export' },
  body: { brandId, jobId: id, format },
  says: 'All codes of these tokens go into a file that members of the brand can read.',
});

/** Exactly the requested set, no duplicate, no hole: what proves it, and how to check it without this console. */
function Completeness({ job }: { readonly job: MintJob }) {
  return (
    <Section title="Completeness" testId="completeness">
      <Facts>
        <Fact label="Root">
          {job.root ? <Hash value={job.root} what="the root" /> : 'It is there once the batch is completed.'}
        </Fact>
        <Fact label="Count">
          {formatCount(job.done)} of {formatCount(job.quantity)}, positions 1 to {formatCount(job.done)}
          {job.reissued > 0 ? `; ${formatCount(job.reissued)} re-issued stand behind it, outside` : ''}
        </Fact>
        <Fact label="Verify">
          Export the batch as JSON Lines, then compare the root that this prints with the one above.
          <Command>{'npm run -s verify -- EXPORT.jsonl --bundle BUNDLE.jsonl --trust KEYS.json'}</Command>
        </Fact>
      </Facts>
    </Section>
  );
}

/** One batch: its proof, what can be done with it, its tokens, exports and events. */
export function Job({ job, whyNot, onAct, onClose }: JobProps) {
  const acts = [
    ...actsOn(job),
    ...(job.state === 'completed' ? [exportOf(job, 'jsonl'), exportOf(job, 'csv')] : []),
  ];
  return (
    <section aria-label={job.batchName} data-testid="job" className="flex flex-col gap-4">
      <header className="flex items-center gap-2">
        <h2 className="flex-1 font-semibold text-lead">{job.batchName}</h2>
        {acts.map((act) => (
          <Button
            key={`${act.route} ${String(act.body.format ?? '')}`}
            kind={act.danger ? 'danger' : 'plain'}
            disabled={whyNot !== null}
            title={whyNot ?? undefined}
            onClick={() => onAct(act)}
          >
            {act.sign.replace('Sign and ', '').replace(/^./, (first) => first.toUpperCase())}
            {act.body.format ? ` as ${String(act.body.format)}` : ''}
          </Button>
        ))}
        <Button onClick={onClose}>Close the batch</Button>
      </header>
      {job.failure ? <p className="text-bad text-body">{job.failure}</p> : null}
      <Completeness job={job} />
      <Tokens job={job} whyNot={whyNot} onAct={onAct} />
      <Exports job={job} />
      <Events job={job} />
    </section>
  );
}
