import { useId, useState } from 'react';
import { NewPassphrase } from '../new-passphrase.tsx';
import { Field } from '../parts.tsx';
import { RecoveryCode } from '../recovery-code.tsx';
import { submitting, TaskFrame } from './parts.tsx';
import type { TaskProps } from './task.tsx';

interface CurrentProps {
  readonly id: string;
  readonly value: string;
  readonly disabled: boolean;
  readonly onChange: (value: string) => void;
}

/** Whoever stands at an open vault is not yet its owner. */
export const CurrentPassphrase = ({ id, value, disabled, onChange }: CurrentProps) => (
  <Field
    id={id}
    kind="passphrase"
    label="Current passphrase"
    value={value}
    onChange={onChange}
    disabled={disabled}
  />
);

export function ChangePassphrase({ bridge, state }: TaskProps) {
  const id = useId();
  const [current, setCurrent] = useState('');
  const busy = state.working !== null;
  return (
    <TaskFrame
      bridge={bridge}
      state={state}
      title="Change the passphrase"
      act={{ label: 'Change', form: id, disabled: current === '' }}
    >
      <p>Recovery code and shares stay as they are. Re-key instead if somebody may know the old one.</p>
      <NewPassphrase
        formId={id}
        disabled={busy}
        autoFocus={false}
        strength={state.strength}
        onRate={(passphrase) => bridge.send({ type: 'rate', passphrase })}
        before={<CurrentPassphrase id={`${id}-now`} value={current} disabled={busy} onChange={setCurrent} />}
        onSubmit={(next) => bridge.send({ type: 'change-passphrase', current, next })}
      />
    </TaskFrame>
  );
}

/** New root, new recovery code, no shares: the code is written down before anything is written to disk. */
export function Rekey({ bridge, state }: TaskProps) {
  const id = useId();
  const [passphrase, setPassphrase] = useState('');
  const { recoveryCode, working, error } = state;
  if (recoveryCode)
    return (
      <RecoveryCode
        purpose="Vault"
        code={recoveryCode}
        working={working}
        error={error?.message ?? null}
        onConfirm={(lastGroup) => bridge.send({ type: 'confirm-recovery', lastGroup })}
      />
    );
  const begin = () => {
    if (passphrase !== '') bridge.send({ type: 'rekey', passphrase });
  };
  return (
    <TaskFrame
      bridge={bridge}
      state={state}
      title="Re-key the vault"
      act={{ label: 'Make new keys', form: id, disabled: passphrase === '' }}
    >
      <p>
        Every item is sealed again under new keys. The old recovery code and all recovery shares are void; you
        are given a new code now, and make new shares afterwards. When it is done the vault locks; the
        passphrase stays as it is.
      </p>
      <form id={id} className="stack" onSubmit={submitting(begin)}>
        <CurrentPassphrase
          id={`${id}-now`}
          value={passphrase}
          disabled={working !== null}
          onChange={setPassphrase}
        />
      </form>
    </TaskFrame>
  );
}
