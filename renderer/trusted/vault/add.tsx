import { useId, useState } from 'react';
import { isLabel, KEPT_NAMES, KEPT_TYPES, type KeptType } from '../../../shared/http/vault-items.ts';
import { Field } from '../parts.tsx';
import { Choice, LongText } from './choice.tsx';
import { submitting, TaskFrame } from './parts.tsx';
import type { TaskProps } from './task.tsx';

const TYPES = KEPT_TYPES.map((value) => ({ value, label: KEPT_NAMES[value] }));

const HINTS: Readonly<Record<KeptType, string>> = {
  'admin-token': 'As the service gave it.',
  'other-operator-key': 'As the other console wrote it.',
  'wallet-key': 'Base58, the JSON array of the Solana CLI, or both halves as the secrets manager holds them.',
  'provider-secret': 'As the provider gave it.',
  note: 'Any text up to 48 KiB.',
};

/** A secret is typed or pasted here, into the keeper’s own window, and nowhere else. */
export function AddItem({ bridge, state }: TaskProps) {
  const id = useId();
  const [type, setType] = useState<KeptType>('provider-secret');
  const [label, setLabel] = useState('');
  const [secret, setSecret] = useState('');
  const [canary, setCanary] = useState(false);
  const busy = state.working !== null;
  const ready = isLabel(label.trim()) && secret !== '';
  const add = () => {
    if (ready) bridge.send({ type: 'add-item', itemType: type, label: label.trim(), secret, canary });
  };
  return (
    <TaskFrame
      bridge={bridge}
      state={state}
      title="Add a secret"
      act={{ label: 'Add', form: id, disabled: !ready }}
    >
      <form id={id} className="stack" onSubmit={submitting(add)}>
        <Choice
          id={`${id}-type`}
          label="Kind"
          value={type}
          options={TYPES}
          disabled={busy}
          onChange={setType}
        />
        <Field
          id={`${id}-label`}
          kind="code"
          label="Label"
          value={label}
          onChange={setLabel}
          disabled={busy}
          error={label !== '' && !isLabel(label.trim()) ? 'Up to 80 printable characters.' : null}
          hint="Shown in lists and in the ledger. Not the secret itself."
        />
        <LongText
          id={`${id}-secret`}
          label="Secret"
          rows={4}
          value={secret}
          disabled={busy}
          hint={HINTS[type]}
          onChange={setSecret}
        />
        <label className="check">
          <input
            type="checkbox"
            checked={canary}
            disabled={busy}
            onChange={(event) => setCanary(event.target.checked)}
          />
          Canary: nobody has a reason to use it, so its use raises an alert
        </label>
      </form>
    </TaskFrame>
  );
}
