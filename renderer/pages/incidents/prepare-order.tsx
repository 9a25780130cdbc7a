import { useState } from 'react';
import type { ContainableKind, Stolen } from '../../../shared/http/containment.ts';
import { useDraft } from '../../bridge/use-draft.ts';
import { Field, Select } from '../../ui/field.tsx';
import { ReasonField } from '../parts/reason.tsx';
import { Shown } from '../parts/shown.tsx';
import { SignedDone, SignedForm } from '../parts/signed-form.tsx';
import { SigningSummary } from '../parts/signing.tsx';
import { OrderFile } from './order-file.tsx';
import { usePrepareOrder } from './use-orders.ts';

const DAY_MS = 86_400_000;

const DAYS = [
  { value: '1', label: 'One day' },
  { value: '7', label: 'Seven days' },
  { value: '30', label: 'Thirty days' },
  { value: '90', label: 'Ninety days' },
] as const;

const RUNS = [1, 2, 3, 4, 5].map((count) => ({
  value: String(count),
  label: count === 1 ? 'Once' : `${count} times`,
}));

/** What the order will do: stop all spending, or contain the credential that somebody looked at. */
export type Target = { readonly kind: ContainableKind; readonly stolen: Stolen } | 'freeze';

interface PrepareProps {
  readonly target: Target;
  readonly blocked: string | null;
  readonly onClose: () => void;
  readonly onPrepared: () => void;
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly disabled: boolean;
  readonly onValue: (value: string) => void;
}

const Choice = ({ label, value, options, disabled, onValue }: ChoiceProps) => (
  <div className="min-w-0 flex-1">
    <Field label={label}>
      {(aria) => <Select {...aria} value={value} options={options} disabled={disabled} onValue={onValue} />}
    </Field>
  </div>
);

const actOf = (target: Target) =>
  target === 'freeze'
    ? { does: 'freeze' as const, kind: null, credentialId: null, name: null }
    : {
        ...{ does: 'contain' as const, kind: target.kind },
        ...{ credentialId: target.stolen.id, name: target.stolen.name },
      };

/** Signs a containment before it is needed. Its file is public; its code is shown once, in a trusted window. */
export function PrepareOrder({ target, blocked, onClose, onPrepared }: PrepareProps) {
  const of = target === 'freeze' ? 'freeze' : `${target.kind} ${target.stolen.id}`;
  const draft = useDraft('incidents.order', of, { reason: '', days: '30', runs: '1' });
  const { reason, days, runs } = draft.typed;
  const [began] = useState(Date.now);
  const { action, run } = usePrepareOrder();
  const until = new Date(began + Number(days) * DAY_MS).toISOString();
  const body = { ...actOf(target), reason: reason.trim(), until, runs: Number(runs) };
  if (action.state === 'done')
    return (
      <SignedDone wide title="Order prepared" testId="order-prepared" onClose={onClose}>
        <div className="flex flex-col gap-3 px-5 py-4 text-body">
          <p>
            Put its file where responders find it and its code into an envelope. Neither does anything without
            the other.
          </p>
          <OrderFile order={action.value.body.order} />
          <Shown revealed={action.value.revealed} otherwise="Revoke this order and prepare another one." />
        </div>
      </SignedDone>
    );
  return (
    <SignedForm
      title={
        target === 'freeze' ? 'Prepare to stop all spending' : `Prepare to contain ${target.stolen.name}`
      }
      description="Whoever has its file and its code runs this and nothing else, without a vault, until it expires. Every run rings."
      testId="prepare-order"
      wide
      action={action}
      onSign={body.reason === '' ? null : () => run(body)}
      draft={draft}
      onAttempted={onPrepared}
      onClose={onClose}
      sign="Sign and prepare"
      blocked={blocked}
      summary={<SigningSummary route="orders.prepare" body={body} />}
      note="After signing, the code is shown once, in a trusted window; it never reaches this screen."
    >
      {({ touched, running }) => (
        <>
          <div className="flex gap-4 px-5">
            <Choice
              label="Good for"
              value={days}
              options={DAYS}
              disabled={running}
              onValue={(value) => draft.type({ days: value })}
            />
            <Choice
              label="May be run"
              value={runs}
              options={RUNS}
              disabled={running}
              onValue={(value) => draft.type({ runs: value })}
            />
          </div>
          <ReasonField
            value={reason}
            onText={(text) => draft.type({ reason: text })}
            touched={touched}
            disabled={running}
            placeholder="no operator is on duty at night"
          />
        </>
      )}
    </SignedForm>
  );
}
