import { Command as Cmdk } from 'cmdk';
import { useMemo, useState } from 'react';
import { placeOfLink } from '../../../shared/ipc/place.ts';
import { useBridge } from '../../bridge/context.tsx';
import { linkIn } from '../../stores/ledger-link.ts';
import { useStores } from '../../stores/stores.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { type Command, commandsFor } from './commands.ts';

const GROUPS: readonly Command['group'][] = ['Go to', 'Do', 'Show'];

/** Every screen and action by name. */
export function Palette() {
  const stores = useStores();
  const bridge = useBridge();
  const commands = useMemo(() => commandsFor(stores, bridge), [stores, bridge]);
  const [typed, setTyped] = useState('');
  const link = linkIn(typed);
  const place = link ? null : placeOfLink(typed.trim());
  return (
    <Dialog open wide hideTitle title="Commands" testId="palette" onClose={() => stores.ui.setPalette(false)}>
      <Cmdk label="Commands" loop className="flex min-h-0 flex-col">
        <Cmdk.Input
          autoFocus
          value={typed}
          onValueChange={setTyped}
          placeholder="Type a screen or an action, or paste a link"
          aria-label="Search commands"
          className="h-12 shrink-0 border-line border-b bg-transparent px-4 text-ink text-lead outline-none placeholder:text-faint"
        />
        <Cmdk.List label="Commands" className="max-h-[400px] overflow-auto p-2">
          <Cmdk.Empty className="px-2 py-6 text-body text-soft">No command has these words.</Cmdk.Empty>
          {link ? (
            <Cmdk.Item
              forceMount
              value={typed}
              onSelect={() => stores.ui.followLink(link)}
              className="flex h-8 items-center rounded-sm px-2 text-body text-ink data-[selected=true]:bg-selected"
            >
              Open the ledger as the link says
            </Cmdk.Item>
          ) : null}
          {place ? (
            <Cmdk.Item
              forceMount
              value={typed}
              onSelect={() => stores.ui.followPlace(place)}
              className="flex h-8 items-center rounded-sm px-2 text-body text-ink data-[selected=true]:bg-selected"
            >
              Go where the link leads
            </Cmdk.Item>
          ) : null}
          {GROUPS.map((group) => (
            <Cmdk.Group
              key={group}
              heading={group}
              className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-faint [&_[cmdk-group-heading]]:text-note"
            >
              {commands
                .filter((command) => command.group === group)
                .map((command) => (
                  <Cmdk.Item
                    key={command.id}
                    value={`${command.label} ${command.words}`}
                    onSelect={command.run}
                    className="flex h-8 items-center justify-between rounded-sm px-2 text-body text-ink data-[selected=true]:bg-selected"
                  >
                    {command.label}
                    {command.keys ? <Kbd>{command.keys}</Kbd> : null}
                  </Cmdk.Item>
                ))}
            </Cmdk.Group>
          ))}
        </Cmdk.List>
      </Cmdk>
    </Dialog>
  );
}
