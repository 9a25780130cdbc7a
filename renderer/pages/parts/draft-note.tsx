import type { DraftState } from '../../bridge/use-draft.ts';
import { Button } from '../../ui/button.tsx';

interface DraftNoteProps {
  readonly draft: DraftState;
  readonly disabled?: boolean;
  /** `inset`: as wide as the fields of a dialog. */
  readonly place?: 'inset' | 'flush';
}

/** Says that a form came back with what was typed before, and that it cannot, where it cannot. Silent otherwise. */
export function DraftNote({ draft, disabled = false, place = 'inset' }: DraftNoteProps) {
  const inset = place === 'inset' ? 'px-5' : '';
  if (draft.isRefused)
    return (
      <p role="note" className={`${inset} text-small text-warn`} data-testid="draft-refused">
        What you type here is not kept if this window’s process ends. It may be too long.
      </p>
    );
  if (!draft.isRestored) return null;
  return (
    <p
      role="status"
      className={`${inset} flex items-center gap-3 text-small text-soft`}
      data-testid="draft-restored"
    >
      Restored: you typed this before and did not sign it.
      <Button small kind="quiet" disabled={disabled} onClick={draft.discard}>
        Discard it
      </Button>
    </p>
  );
}
