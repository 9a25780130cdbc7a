import type { StoreApi } from 'zustand/vanilla';
import type { Place } from '../../shared/ipc/place.ts';
import type { UiState } from './ui.ts';

/** Where somebody is in the operator docs: on their screen, beside another screen, or at the list of keys. */
export interface Reading {
  /** The page of the Docs screen; null: its index. */
  readonly doc: string | null;
  /** The panel beside the screen: open with a page of its own, or, with null, with the guide of whatever screen is shown. */
  readonly help: { readonly doc: string | null } | null;
  readonly cheatSheetOpen: boolean;
}

export const NO_HELP: Reading = { doc: null, help: null, cheatSheetOpen: false };

/** Ways to the operator docs. A runbook stays beside the screens that it sends its reader to. */
export function helpPlaces(store: StoreApi<UiState>) {
  /** Reads a page on the Docs screen. */
  const readDoc = (doc: string | null): void =>
    store.setState({ page: 'docs', intent: null, paletteOpen: false, help: null, doc });
  /** Reads a page beside the screen that is shown. */
  const openHelp = (doc: string | null = null): void => store.setState({ help: { doc }, paletteOpen: false });
  const closeHelp = (): void => store.setState({ help: null });
  const toggleHelp = (): void => (store.getState().help ? closeHelp() : openHelp());
  const setCheatSheet = (cheatSheetOpen: boolean): void =>
    store.setState({ cheatSheetOpen, paletteOpen: false });
  /** Shows where a link leads. Whatever was open stays as it was typed; nothing is asked for, nothing is done. */
  const followPlace = ({ screen, doc, incident }: Place): void =>
    store.setState((s) => ({
      ...{ page: screen, intent: null, paletteOpen: false, doc: doc ?? s.doc },
      incidents: incident === null ? s.incidents : { ...s.incidents, tab: 'incidents', incident },
    }));
  return { readDoc, openHelp, closeHelp, toggleHelp, setCheatSheet, followPlace };
}
