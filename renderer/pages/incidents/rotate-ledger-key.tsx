import { useState } from 'react';
import { useDraft } from '../../bridge/use-draft.ts';
import { Field, Select } from '../../ui/field.tsx';
import { ReasonField } from '../parts/reason.tsx';
import { SignedDone, SignedForm } from '../parts/signed-form.tsx';
import { SigningSummary } from '../parts/signing.tsx';
import { useRotateLedgerKey } from './use-incidents.ts';

const FORMER = [
  { value: 'retire', label: 'signs no more: it may be in other hands' },
  { value: 'overlap', label: 'signs beside the new one for a while' },
] as const;
type Former = (typeof FORMER)[number]['value'];

interface RotateProps {
  readonly blocked: string | null;
  readonly onClose: () => void;
}

/** Heads of the log are signed with a new key from then on; who verifies them learns of it from the log. */
export function RotateLedgerKey({ blocked, onClose }: RotateProps) {
  const draft = useDraft('incidents.rotate-ledger-key', '', { reason: '' });
  const { reason } = draft.typed;
  const [former, setFormer] = useState<Former>('retire');
  const { action, run } = useRotateLedgerKey();
  const body = { former, reason: reason.trim() };
  if (action.state === 'done')
    return (
      <SignedDone title="The rotation is ordered" testId="rotate-ledger-key-done" onClose={onClose}>
        <p className="px-5 py-4 text-body">
          The integrator signs the next head with the new key and enters that it does. Give its id to whoever
          pinned the former one.
        </p>
      </SignedDone>
    );
  return (
    <SignedForm
      wide
      title="Rotate the ledger key"
      description="What was signed before stays signed. Whoever pinned the former key alone has to pin the new one."
      testId="rotate-ledger-key"
      action={action}
      draft={draft}
      onSign={body.reason === '' ? null : () => run(body)}
      onClose={onClose}
      sign="Sign and rotate"
      cancel="Keep the key"
      blocked={blocked}
      summary={<SigningSummary route="ledger.rotateKey" body={body} />}
    >
      {({ touched, running }) => (
        <>
          <div className="px-5">
            <Field label="The former key">
              {(aria) => (
                <Select
                  {...aria}
                  value={former}
                  options={FORMER}
                  disabled={running}
                  onValue={(value) => setFormer(value as Former)}
                />
              )}
            </Field>
          </div>
          <ReasonField
            value={reason}
            onText={(text) => draft.type({ reason: text })}
            touched={touched}
            disabled={running}
            placeholder="a copy of the integrator’s files was found"
          />
        </>
      )}
    </SignedForm>
  );
}
