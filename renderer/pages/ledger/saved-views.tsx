import { useState } from 'react';
import { LONGEST_NAME } from '../../stores/saved-views.ts';
import { useStores, useUi } from '../../stores/stores.tsx';
import type { LedgerFilter } from '../../stores/ui.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field, Input, Select } from '../../ui/field.tsx';

interface SaveProps {
  readonly filter: LedgerFilter;
  readonly onClose: () => void;
}

function SaveDialog({ filter, onClose }: SaveProps) {
  const { ui } = useStores();
  const [name, setName] = useState('');
  const [refused, setRefused] = useState<string | null>(null);
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const why = ui.saveView({ name: name.trim(), filter });
    setRefused(why);
    if (why === null) onClose();
  };
  return (
    <Dialog
      open
      title="Save this view"
      description="The filter under a name, on this computer. One of the same name is replaced."
      testId="save-view"
      onClose={onClose}
    >
      <form onSubmit={submit} className="flex flex-col gap-4 pt-4">
        <div className="px-5">
          <Field label="Name" error={refused ?? undefined}>
            {(aria) => (
              <Input
                {...aria}
                autoFocus
                maxLength={LONGEST_NAME}
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
        </div>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary">
            Save
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

const isShown = (saved: LedgerFilter, filter: LedgerFilter): boolean =>
  JSON.stringify(saved) === JSON.stringify({ ...saved, ...filter });

/** Filters that were given a name. */
export function SavedViews({ filter }: { readonly filter: LedgerFilter }) {
  const { ui } = useStores();
  const views = useUi((s) => s.savedViews);
  const [saving, setSaving] = useState(false);
  const shown = views.find((view) => isShown(view.filter, filter))?.name ?? '';
  const options = [
    { value: '', label: views.length === 0 ? 'No saved view' : 'Saved views' },
    ...views.map(({ name }) => ({ value: name, label: name })),
  ];
  const show = (name: string): void => {
    const view = views.find((one) => one.name === name);
    if (view) ui.showLedger(view.filter);
  };
  return (
    <>
      <Select aria-label="Saved view" className="w-[144px]" value={shown} options={options} onValue={show} />
      {shown === '' ? (
        <Button kind="quiet" onClick={() => setSaving(true)}>
          Save view
        </Button>
      ) : (
        <Button kind="quiet" onClick={() => ui.removeView(shown)}>
          Remove view
        </Button>
      )}
      {saving ? <SaveDialog filter={filter} onClose={() => setSaving(false)} /> : null}
    </>
  );
}
