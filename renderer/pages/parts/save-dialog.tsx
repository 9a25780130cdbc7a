import { useState } from 'react';
import type { ExportRequest } from '../../../shared/ipc/evidence.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field, Select } from '../../ui/field.tsx';
import { DialogFailure } from './dialog-failure.tsx';
import { ExportProgress, useExport } from './exporting.tsx';

interface Props<K extends string> {
  readonly title: string;
  readonly description: string;
  readonly testId: string;
  /** What is chosen: the kinds of file, the first of them at once. */
  readonly label: string;
  readonly hint: string;
  readonly kinds: readonly [{ value: K; label: string }, ...{ value: K; label: string }[]];
  readonly requestOf: (kind: K) => ExportRequest;
  /** Whether a file of this kind has rows that can be counted while it is written. */
  readonly hasRows?: (kind: K) => boolean;
  readonly onClose: () => void;
}

/** Saves one of several kinds of file. Where it goes is asked by the system: this page cannot name a file. */
export function SaveDialog<K extends string>(props: Props<K>) {
  const { title, description, testId, label, hint, kinds, requestOf, hasRows = () => false, onClose } = props;
  const [kind, setKind] = useState<K>(kinds[0].value);
  const { start, cancel, status } = useExport();
  const running = status?.state === 'running';
  const busy = start.action.state === 'running' || running;
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    void start.run(requestOf(kind));
  };
  return (
    <Dialog open title={title} description={description} testId={testId} onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-4 pt-4">
        <div className="px-5">
          <Field label={label} hint={hint}>
            {(aria) => (
              <Select
                {...aria}
                value={kind}
                options={kinds}
                disabled={busy}
                onValue={(value) => setKind(value as K)}
              />
            )}
          </Field>
        </div>
        {status ? <ExportProgress status={status} rows={hasRows(kind)} /> : null}
        <DialogFailure action={start.action} />
        <DialogActions>
          <Button onClick={onClose}>Close</Button>
          {running ? (
            <Button onClick={() => void cancel.run()}>Cancel</Button>
          ) : (
            <Button type="submit" kind="primary" disabled={busy}>
              Choose a file and save
            </Button>
          )}
        </DialogActions>
      </form>
    </Dialog>
  );
}
