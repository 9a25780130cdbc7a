import { useId, useState } from 'react';
import type { TrustedBridge } from './bridge.ts';
import type { Conversation } from './conversation.ts';
import { NewPassphrase } from './new-passphrase.tsx';
import { Button, Field, Frame, Notice } from './parts.tsx';
import { RecoveryCode } from './recovery-code.tsx';
import { useCountdown } from './timing.ts';

interface RecoverProps {
  readonly bridge: TrustedBridge;
  readonly state: Conversation;
  readonly acceptOlder: boolean;
  readonly onBack: () => void;
}

const PURPOSE = 'Recovery';

/** Recovery: the code opens, a new passphrase and a new code replace what was lost. */
export function Recover({ bridge, state, acceptOlder, onBack }: RecoverProps) {
  const id = useId();
  const [code, setCode] = useState('');
  const { recoveryCode, working, error } = state;
  const wait = useCountdown(error?.waitSeconds ?? null, error);
  if (recoveryCode)
    return (
      <RecoveryCode
        purpose={PURPOSE}
        code={recoveryCode}
        working={working}
        error={error?.message ?? null}
        onConfirm={(lastGroup) => bridge.send({ type: 'confirm-recovery', lastGroup })}
      />
    );
  const codeError = error?.code === 'wrong-recovery-code' ? error.message : null;
  const actions = (
    <>
      <Button onPress={onBack} disabled={working !== null}>
        Back
      </Button>
      <button
        type="submit"
        form={id}
        className="button primary"
        disabled={working !== null || wait > 0 || code.trim() === ''}
      >
        {wait > 0 ? `Wait ${wait} s` : 'Recover'}
      </button>
    </>
  );
  return (
    <Frame purpose={PURPOSE} isPractice={state.isPractice} actions={actions} working={working}>
      <h1>Open with the recovery code</h1>
      <p>
        The code is used up by this. You set a new passphrase and are given a new code; the key that signs
        stays the same.
      </p>
      {error && !codeError ? <Notice tone="bad">{error.message}</Notice> : null}
      <NewPassphrase
        formId={id}
        disabled={working !== null}
        strength={state.strength}
        onRate={(passphrase) => bridge.send({ type: 'rate', passphrase })}
        autoFocus={false}
        before={
          <Field
            id={`${id}-code`}
            kind="code"
            label="Recovery code"
            value={code}
            onChange={setCode}
            disabled={working !== null}
            error={codeError}
            hint="Eight groups of five. Case, spaces and dashes do not matter."
          />
        }
        onSubmit={(newPassphrase) =>
          bridge.send({
            type: 'unlock-with-recovery',
            code,
            newPassphrase,
            ...(acceptOlder ? { acceptOlder } : {}),
          })
        }
      />
    </Frame>
  );
}
