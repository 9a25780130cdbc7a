import { useState } from 'react';
import type { Brand } from '../../../shared/http/brands.ts';
import type { MintJob } from '../../../shared/http/mint-jobs.ts';
import { Button } from '../../ui/button.tsx';
import { Fact, Facts } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useEnrolment, whyNotSign } from '../parts/enrolment.tsx';
import { Freshness, RemoteValue } from '../parts/remote.tsx';
import { type Act, ActDialog } from './act.tsx';
import { ExportBatch } from './export.tsx';
import { Job } from './job.tsx';
import { Jobs } from './jobs.tsx';
import { Members } from './members.tsx';
import { SubmitJob } from './submit.tsx';
import { MAY, useJobs, whyNotOrder } from './use-minting.ts';

const NO_ROWS = 6;

type Asked =
  | { readonly kind: 'order' }
  | { readonly kind: 'act'; readonly act: Act }
  | { readonly kind: 'export'; readonly job: MintJob };

interface AskedProps {
  readonly asked: Asked;
  readonly brandId: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** The one dialog that is open. */
function AskedDialog({ asked, brandId, ...ends }: AskedProps) {
  const enrolment = useEnrolment().data;
  if (asked.kind === 'order')
    return <SubmitJob brandId={brandId} blocked={whyNotSign(enrolment, 'mint.submit')} {...ends} />;
  if (asked.kind === 'export')
    return <ExportBatch job={asked.job} blocked={whyNotSign(enrolment, 'mint-exports.create')} {...ends} />;
  return <ActDialog act={asked.act} blocked={whyNotSign(enrolment, asked.act.route)} {...ends} />;
}

/** What one brand has, and what this member may do there. */
export function BrandView({ brand }: { readonly brand: Brand }) {
  const jobs = useJobs(brand.id);
  const [open, setOpen] = useState<string | null>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  const whyNot = whyNotOrder(brand.role);
  const shown = jobs.data?.jobs.find(({ id }) => id === open);
  return (
    <>
      <Facts>
        <Fact label="Your role">
          <span data-testid="brand-role">
            {brand.role}. {MAY[brand.role]}
          </span>
        </Fact>
        <Fact label="Orders">
          <Button kind="primary" disabled={whyNot !== null} onClick={() => setAsked({ kind: 'order' })}>
            Order a batch
          </Button>{' '}
          {whyNot}
        </Fact>
        <Fact label="Read">
          <Freshness remote={jobs} pace="every 2 s" />
        </Fact>
      </Facts>
      <RemoteValue
        remote={jobs}
        what="the batches"
        skeleton={<SkeletonRows rows={NO_ROWS} waitingFor="the batches" />}
      >
        {(data) => <Jobs jobs={data.jobs} onOpen={setOpen} />}
      </RemoteValue>
      {shown ? (
        <Job
          key={shown.id}
          job={shown}
          whyNot={whyNot}
          onAct={(act) => setAsked({ kind: 'act', act })}
          onExport={(job) => setAsked({ kind: 'export', job })}
          onClose={() => setOpen(null)}
        />
      ) : null}
      <Members brand={brand} />
      {asked ? (
        <AskedDialog asked={asked} brandId={brand.id} onClose={() => setAsked(null)} onDone={jobs.retry} />
      ) : null}
    </>
  );
}
