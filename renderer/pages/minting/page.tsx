import { useState } from 'react';
import type { Brand } from '../../../shared/http/brands.ts';
import { Button } from '../../ui/button.tsx';
import { Field, Select } from '../../ui/field.tsx';
import { EmptyState } from '../../ui/message.tsx';
import { Fact, Facts, PageHeader } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { EnrolmentCall, useEnrolment, whyNotSign } from '../parts/enrolment.tsx';
import { Freshness, RemoteValue } from '../parts/remote.tsx';
import { SigningOutcome } from '../parts/signing.tsx';
import { type Act, ActDialog } from './act.tsx';
import { Job } from './job.tsx';
import { Jobs } from './jobs.tsx';
import { SubmitJob } from './submit.tsx';
import { MAY, useBrands, useJobs, useMember, useSession, whyNotOrder } from './use-minting.ts';

const NO_ROWS = 6;

/** What one brand has, and what this member may do there. */
function OfBrand({ brand }: { readonly brand: Brand }) {
  const jobs = useJobs(brand.id);
  const enrolment = useEnrolment().data;
  const [open, setOpen] = useState<string | null>(null);
  const [act, setAct] = useState<Act | null>(null);
  const [ordering, setOrdering] = useState(false);
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
          <Button kind="primary" disabled={whyNot !== null} onClick={() => setOrdering(true)}>
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
        <Job key={shown.id} job={shown} whyNot={whyNot} onAct={setAct} onClose={() => setOpen(null)} />
      ) : null}
      {act ? (
        <ActDialog
          act={act}
          blocked={whyNotSign(enrolment, act.route)}
          onClose={() => setAct(null)}
          onDone={jobs.retry}
        />
      ) : null}
      {ordering ? (
        <SubmitJob
          brandId={brand.id}
          blocked={whyNotSign(enrolment, 'mint.submit')}
          onClose={() => setOrdering(false)}
          onDone={jobs.retry}
        />
      ) : null}
    </>
  );
}

/** Brands of the member who is signed in. */
function Brands() {
  const brands = useBrands();
  const [chosen, setChosen] = useState('');
  return (
    <RemoteValue
      remote={brands}
      what="the brands"
      skeleton={<SkeletonRows rows={NO_ROWS} waitingFor="the brands" />}
    >
      {(data) => {
        const brand = data.brands.find(({ id }) => id === chosen) ?? data.brands[0];
        if (!brand)
          return (
            <EmptyState title="You are a member of no brand" testId="no-brands">
              <p>Ask an owner of the brand to add your account, then come back.</p>
            </EmptyState>
          );
        const options = data.brands.map(({ id, name }) => ({ value: id, label: name }));
        return (
          <>
            <Field label="Brand">
              {(aria) => (
                <Select
                  {...aria}
                  className="w-[240px]"
                  value={brand.id}
                  options={options}
                  onValue={setChosen}
                />
              )}
            </Field>
            <OfBrand key={brand.id} brand={brand} />
          </>
        );
      }}
    </RemoteValue>
  );
}

export function MintingPage() {
  const member = useMember();
  const { action, run } = useSession();
  const running = action.state === 'running';
  const who = member.data?.who ?? null;
  const go = async (what: 'signIn' | 'signOut'): Promise<void> => {
    await run(what);
    member.retry();
  };
  return (
    <div className="flex flex-col gap-4 p-(--page)">
      <PageHeader
        title="Minting"
        note={who === null ? 'Nobody is signed in' : `As ${who}; the session is in the vault`}
        actions={
          <>
            <EnrolmentCall enrolment={useEnrolment().data} />
            {who === null ? null : (
              <Button disabled={running} onClick={() => void go('signOut')}>
                Sign out
              </Button>
            )}
          </>
        }
      />
      {action.state === 'failed' ? <SigningOutcome action={action} /> : null}
      <RemoteValue
        remote={member}
        what="the member’s session"
        skeleton={<SkeletonRows rows={NO_ROWS} waitingFor="the member’s session" />}
      >
        {({ who: signedIn }) =>
          signedIn === null ? (
            <EmptyState
              title="Sign in as a member of a brand"
              testId="signed-out"
              actions={
                <Button kind="primary" disabled={running} onClick={() => void go('signIn')}>
                  {running ? 'Waiting for the sign-in window' : 'Sign in'}
                </Button>
              }
            >
              <p>
                Only members mint. The password is typed in a trusted window; this screen never sees it or the
                session.
              </p>
            </EmptyState>
          ) : (
            <Brands key={signedIn} />
          )
        }
      </RemoteValue>
    </div>
  );
}
