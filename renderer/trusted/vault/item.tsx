import { useId, useState } from 'react';
import { isLabel } from '../../../shared/http/vault-items.ts';
import { Button, Field, Notice } from '../parts.tsx';
import { visible } from '../visible.ts';
import { ItemName, submitting, TaskFrame } from './parts.tsx';
import type { TaskProps } from './task.tsx';

function CanaryWarning({ state }: Pick<TaskProps, 'state'>) {
  if (!state.task?.item?.canary) return null;
  return (
    <Notice tone="warn" title="This is a canary">
      Using it raises an alert here and in the ledger.
    </Notice>
  );
}

/** Shown when it is asked for and not before. Each look and each copy is a use, written down first. */
export function RevealItem({ bridge, state }: TaskProps) {
  const id = useId();
  const { itemValue } = state;
  const show = () => bridge.send({ type: 'reveal-item' });
  return (
    <TaskFrame
      bridge={bridge}
      state={state}
      title="Reveal a secret"
      {...(itemValue === null ? { act: { label: 'Reveal', form: id } } : {})}
    >
      <ItemName state={state} />
      <CanaryWarning state={state} />
      <p>Every look and every copy is entered into the journal and the ledger, never the value.</p>
      <form id={id} onSubmit={submitting(show)} />
      {itemValue === null ? null : <p className="secret-value">{visible(itemValue)}</p>}
      <Button onPress={() => bridge.send({ type: 'copy-item' })}>Copy for 30 s</Button>
    </TaskFrame>
  );
}

/** The key of a wallet that a second operator approved to show: the window has it on its screen and nowhere else. */
export function ShownKey({ bridge, state }: TaskProps) {
  return (
    <TaskFrame bridge={bridge} state={state} title="The key of this wallet">
      <Notice tone="warn" title="Whoever reads this has the wallet alone">
        It is shown once. Every copy is entered into the journal and the ledger, never the value.
      </Notice>
      <p className="secret-value">{visible(state.itemValue ?? '')}</p>
      <Button onPress={() => bridge.send({ type: 'copy-item' })}>Copy for 30 s</Button>
    </TaskFrame>
  );
}

export function RenameItem({ bridge, state }: TaskProps) {
  const id = useId();
  const [label, setLabel] = useState(state.task?.item?.label ?? '');
  const ready = isLabel(label.trim());
  const rename = () => {
    if (ready) bridge.send({ type: 'rename-item', label: label.trim() });
  };
  return (
    <TaskFrame
      bridge={bridge}
      state={state}
      title="Rename a secret"
      act={{ label: 'Rename', form: id, disabled: !ready }}
    >
      <ItemName state={state} />
      <form id={id} className="stack" onSubmit={submitting(rename)}>
        <Field
          id={`${id}-label`}
          kind="code"
          label="New label"
          value={label}
          onChange={setLabel}
          disabled={state.working !== null}
        />
      </form>
    </TaskFrame>
  );
}

export function RemoveItem({ bridge, state }: TaskProps) {
  const id = useId();
  return (
    <TaskFrame
      bridge={bridge}
      state={state}
      title="Remove a secret"
      act={{ label: 'Remove it for ever', form: id, danger: true }}
    >
      <ItemName state={state} />
      <Notice tone="warn" title="This destroys the secret">
        It goes from the vault and from its spare. If it is in use anywhere, store it elsewhere first.
      </Notice>
      <form id={id} onSubmit={submitting(() => bridge.send({ type: 'remove-item' }))} />
    </TaskFrame>
  );
}
