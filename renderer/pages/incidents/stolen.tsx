import { useState } from 'react';
import { CONTAINABLE, type ContainableKind, type CredentialKind } from '../../../shared/http/containment.ts';
import type { EnrolmentStatus } from '../../../shared/ipc/app.ts';
import { useStores } from '../../stores/stores.tsx';
import { Button } from '../../ui/button.tsx';
import { Field, Input, Select } from '../../ui/field.tsx';
import { EmptyState } from '../../ui/message.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { whyNotSign } from '../parts/enrolment.tsx';
import { RemoteValue } from '../parts/remote.tsx';
import { Contain } from './contain.tsx';
import { PrepareOrder } from './prepare-order.tsx';
import { PossibleSpend, ReachTable, RevocationPlan, StolenHead } from './reach.tsx';
import { useStolen } from './use-incidents.ts';
import { hasId, KINDS, type Subject } from './words.ts';

const ID = /^[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}$/;

const isContainable = (kind: CredentialKind): kind is ContainableKind =>
  (CONTAINABLE as readonly string[]).includes(kind);

/** Picks a credential by its kind and id; the Identity, Keys and Operators screens lead here with theirs. */
function Pick({ credential }: { readonly credential: Subject | null }) {
  const { ui } = useStores();
  const [kind, setKind] = useState<CredentialKind>(credential?.kind ?? 'account');
  const [id, setId] = useState(credential && hasId(credential.kind) ? credential.id : '');
  const [touched, setTouched] = useState(false);
  const named = hasId(kind);
  const good = !named || ID.test(id.trim());
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    setTouched(true);
    if (good) ui.showIncidents({ credential: { kind, id: named ? id.trim() : '-' } });
  };
  return (
    <form
      className="flex flex-wrap items-start gap-3"
      data-testid="pick-credential"
      noValidate
      onSubmit={submit}
    >
      <div className="w-[260px]">
        <Field label="Credential">
          {(aria) => (
            <Select
              {...aria}
              value={kind}
              options={KINDS}
              onValue={(value) => setKind(KINDS.find((one) => one.value === value)?.value ?? 'account')}
            />
          )}
        </Field>
      </div>
      <div className="w-[360px]">
        <Field
          label="Id"
          hint={
            named
              ? 'Never the secret itself. Identity, Keys and Operators lead here with theirs.'
              : 'It stands in the configuration and has no id.'
          }
          error={touched && !good ? 'An id is three letters, _ and 26 characters.' : undefined}
        >
          {(aria) => (
            <Input
              {...aria}
              value={named ? id : '-'}
              disabled={!named}
              spellCheck={false}
              maxLength={64}
              className="w-full font-mono"
              onChange={(event) => setId(event.target.value)}
            />
          )}
        </Field>
      </div>
      <Button type="submit" kind="primary" className="mt-5">
        Show what it reaches
      </Button>
    </form>
  );
}

interface FoundProps {
  readonly credential: Subject;
  readonly incident: string | null;
  readonly enrolment: EnrolmentStatus | undefined;
}

function Found({ credential: { kind, id }, incident, enrolment }: FoundProps) {
  const remote = useStolen(kind, id);
  const [ordering, setOrdering] = useState<'now' | 'ahead' | null>(null);
  const whyNot = whyNotSign(enrolment, 'containments.order');
  return (
    <RemoteValue
      remote={remote}
      what="what it reaches"
      skeleton={<SkeletonRows rows={8} waitingFor="what it reaches" />}
    >
      {({ stolen }) => (
        <>
          <StolenHead
            stolen={stolen}
            action={
              isContainable(kind) ? (
                <span className="flex gap-2">
                  <Button
                    disabled={whyNot !== null}
                    title={whyNot ?? 'A responder contains it later, without a vault'}
                    onClick={() => setOrdering('ahead')}
                  >
                    Prepare an order
                  </Button>
                  <Button
                    kind="danger"
                    disabled={whyNot !== null}
                    title={whyNot ?? undefined}
                    onClick={() => setOrdering('now')}
                  >
                    Contain it
                  </Button>
                </span>
              ) : null
            }
          />
          <PossibleSpend spend={stolen.spend} />
          <RevocationPlan stolen={stolen} />
          <ReachTable stolen={stolen} />
          {ordering === 'now' && isContainable(kind) ? (
            <Contain
              kind={kind}
              stolen={stolen}
              incident={incident}
              onClose={() => setOrdering(null)}
              onOrdered={remote.retry}
            />
          ) : null}
          {ordering === 'ahead' && isContainable(kind) ? (
            <PrepareOrder
              target={{ kind, stolen }}
              blocked={whyNotSign(enrolment, 'orders.prepare')}
              onClose={() => setOrdering(null)}
              onPrepared={remote.retry}
            />
          ) : null}
        </>
      )}
    </RemoteValue>
  );
}

interface AssumeProps extends Omit<FoundProps, 'credential'> {
  readonly credential: Subject | null;
}

/** A dry run of the worst: what a credential reaches, what it could spend, and what would end it. Nothing is changed by looking. */
export const AssumeStolen = ({ credential, incident, enrolment }: AssumeProps) => (
  <>
    <Pick credential={credential} />
    {credential ? (
      <Found credential={credential} incident={incident} enrolment={enrolment} />
    ) : (
      <EmptyState testId="no-credential" title="No credential is chosen">
        <p>
          Paste its id, or press “Assume stolen” beside it on the Identity, Keys or Operators screen. Looking
          changes nothing.
        </p>
      </EmptyState>
    )}
  </>
);
