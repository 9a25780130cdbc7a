import { useService, useVault } from '../../stores/stores.tsx';
import { PageHeader, Section } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { EnrolmentCall, useEnrolment } from '../parts/enrolment.tsx';
import { useIsPractice } from '../parts/practice.tsx';
import { Freshness, RemoteValue } from '../parts/remote.tsx';
import { Crossings, CrossingsSkeleton } from './crossings.tsx';
import { GettingStarted } from './getting-started.tsx';
import { LatestEntries } from './latest.tsx';
import { LedgerHead } from './ledger-head.tsx';
import { Processes } from './processes.tsx';
import { Simulator } from './simulator.tsx';
import { Standing } from './standing.tsx';
import { useBoundaries } from './use-overview.ts';
import { Vault } from './vault.tsx';

const waiting = (title: string, rows: number) => (
  <Section title={title}>
    <SkeletonRows rows={rows} waitingFor={title} />
  </Section>
);

export function OverviewPage() {
  const boundaries = useBoundaries();
  const service = useService().status;
  const vault = useVault().status;
  const enrolment = useEnrolment().data;
  const isPractice = useIsPractice();
  return (
    <div className="flex flex-col gap-4 p-(--page)">
      <PageHeader
        title="Overview"
        note={<Freshness remote={boundaries} pace="every 2 s" />}
        actions={<EnrolmentCall enrolment={enrolment} />}
      />
      {isPractice ? <Simulator isEnrolled={enrolment && enrolment.state === 'enrolled'} /> : null}
      <GettingStarted enrolment={enrolment} entries={boundaries.data?.ledger.size} isPractice={isPractice} />
      <Standing boundaries={boundaries.data} vault={vault} />
      <RemoteValue remote={boundaries} what="the four boundaries" skeleton={<CrossingsSkeleton />}>
        {(state) => <Crossings boundaries={state.boundaries} />}
      </RemoteValue>
      <div className="grid grid-cols-2 gap-x-8 min-[1600px]:grid-cols-[1fr_2fr]">
        <div className="flex min-w-0 flex-col gap-4">
          {boundaries.data ? <LedgerHead head={boundaries.data.ledger} /> : null}
          {boundaries.data || boundaries.error ? null : waiting('Ledger head', 4)}
          <LatestEntries />
        </div>
        <div className="grid min-w-0 content-start gap-x-8 gap-y-4 min-[1600px]:grid-cols-2">
          {service ? <Processes service={service} /> : waiting('Service', 3)}
          {vault ? <Vault vault={vault} enrolment={enrolment} /> : waiting('Vault and signer', 5)}
        </div>
      </div>
    </div>
  );
}
