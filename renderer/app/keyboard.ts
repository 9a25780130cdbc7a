import { useEffect } from 'react';
import type { UiStore } from '../stores/ui.ts';
import { PAGE_TABLE } from './page-table.ts';

/** Whether a key belongs to what has the focus: text fields, lists of choices, open dialogs. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest('input, textarea, select, [role="dialog"]') !== null)
  );
}

/** Ctrl or Cmd with K opens the palette anywhere; where nobody types, bare digits change the page and F asks to stop all spending. */
export function useKeyboard(ui: UiStore): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        ui.setPalette(!ui.getState().paletteOpen);
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.key.toLowerCase() === 'f' && !event.repeat) {
        event.preventDefault();
        ui.askFreeze('order');
        return;
      }
      const page = /^[1-9]$/.test(event.key) ? PAGE_TABLE[Number(event.key) - 1] : undefined;
      if (page) ui.go(page.id);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [ui]);
}
