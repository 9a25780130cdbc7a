import type { CallInput } from '../../../shared/http/table.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { useDraft } from '../../bridge/use-draft.ts';
import { ReasonField } from '../parts/reason.tsx';
import { Shown } from '../parts/shown.tsx';
import { SignedDone, SignedForm } from '../parts/signed-form.tsx';
import { SigningSummary } from '../parts/signing.tsx';
import type { Act } from './acts.ts';

interface ActFormProps {
  readonly act: Act;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Asks why, shows what will be signed and to what it is done, and says what came of it. */
export function ActForm({ act, onClose, onDone }: ActFormProps) {
  const draft = useDraft('identity.act', `${act.route} ${act.id}`, { reason: '' });
  const { reason } = draft.typed;
  const bridge = useBridge();
  const { route, id, names } = act;
  const body = { ...names, reason: reason.trim() };
  const { action, run } = useAction(() =>
    // The names are those of the act's own route; main checks them against its schema before anything is signed.
    bridge.call(route, { params: { id }, body } as CallInput<'accounts.revoke-sessions'> &
      CallInput<'identity.rekey-agent'> &
      CallInput<'identity.revoke-session'>),
  );
  if (action.state === 'done')
    return (
      <SignedDone title="Signed and done" onClose={onClose} testId="identity-done">
        <div className="px-5 py-4 text-body">
          <p>{act.done} The act is in the ledger.</p>
          {route === 'identity.rekey-agent' ? (
            <Shown revealed={action.value.revealed} otherwise="Give the agent another key." />
          ) : null}
        </div>
      </SignedDone>
    );
  return (
    <SignedForm
      title={act.title}
      description={act.says}
      testId="identity-act"
      action={action}
      onSign={body.reason === '' ? null : () => run()}
      draft={draft}
      onAttempted={onDone}
      onClose={onClose}
      sign={act.sign}
      danger={act.danger}
      summary={<SigningSummary route={route} params={{ id }} body={body} />}
      note={
        route === 'identity.rekey-agent'
          ? 'After signing, the new key is shown once, in a trusted window; it never reaches this screen.'
          : undefined
      }
    >
      {({ touched, running }) => (
        <ReasonField
          value={reason}
          onText={(text) => draft.type({ reason: text })}
          touched={touched}
          disabled={running}
          placeholder="reported stolen by its owner"
        />
      )}
    </SignedForm>
  );
}
