import type { ApiKey } from '../../../shared/http/keys.ts';
import { useDraft } from '../../bridge/use-draft.ts';
import { useStores } from '../../stores/stores.tsx';
import { ReasonField } from '../parts/reason.tsx';
import { SignedDone, SignedForm } from '../parts/signed-form.tsx';
import { SigningSummary } from '../parts/signing.tsx';
import { useRevokeKey } from './use-keys.ts';

interface RevokeProps {
  readonly target: Pick<ApiKey, 'id' | 'label' | 'displayPrefix'>;
  readonly onClose: () => void;
  readonly onRevoked: () => void;
}

/** Asks why, shows what will be signed, and names what is destroyed. */
export function RevokeKey({ target, onClose, onRevoked }: RevokeProps) {
  const draft = useDraft('keys.revoke', target.id, { reason: '' });
  const { reason } = draft.typed;
  const { notices } = useStores();
  const { action, run } = useRevokeKey();
  const { id, label, displayPrefix } = target;
  const said = reason.trim();

  if (action.state === 'done') {
    const close = (): void => {
      notices.add('info', `${displayPrefix}… was revoked.`, Date.now());
      onClose();
    };
    return (
      <SignedDone title="Key revoked" onClose={close} testId="key-revoked">
        <p className="px-5 py-4 text-body">
          <code className="font-mono">{displayPrefix}…</code> is dead: its next request is refused with 401.
          The revocation is in the ledger.
        </p>
      </SignedDone>
    );
  }
  return (
    <SignedForm
      title={`Revoke ${label}`}
      description={
        <>
          Destroys the access of <code className="font-mono text-ink">{displayPrefix}…</code> for ever. Every
          client that uses it fails with 401.
        </>
      }
      testId="revoke-key"
      action={action}
      onSign={said === '' ? null : () => run(target, said)}
      draft={draft}
      onAttempted={onRevoked}
      onClose={onClose}
      sign={`Sign and destroy ${displayPrefix}…`}
      danger
      cancel="Keep the key"
      summary={<SigningSummary route="keys.revoke" params={{ id }} body={{ displayPrefix, reason: said }} />}
    >
      {({ touched, running }) => (
        <ReasonField
          value={reason}
          onText={(text) => draft.type({ reason: text })}
          touched={touched}
          disabled={running}
          placeholder="seen in a public repository"
        />
      )}
    </SignedForm>
  );
}
