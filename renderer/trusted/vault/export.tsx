import { useId, useState } from 'react';
import { KEY_FORMATS, type KeyFormat } from '../../../shared/http/vault-items.ts';
import { NewPassphrase } from '../new-passphrase.tsx';
import { Field } from '../parts.tsx';
import { Choice } from './choice.tsx';
import { ItemName, submitting, TaskFrame } from './parts.tsx';
import type { TaskProps } from './task.tsx';

const TARGETS = [
  { value: 'passphrase', label: 'A passphrase' },
  { value: 'recipient', label: 'An age recipient (age1…)' },
] as const;

const FORMAT_NAMES: Readonly<Record<KeyFormat, string>> = {
  phantom: 'Base58 (Phantom)',
  'solana-cli': 'JSON array (Solana CLI)',
  'secrets-manager': 'Both halves (secrets manager)',
};
const FORMATS = KEY_FORMATS.map((value) => ({ value, label: FORMAT_NAMES[value] }));

/** There is no export in the clear. */
export function ExportItem({ bridge, state }: TaskProps) {
  const id = useId();
  const [target, setTarget] = useState<'passphrase' | 'recipient'>('passphrase');
  const [format, setFormat] = useState<KeyFormat>('phantom');
  const [recipient, setRecipient] = useState('');
  const busy = state.working !== null;
  const before = (
    <>
      <Choice
        id={`${id}-to`}
        label="Encrypt to"
        value={target}
        options={TARGETS}
        disabled={busy}
        onChange={setTarget}
      />
      {state.task?.item?.type === 'wallet-key' ? (
        <Choice
          id={`${id}-as`}
          label="Write it as"
          value={format}
          options={FORMATS}
          disabled={busy}
          onChange={setFormat}
        />
      ) : null}
    </>
  );
  const send = (to: { passphrase: string } | { recipient: string }) =>
    bridge.send({ type: 'export-item', to, format });
  return (
    <TaskFrame
      bridge={bridge}
      state={state}
      title="Export a secret, encrypted"
      act={{ label: 'Encrypt', form: id }}
    >
      <ItemName state={state} />
      {target === 'passphrase' ? (
        <NewPassphrase
          formId={id}
          disabled={busy}
          strength={state.strength}
          onRate={(passphrase) => bridge.send({ type: 'rate', passphrase })}
          before={before}
          onSubmit={(passphrase) => send({ passphrase })}
        />
      ) : (
        <form id={id} className="stack" onSubmit={submitting(() => send({ recipient }))}>
          {before}
          <Field
            id={`${id}-recipient`}
            kind="code"
            label="Recipient"
            value={recipient}
            onChange={setRecipient}
            disabled={busy}
          />
        </form>
      )}
    </TaskFrame>
  );
}
