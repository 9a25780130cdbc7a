import type { Action } from '../../bridge/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy.tsx';

interface SaveTextProps {
  readonly text: string;
  readonly what: string;
  readonly action: Action<{ readonly path: string | null }>;
  readonly onSave: () => void;
}

/** Text that leaves for another console: as a file, or copied. Main saves it and says where. */
export function SaveText({ text, what, action, onSave }: SaveTextProps) {
  const path = action.state === 'done' ? action.value.path : null;
  return (
    <>
      <div className="flex items-center gap-2">
        <Button small disabled={action.state === 'running'} onClick={onSave}>
          Save as a file…
        </Button>
        <CopyButton text={text} what={what} />
      </div>
      {path === null ? null : (
        <p role="status" className="break-all text-small text-soft">
          Saved: {path}
        </p>
      )}
      {action.state === 'failed' ? (
        <p role="alert" className="text-bad text-small">
          {action.error.message}
        </p>
      ) : null}
    </>
  );
}
