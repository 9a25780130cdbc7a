import type { MintJob } from '../../../shared/http/mint-jobs.ts';
import { Button } from '../../ui/button.tsx';
import { formatCount } from '../../ui/format.ts';
import { Hash } from '../../ui/hash.tsx';
import { Command } from '../../ui/message.tsx';
import { Fact, Facts, Section } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { State } from '../../ui/state.tsx';
import { RemoteValue } from '../parts/remote.tsx';
import type { Act } from './act.tsx';
import { Events, Exports } from './lists.tsx';
import { Tokens } from './tokens.tsx';
import { TOKEN_SIGN, useCounts } from './use-minting.ts';

interface JobProps {
  readonly job: MintJob;
  readonly whyNot: string | null;
  readonly onAct: (act: Act) => void;
  readonly onExport: (job: MintJob) => void;
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

const COUNTED = ['issued', 'active', 'voided'] as const;

/** How many tokens are in which state. */
function Counts({ job }: { readonly job: MintJob }) {
  const counts = useCounts(job.id);
  return (
    <RemoteValue
      remote={counts}
      what="the counts"
      skeleton={<SkeletonRows rows={1} waitingFor="the counts" />}
    >
      {({ counts: found }) => (
        <p className="flex flex-wrap gap-6 text-body" data-testid="counts">
          <span>
            <strong className="font-semibold text-lead tabular-nums">{formatCount(found.tokens)}</strong>{' '}
            tokens
          </span>
          {COUNTED.map((state) => (
            <span key={state} className="inline-flex items-center gap-2 tabular-nums">
              <State {...TOKEN_SIGN[state]} /> {formatCount(found[state])}
            </span>
          ))}
        </p>
      )}
    </RemoteValue>
  );
}

/** What the tokens are tokens of, as whoever scans one reads it. */
function Product({ job: { product, activation, serialPattern } }: { readonly job: MintJob }) {
  return (
    <Section title="Product" testId="product">
      <Facts>
        <Fact label="Name">{product.name}</Fact>
        <Fact label="GTIN">
          {product.gtin ? (
            <code className="font-mono">{product.gtin}</code>
          ) : (
            'none; a scan finds it by its code only'
          )}
        </Fact>
        {product.description ? <Fact label="Description">{product.description}</Fact> : null}
        {product.url ? (
          <Fact label="More about it">
            <code className="break-all font-mono text-small">{product.url}</code>
          </Fact>
        ) : null}
        <Fact label="Serials">
          <code className="font-mono">{serialPattern}</code>, activation {activation.replace('_', ' ')}
        </Fact>
      </Facts>
    </Section>
  );
}

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
export function Job({ job, whyNot, onAct, onExport, onClose }: JobProps) {
  const about = { disabled: whyNot !== null, title: whyNot ?? undefined };
  return (
    <section aria-label={job.batchName} data-testid="job" className="flex flex-col gap-4">
      <header className="flex items-center gap-2">
        <h2 className="flex-1 font-semibold text-lead">{job.batchName}</h2>
        {actsOn(job).map((act) => (
          <Button
            key={act.route}
            {...about}
            kind={act.danger ? 'danger' : 'plain'}
            onClick={() => onAct(act)}
          >
            {act.sign.replace('Sign and ', '').replace(/^./, (first) => first.toUpperCase())}
          </Button>
        ))}
        {job.state === 'completed' ? (
          <Button {...about} onClick={() => onExport(job)}>
            Export the batch
          </Button>
        ) : null}
        <Button onClick={onClose}>Close the batch</Button>
      </header>
      {job.failure ? <p className="text-bad text-body">{job.failure}</p> : null}
      <Counts job={job} />
      <Product job={job} />
      <Completeness job={job} />
      <Tokens job={job} whyNot={whyNot} onAct={onAct} />
      <Exports job={job} />
      <Events job={job} />
    </section>
  );
}
