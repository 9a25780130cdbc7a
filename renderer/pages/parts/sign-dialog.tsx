import type { Action } from '../../bridge/use-action.ts';
import type { DraftState } from '../../bridge/use-draft.ts';
import { SignedDone, SignedForm } from './signed-form.tsx';

interface SignDialogProps<T> {
  readonly title: string;
  readonly description?: React.ReactNode;
  readonly testId: string;
  readonly action: Action<T>;
  /** What the button does, as it says it. */
  readonly sign: string;
  readonly cancel?: string;
  readonly danger?: boolean;
  readonly wide?: boolean;
  /** Why this cannot be signed now. */
  readonly blocked?: string | null;
  readonly onSign: () => unknown;
  readonly draft?: DraftState | undefined;
  readonly onClose: () => void;
  /** What has happened, once it has. */
  readonly done: { readonly title: string; readonly says: (value: T) => React.ReactNode };
  /** Fields, and the summary of what will be signed. */
  readonly children: React.ReactNode;
}

/** A signed form and what came of it, for callers that judge their fields themselves. */
export function SignDialog<T>(props: SignDialogProps<T>) {
  const { action, done, onSign, children, ...form } = props;
  if (action.state === 'done')
    return (
      <SignedDone title={done.title} onClose={form.onClose} testId={`${form.testId}-done`}>
        <div className="px-5 py-4 text-body">{done.says(action.value)}</div>
      </SignedDone>
    );
  return (
    <SignedForm {...form} action={action} onSign={async () => onSign()}>
      {() => children}
    </SignedForm>
  );
}
