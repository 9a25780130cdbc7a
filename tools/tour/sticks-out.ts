import type { Page } from 'playwright';

/** A box and by how many pixels its contents are too wide for it. */
export interface StickingOut {
  readonly box: string;
  readonly by: number;
}

/**
 * Runs in the page: what sticks out to the right, of the document, of the content, which scrolls down only, and of what is around a
 * table; and what makes the document higher than its window. What a table has too much lies over its neighbour, and makes no box that
 * holds both any wider.
 */
const STICKS_OUT = `(() => {
  const boxes = [document.documentElement, document.getElementById('content')]
    .filter((box) => box !== null)
    .map((box) => ({ box: box.id || box.tagName, by: box.scrollWidth - box.clientWidth }));
  const { scrollHeight, clientHeight } = document.documentElement;
  const below = { box: 'window, downwards,', by: scrollHeight - clientHeight };
  const rightOf = (box) => box.getBoundingClientRect().right;
  const tables = [...document.querySelectorAll('table')].map((table) => ({
    box: table.getAttribute('aria-label') ?? 'table',
    by: Math.floor(rightOf(table) - rightOf(table.parentElement)),
  }));
  return [...boxes, below, ...tables].filter(({ by }) => by > 0);
})()`;

export const sticksOut = (page: Page): Promise<StickingOut[]> => page.evaluate<StickingOut[]>(STICKS_OUT);
