import { useState } from 'react';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { cx } from '../../ui/cx.ts';
import { Banner } from '../../ui/message.tsx';

interface Props {
  /** A dropped file is being verified, or says why not. */
  readonly onVerifying: () => void;
  readonly children: React.ReactNode;
}

const hasFiles = ({ dataTransfer }: React.DragEvent): boolean => [...dataTransfer.types].includes('Files');

/** The screen as a place where a bundle or checkpoint is dropped to be verified. The page passes the file on and reads nothing of it. */
export function DropZone({ onVerifying, children }: Props) {
  const bridge = useBridge();
  const [isOver, setOver] = useState(false);
  const { action, run } = useAction(async (file: File) => {
    await bridge.drop(file);
    onVerifying();
  });
  return (
    <section
      aria-label="Ledger; a dropped bundle is verified"
      className={cx('flex h-full flex-col', isOver && 'outline-2 outline-accent -outline-offset-2')}
      onDragOver={(event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (event.target === event.currentTarget) setOver(false);
      }}
      onDrop={(event) => {
        setOver(false);
        const [file] = event.dataTransfer.files;
        if (!file) return;
        event.preventDefault();
        void run(file);
      }}
    >
      {isOver ? (
        <Banner tone="info" role="status" testId="drop-hint">
          Drop the bundle or checkpoint to verify it on this machine.
        </Banner>
      ) : null}
      {action.state === 'failed' ? (
        <Banner tone="warn" role="alert" testId="drop-failed">
          The dropped file was not verified. {action.error.message}
        </Banner>
      ) : null}
      {children}
    </section>
  );
}
