import type { TrustedBridge } from './bridge.ts';
import { CardWindow } from './card.tsx';
import { type Conversation, useConversation } from './conversation.ts';
import { CreateVault } from './first-run.tsx';
import { Frame, Notice } from './parts.tsx';
import { RevealWindow } from './reveal.tsx';
import { Unlock } from './unlock.tsx';
import { VaultTask } from './vault/task.tsx';

interface ScreenProps {
  readonly bridge: TrustedBridge;
  readonly state: Conversation;
}

/** The screen of this window's role; what it is for was decided when it was opened and cannot change. */
export function Screen({ bridge, state }: ScreenProps) {
  if (state.unlocked)
    return (
      <Frame purpose="Unlocked">
        <Notice tone="ok" title="The vault is open">
          The console is starting. This window closes by itself.
        </Notice>
      </Frame>
    );
  switch (bridge.role) {
    case 'first-run':
      return <CreateVault bridge={bridge} state={state} purpose="First run" />;
    case 'unlock':
      return <Unlock bridge={bridge} state={state} />;
    case 'card':
      return <CardWindow bridge={bridge} state={state} />;
    case 'reveal':
      return <RevealWindow bridge={bridge} state={state} />;
    case 'vault':
      return <VaultTask bridge={bridge} state={state} />;
  }
}

export function TrustedApp({ bridge }: { readonly bridge: TrustedBridge }) {
  return <Screen bridge={bridge} state={useConversation(bridge)} />;
}
