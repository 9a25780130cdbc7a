import type { LedgerFilter } from './ledger-filter.ts';
import { looksSecret, soundFilter } from './ledger-link.ts';

export interface SavedView {
  readonly name: string;
  readonly filter: LedgerFilter;
}

export const LONGEST_NAME = 40;
const MOST_VIEWS = 30;
const VIEWS_KEY = 'sallyport.ledger-views';

type Storage = Pick<globalThis.Storage, 'getItem' | 'setItem'>;

function soundView(found: unknown): SavedView[] {
  const { name, filter } = (found ?? {}) as { name?: unknown; filter?: unknown };
  if (typeof name !== 'string' || name === '' || name.length > LONGEST_NAME) return [];
  return [{ name, filter: soundFilter((filter ?? {}) as Record<string, unknown>) }];
}

/** What was saved and can still be read. */
export function readViews(storage: Storage | null): readonly SavedView[] {
  try {
    const found: unknown = JSON.parse(storage?.getItem(VIEWS_KEY) ?? '[]');
    return Array.isArray(found) ? found.flatMap(soundView).slice(0, MOST_VIEWS) : [];
  } catch {
    // Unreadable views are no views.
    return [];
  }
}

export function writeViews(storage: Storage | null, views: readonly SavedView[]): void {
  try {
    storage?.setItem(VIEWS_KEY, JSON.stringify(views));
  } catch {
    // A full or forbidden storage costs the view at the next start, not the page.
  }
}

/** Why this view cannot be saved; null when it can. */
export function refusalOf(views: readonly SavedView[], { name, filter }: SavedView): string | null {
  if (name === '') return 'Give the view a name.';
  if (Object.values(filter).some(looksSecret))
    return 'The filter holds what looks like a key. Keys are never saved.';
  if (views.length >= MOST_VIEWS && !views.some((view) => view.name === name))
    return `There are ${MOST_VIEWS} views already. Remove one first.`;
  return null;
}

/** The views with this one, which replaces one of the same name, by name. */
export const withView = (views: readonly SavedView[], added: SavedView): readonly SavedView[] =>
  [...views.filter(({ name }) => name !== added.name), added].sort((a, b) => a.name.localeCompare(b.name));
