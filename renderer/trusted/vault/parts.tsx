import type { FormEvent, ReactNode } from 'react';
import { KEPT_NAMES, KEPT_TYPES } from '../../../shared/http/vault-items.ts';
import type { TrustedBridge } from '../bridge.ts';
import type { Conversation } from '../conversation.ts';
import { Button, Frame, Notice } from '../parts.tsx';
import { visible } from '../visible.ts';

interface TaskFrameProps {
  readonly bridge: TrustedBridge;
  readonly state: Conversation;
  readonly title: string;
  /** The main button; without it there is only the way out. */
  readonly act?: {
    readonly label: string;
    readonly form: string;
    readonly disabled?: boolean;
    readonly danger?: boolean;
  };
  readonly children: ReactNode;
}

/** Every act has the same way out, and says what went wrong in the same place. */
export function TaskFrame({ bridge, state, title, act, children }: TaskFrameProps) {
  const busy = state.working !== null;
  const actions = (
    <>
      <Button onPress={() => bridge.send({ type: 'close-task' })} disabled={busy}>
        {act ? 'Cancel' : 'Close'}
      </Button>
      {act ? (
        <button
          type="submit"
          form={act.form}
          className={`button ${act.danger ? 'danger' : 'primary'}`}
          disabled={busy || (act.disabled ?? false)}
        >
          {act.label}
        </button>
      ) : null}
    </>
  );
  return (
    <Frame purpose="Vault" actions={actions} working={state.working}>
      <h1>{title}</h1>
      {state.error ? <Notice tone="bad">{state.error.message}</Notice> : null}
      {children}
    </Frame>
  );
}

/** `note “Backup”`: which item this is about, with nothing in its label that deceives. */
export function ItemName({ state }: { readonly state: Conversation }) {
  const item = state.task?.item;
  if (!item) return null;
  const type = KEPT_TYPES.find((known) => known === item.type);
  return (
    <dl className="facts">
      <div>
        <dt>{type ? KEPT_NAMES[type] : item.type}</dt>
        <dd>{visible(item.label ?? '')}</dd>
      </div>
    </dl>
  );
}

export const submitting = (act: () => void) => (event: FormEvent) => {
  event.preventDefault();
  act();
};
