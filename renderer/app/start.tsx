import { createRoot } from 'react-dom/client';
import { createBridge, doorOf } from '../bridge/bridge.ts';
import { Memory } from '../bridge/context.tsx';
import { Drafts } from '../bridge/drafts.ts';
import { openStream } from '../bridge/stream.ts';
import { applyPushed } from '../stores/apply.ts';
import { lastKnown, onLive } from '../stores/live.ts';
import { createStores } from '../stores/stores.tsx';
import type { Preferences } from '../stores/ui.ts';
import { App } from './app.tsx';
import { followTheme } from './theme.ts';

/** Storage throws where the page may not have any; preferences are then kept for this window only. */
function storageOf(page: Window): Preferences | null {
  try {
    return page.localStorage;
  } catch {
    return null;
  }
}

/** Joins door, stores and screen, and draws. */
export function start(root: HTMLElement): void {
  const bridge = createBridge(doorOf(window));
  const stores = createStores(storageOf(window));
  followTheme(stores.ui, document.documentElement);
  openStream({
    bridge,
    window,
    after: () => lastKnown(stores.live),
    apply: (items) => applyPushed(stores, items, Date.now()),
    onTrouble: (what) => {
      stores.live.setStream({ state: 'waiting', retryAt: null });
      stores.notices.add('warning', what, Date.now());
    },
  });
  const drafts = new Drafts(bridge.ask);
  void drafts.load();
  const scope = {
    ...{ bridge, drafts, memory: new Memory(), visibility: document },
    returned: (listener: () => void) => onLive(stores.live, listener),
  };
  createRoot(root).render(<App scope={scope} stores={stores} />);
}
