import { useRef, useState } from 'react';
import type { CompareRequest, OwnCheckpoint } from '../../../shared/ipc/evidence.ts';
import { useBridge } from '../../bridge/context.tsx';
import { BridgeError } from '../../bridge/error.ts';
import { useAction } from '../../bridge/use-action.ts';
import { useAsk } from '../../bridge/use-remote.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { QrSymbol } from '../../ui/qr.tsx';
import { State } from '../../ui/state.tsx';
import { DialogFailure } from '../parts/dialog-failure.tsx';
import { pixelsOf, qrOf, textIn } from '../parts/qr-text.ts';
import { SaveText } from '../parts/save-text.tsx';
import { HeadSide } from './alarm.tsx';
import { ComparisonResult } from './comparison.tsx';
import { DialogUnread } from './unread.tsx';

function Own({ own }: { readonly own: OwnCheckpoint }) {
  const bridge = useBridge();
  const { action, run } = useAction(() => bridge.ask('evidence.saveCheckpoint', undefined));
  const rows = qrOf(own.note);
  return (
    <section aria-label="This console’s checkpoint" className="flex flex-wrap gap-5 px-5">
      {rows ? (
        <QrSymbol rows={rows} label={`Checkpoint of ${own.size} entries as a QR code`} />
      ) : (
        <p className="w-60 text-small text-soft">
          It has too many signatures for a QR code. Save it as a file.
        </p>
      )}
      <div className="flex min-w-0 flex-1 flex-col gap-3">
        <HeadSide name="Verified here" head={own} />
        <SaveText text={own.note} what="the signed checkpoint" action={action} onSave={() => void run()} />
      </div>
    </section>
  );
}

interface ReceivedProps {
  readonly disabled: boolean;
  readonly onRequest: (request: CompareRequest) => void;
  readonly onPicture: (file: File) => void;
}

function Received({ disabled, onRequest, onPicture }: ReceivedProps) {
  const [text, setText] = useState('');
  const picture = useRef<HTMLInputElement>(null);
  const canCompare = !disabled && text.trim() !== '';
  return (
    <section aria-label="A received checkpoint" className="flex flex-col gap-2 px-5">
      <Field
        label="Checkpoint that you received"
        hint="Paste it and press Ctrl+Enter, or take it from a file or a picture of its QR code."
      >
        {(aria) => (
          <textarea
            {...aria}
            rows={4}
            spellCheck={false}
            maxLength={65_536}
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || !canCompare) return;
              event.preventDefault();
              onRequest({ from: 'text', text });
            }}
            className="w-full rounded-sm border border-line-strong bg-canvas p-2 font-mono text-ink text-small"
          />
        )}
      </Field>
      <div className="flex gap-2">
        <Button small disabled={!canCompare} onClick={() => onRequest({ from: 'text', text })}>
          Compare
        </Button>
        <Button small disabled={disabled} onClick={() => onRequest({ from: 'file' })}>
          From a file…
        </Button>
        <Button small disabled={disabled} onClick={() => picture.current?.click()}>
          From a picture…
        </Button>
        <input
          ref={picture}
          type="file"
          accept="image/png,image/jpeg,image/webp"
          aria-label="Picture of a QR code"
          className="sr-only"
          tabIndex={-1}
          onChange={(event) => {
            const [file] = event.target.files ?? [];
            if (file) onPicture(file);
            event.target.value = '';
          }}
        />
      </div>
    </section>
  );
}

async function requestOf(file: File): Promise<CompareRequest> {
  const pixels = await pixelsOf(file);
  const text = pixels && textIn(pixels);
  if (!text)
    throw new BridgeError(
      'invalid-payload',
      'No QR code can be read in this picture. Take it again, closer.',
    );
  return { from: 'text', text };
}

/** How two consoles compare what they saw, without trusting the service that shows it to them. */
export function CheckpointDialog({ onClose }: { readonly onClose: () => void }) {
  const bridge = useBridge();
  const own = useAsk('evidence.checkpoint');
  const { action, run } = useAction(async (wanted: CompareRequest | File) =>
    bridge.ask('evidence.compare', wanted instanceof File ? await requestOf(wanted) : wanted),
  );
  return (
    <Dialog
      open
      title="Compare checkpoints"
      description="Two people who hold the same log hold the same checkpoint. Show yours by QR code or file, and compare theirs."
      testId="checkpoint-dialog"
      onClose={onClose}
    >
      <div className="flex flex-col gap-4 pt-4">
        {own.data ? <Own own={own.data} /> : null}
        {!own.data && !own.error ? (
          <State tone="busy" word="reading the checkpoint" className="px-5" />
        ) : null}
        {own.error ? (
          <DialogUnread error={own.error} what="nothing to compare with" onRetry={own.retry} />
        ) : null}
        <Received
          disabled={!own.data || action.state === 'running'}
          onRequest={(request) => void run(request)}
          onPicture={(file) => void run(file)}
        />
        {action.state === 'running' ? (
          <p role="status" className="px-5">
            <State tone="busy" word="comparing: asking the log how one leads to the other" />
          </p>
        ) : null}
        {action.state === 'done' && action.value !== null ? (
          <ComparisonResult comparison={action.value} />
        ) : null}
        <DialogFailure action={action} />
        <DialogActions>
          <Button onClick={onClose}>Close</Button>
        </DialogActions>
      </div>
    </Dialog>
  );
}
