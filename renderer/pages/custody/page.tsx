import { Button } from '../../ui/button.tsx';
import { Banner } from '../../ui/message.tsx';
import { PageHeader } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Freshness, RemoteValue } from '../parts/remote.tsx';
import { AirGap } from './air-gap.tsx';
import { Approvals } from './approvals.tsx';
import { IamPolicy } from './iam.tsx';
import { CustodyOff, OpenRotation, Rehearse } from './open.tsx';
import { PrintedLog } from './printed-log.tsx';
import { Stepper } from './stepper.tsx';
import { ChangeLog, Copies, NotLookedAt, Wallets } from './tables.tsx';
import { TwoPersons } from './two-persons.tsx';
import { useCustody, useStep } from './use-custody.ts';

/** Wallets, the rotation that is open, and where every copy of a secret half is. Keys are used in the keeper’s own windows. */
export function CustodyPage() {
  const custody = useCustody();
  const { action, run } = useStep();
  const busy = action.state === 'running';
  return (
    <div className="flex flex-col gap-6 p-(--page)">
      <PageHeader
        title="Custody"
        note={<Freshness remote={custody} pace="every 2 s" />}
        actions={
          <Button disabled={busy} onClick={() => void run({ act: 'receive' })}>
            Open a sealed package
          </Button>
        }
      />
      {action.state === 'failed' ? <Banner tone="bad">{action.error.message}</Banner> : null}
      {busy ? (
        <Banner tone="info">Decide in the window of the keeper; then this step is done and checked.</Banner>
      ) : null}
      <RemoteValue
        remote={custody}
        what="the state of custody"
        skeleton={<SkeletonRows rows={8} waitingFor="the state of custody" />}
      >
        {(state) => (
          <>
            <NotLookedAt unread={state.unread} />
            <Wallets state={state} />
            {state.current ? (
              <>
                {state.keychain === 'missing' ? <CustodyOff /> : null}
                <Stepper
                  key={state.current.id}
                  rotation={state.current}
                  accessKeys={state.accessKeys}
                  run={run}
                  busy={busy}
                />
              </>
            ) : (
              <OpenRotation state={state} run={run} busy={busy} />
            )}
            <TwoPersons wallets={state.shared} run={run} busy={busy} />
            <Approvals journal={state.approvals} run={run} busy={busy} />
            <AirGap />
            <IamPolicy />
            <Copies copies={state.copies} />
            <Rehearse run={run} busy={busy} />
            <ChangeLog state={state} run={run} />
            <PrintedLog state={state} />
          </>
        )}
      </RemoteValue>
    </div>
  );
}
