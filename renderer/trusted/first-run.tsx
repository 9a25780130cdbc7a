import { useId, useState } from 'react';
import type { VaultStatus } from '../../shared/ipc/vault.ts';
import type { TrustedBridge } from './bridge.ts';
import type { Conversation } from './conversation.ts';
import { NewPassphrase } from './new-passphrase.tsx';
import { Button, Frame, Notice } from './parts.tsx';
import { RecoveryCode } from './recovery-code.tsx';
import { Steps } from './steps.tsx';

/** What the keychain adds to a vault made now, or that it adds nothing. */
function KeychainNote({ keychain }: { readonly keychain: VaultStatus['keychain'] }) {
  if (keychain === 'system')
    return (
      <Notice tone="ok" title="The system keychain will hold half of the key">
        A copy of the vault file alone cannot be guessed at, and an older copy put back is noticed.
      </Notice>
    );
  return (
    <Notice tone="warn" title="The passphrase will protect this vault alone">
      No system keychain answers. Whoever copies the vault file can guess at the passphrase, and an older copy
      put back cannot be noticed. Choose a long one, or start a keychain and open this window again.
    </Notice>
  );
}

/** For whoever only wants to look around: sample data never go into the vault that is made here. */
function PracticeOffer({ onOpen }: { readonly onOpen: () => void }) {
  const [asked, setAsked] = useState(false);
  const open = () => {
    setAsked(true);
    onOpen();
  };
  return (
    <Notice
      tone="info"
      title="Only looking around?"
      actions={
        <>
          <Button onPress={open}>Open a practice console</Button>
          <output>{asked ? 'It opens in a window of its own. You may close this one.' : null}</output>
        </>
      }
    >
      A practice console has a vault and a service of its own, and a simulator that fills it with sample data.
      They never meet what you keep here.
    </Notice>
  );
}

interface CreateVaultProps {
  readonly bridge: TrustedBridge;
  readonly state: Conversation;
  readonly purpose: string;
  /** The user has been told that a vault was here. */
  readonly startAnew?: boolean;
  readonly onBack?: () => void;
}

/** Passphrase, recovery code, confirmation: the way to a vault, at the first run and after a loss alike. */
export function CreateVault({ bridge, state, purpose, startAnew = false, onBack }: CreateVaultProps) {
  const form = useId();
  const { recoveryCode, working, error, status } = state;
  if (recoveryCode)
    return (
      <RecoveryCode
        purpose={purpose}
        code={recoveryCode}
        working={working}
        error={error?.message ?? null}
        onConfirm={(lastGroup) => bridge.send({ type: 'confirm-recovery', lastGroup })}
      />
    );
  const offersPractice = bridge.role === 'first-run' && status !== null && !state.isPractice;
  const create = (passphrase: string) =>
    bridge.send({ type: 'create', passphrase, ...(startAnew ? { startAnew } : {}) });
  const actions = (
    <>
      {onBack ? (
        <Button onPress={onBack} disabled={working !== null}>
          Back
        </Button>
      ) : null}
      <button type="submit" form={form} className="button primary" disabled={working !== null || !status}>
        Create vault
      </button>
    </>
  );
  return (
    <Frame purpose={purpose} isPractice={state.isPractice} actions={actions} working={working}>
      <Steps at={0} />
      <h1>Create the vault</h1>
      <p>
        The vault keeps the key that signs your admin requests and the root of the service’s own keys,
        encrypted on this machine. Nobody can reset its passphrase for you.
      </p>
      {error ? <Notice tone="bad">{error.message}</Notice> : null}
      <NewPassphrase
        formId={form}
        disabled={working !== null}
        strength={state.strength}
        onRate={(passphrase) => bridge.send({ type: 'rate', passphrase })}
        onSubmit={create}
      />
      {status ? <KeychainNote keychain={status.keychain} /> : null}
      {offersPractice ? <PracticeOffer onOpen={() => bridge.send({ type: 'open-practice' })} /> : null}
    </Frame>
  );
}
