import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Field, Select } from '../../ui/field.tsx';
import { EmptyState } from '../../ui/message.tsx';
import { PageHeader } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { EnrolmentCall, useEnrolment, whyNotSign } from '../parts/enrolment.tsx';
import { RemoteValue } from '../parts/remote.tsx';
import { SigningOutcome } from '../parts/signing.tsx';
import { BrandView } from './brand.tsx';
import { CreateBrand } from './member-form.tsx';
import { useBrands, useMember, useSession } from './use-minting.ts';

const NO_ROWS = 6;

/** Brands of the member who is signed in. */
function Brands() {
  const brands = useBrands();
  const enrolment = useEnrolment().data;
  const [chosen, setChosen] = useState('');
  const [creating, setCreating] = useState(false);
  const whyNot = whyNotSign(enrolment, 'brands.create');
  const create = (
    <Button disabled={whyNot !== null} title={whyNot ?? undefined} onClick={() => setCreating(true)}>
      Create a brand
    </Button>
  );
  return (
    <>
      <RemoteValue
        remote={brands}
        what="the brands"
        skeleton={<SkeletonRows rows={NO_ROWS} waitingFor="the brands" />}
      >
        {(data) => {
          const brand = data.brands.find(({ id }) => id === chosen) ?? data.brands[0];
          if (!brand)
            return (
              <EmptyState title="You are a member of no brand" testId="no-brands" actions={create}>
                <p>Create one, or ask an owner of the brand to add your account and come back.</p>
              </EmptyState>
            );
          const options = data.brands.map(({ id, name }) => ({ value: id, label: name }));
          return (
            <>
              <div className="flex items-end gap-3">
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
                {create}
              </div>
              <BrandView key={brand.id} brand={brand} />
            </>
          );
        }}
      </RemoteValue>
      {creating ? (
        <CreateBrand
          blocked={whyNot}
          onClose={() => setCreating(false)}
          onDone={brands.retry}
          onCreated={setChosen}
        />
      ) : null}
    </>
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
