import type { TrustedBridge } from '../bridge.ts';
import type { Conversation } from '../conversation.ts';
import { Button, Frame, Notice } from '../parts.tsx';
import { AddItem } from './add.tsx';
import { CeremonyStep } from './ceremony.tsx';
import { Drill } from './drill.tsx';
import { ExportItem } from './export.tsx';
import { ImportItems } from './import.tsx';
import { RemoveItem, RenameItem, RevealItem, ShownKey } from './item.tsx';
import { ChangePassphrase, Rekey } from './keys.tsx';
import { QrCode } from './qr-code.tsx';
import { MakeShares } from './shares.tsx';

export interface TaskProps {
  readonly bridge: TrustedBridge;
  readonly state: Conversation;
}

const PURPOSE = 'Vault';

const SCREENS = {
  add: AddItem,
  import: ImportItems,
  passphrase: ChangePassphrase,
  rekey: Rekey,
  shares: MakeShares,
  drill: Drill,
  reveal: RevealItem,
  rename: RenameItem,
  remove: RemoveItem,
  export: ExportItem,
} as const;

/** One act on the open vault. The page that asked for it learns that it was done, and nothing of what is typed or shown here. */
export function VaultTask({ bridge, state }: TaskProps) {
  const { task, error, done } = state;
  const close = () => bridge.send({ type: 'close-task' });
  if (done)
    return (
      <Frame
        purpose={PURPOSE}
        actions={
          <Button look="primary" onPress={close}>
            Close
          </Button>
        }
      >
        <Notice tone="ok" title="Done">
          {done}
        </Notice>
        {state.doneQr ? <QrCode rows={state.doneQr} label="The same as a QR code" /> : null}
      </Frame>
    );
  if (state.ceremony && state.itemValue !== null) return <ShownKey bridge={bridge} state={state} />;
  if (state.ceremony)
    return <CeremonyStep key={state.ceremony.title} bridge={bridge} state={state} step={state.ceremony} />;
  if (!task)
    return (
      <Frame purpose={PURPOSE} working={error ? null : 'Waiting for the vault'}>
        {error ? <Notice tone="bad">{error.message}</Notice> : null}
      </Frame>
    );
  const Task = SCREENS[task.task];
  return <Task bridge={bridge} state={state} />;
}
