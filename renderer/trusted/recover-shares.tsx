import { useId } from 'react';
import type { TrustedBridge } from './bridge.ts';
import type { Conversation } from './conversation.ts';
import { NewPassphrase } from './new-passphrase.tsx';
import { Button, Frame, Notice } from './parts.tsx';
import { RecoveryCode } from './recovery-code.tsx';
import { useCountdown } from './timing.ts';
import { ShareEntry, useShares } from './vault/share-entry.tsx';

interface Props {
  readonly bridge: TrustedBridge;
  readonly state: Conversation;
  readonly acceptOlder: boolean;
  readonly onBack: () => void;
}

/** Recovery by a quorum: the shares are used up, a new passphrase and a new code take their place. */
export function RecoverWithShares({ bridge, state, acceptOlder, onBack }: Props) {
  const id = useId();
  const shares = useShares(bridge, state, acceptOlder);
  const { recoveryCode, working, error } = state;
  const wait = useCountdown(error?.waitSeconds ?? null, error);
  const busy = working !== null;
  const enough = shares.threshold !== null && shares.texts.length >= shares.threshold;
  if (recoveryCode)
    return (
      <RecoveryCode
        purpose="Recovery"
        code={recoveryCode}
        working={working}
        error={error?.message ?? null}
        onConfirm={(lastGroup) => bridge.send({ type: 'confirm-recovery', lastGroup })}
      />
    );
  const actions = (
    <>
      <Button onPress={onBack} disabled={busy}>
        Back
      </Button>
      {enough ? (
        <button type="submit" form={id} className="button primary" disabled={busy || wait > 0}>
          {wait > 0 ? `Wait ${wait} s` : 'Recover'}
        </button>
      ) : null}
    </>
  );
  return (
    <Frame purpose="Recovery" isPractice={state.isPractice} actions={actions} working={working}>
      <h1>Open with recovery shares</h1>
      <p>All shares are used up by this. You set a new passphrase and are given a new recovery code.</p>
      {error ? <Notice tone="bad">{error.message}</Notice> : null}
      {enough ? null : <ShareEntry shares={shares} disabled={busy} />}
      {enough ? (
        <NewPassphrase
          formId={id}
          disabled={busy}
          strength={state.strength}
          onRate={(passphrase) => bridge.send({ type: 'rate', passphrase })}
          onSubmit={(newPassphrase) =>
            bridge.send({
              type: 'unlock-with-shares',
              shares: [...shares.texts],
              newPassphrase,
              ...(acceptOlder ? { acceptOlder } : {}),
            })
          }
        />
      ) : null}
    </Frame>
  );
}
