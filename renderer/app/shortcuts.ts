import type { UiStore } from '../stores/ui.ts';
import { PAGE_TABLE } from './page-table.ts';

export interface Shortcut {
  readonly id: string;
  /** As it stands on a key. */
  readonly keys: string;
  readonly says: string;
  /** What the browser calls the key, in lower case. */
  readonly key: string;
  readonly run: (ui: UiStore) => void;
}

/** Keys that work wherever nobody types. The cheat sheet is drawn from this table, and the keyboard obeys it. */
export const SHORTCUTS: readonly Shortcut[] = [
  { id: 'freeze', keys: 'F', key: 'f', says: 'Stop all spending', run: (ui) => ui.askFreeze('order') },
  {
    id: 'help',
    keys: 'H',
    key: 'h',
    says: 'Guide and runbooks of this screen',
    run: (ui) => ui.toggleHelp(),
  },
  {
    id: 'navigation',
    keys: '[',
    key: '[',
    says: 'Narrow or widen the navigation',
    run: (ui) => ui.prefer({ navigation: ui.getState().navigation === 'wide' ? 'rail' : 'wide' }),
  },
  { id: 'keys', keys: '?', key: '?', says: 'This list of keys', run: (ui) => ui.setCheatSheet(true) },
];

/** Keys that others obey: the palette anywhere, lists and dialogs where they are. */
export const ELSEWHERE: readonly Pick<Shortcut, 'keys' | 'says'>[] = [
  { keys: 'Ctrl K', says: 'Any screen or action by name' },
  { keys: 'J', says: 'Next row of a list' },
  { keys: 'K', says: 'Row before it' },
  { keys: 'Enter', says: 'Open the row' },
  { keys: '/', says: 'Search the list' },
  { keys: 'Esc', says: 'Close what is open' },
];

/** The digit of a screen; the tenth and later ones have none. */
export const digitOf = (index: number): string | undefined => (index < 9 ? String(index + 1) : undefined);

export const pageOfDigit = (key: string) => (/^[1-9]$/.test(key) ? PAGE_TABLE[Number(key) - 1] : undefined);

export const pageOfLetter = (key: string) =>
  PAGE_TABLE.find(({ letter }) => letter.toLowerCase() === key.toLowerCase());
