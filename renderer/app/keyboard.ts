import { useEffect } from 'react';
import type { UiStore } from '../stores/ui.ts';
import { pageOfDigit, pageOfLetter, SHORTCUTS } from './shortcuts.ts';

/** The letter of a screen has to follow its G within this time (ms); later it means what it means alone. */
const SEQUENCE_MS = 1500;

/** Whether a key belongs to what has the focus: text fields, lists of choices, open dialogs. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest('input, textarea, select, [role="dialog"]') !== null)
  );
}

/** Obeys one bare key. @returns whether it meant something here */
function obey(ui: UiStore, key: string, repeat: boolean): boolean {
  const shortcut = repeat ? undefined : SHORTCUTS.find((one) => one.key === key.toLowerCase());
  if (shortcut) {
    shortcut.run(ui);
    return true;
  }
  const page = pageOfDigit(key);
  if (page) ui.go(page.id);
  return page !== undefined;
}

/** Ctrl or Cmd with K opens the palette anywhere; where nobody types, a digit or G and a letter change the screen. */
export function useKeyboard(ui: UiStore): void {
  useEffect(() => {
    let asked = Number.NEGATIVE_INFINITY;
    const onKey = (event: KeyboardEvent): void => {
      const { key, ctrlKey, metaKey, altKey } = event;
      const take = (): void => {
        event.preventDefault();
        // The list on the screen reads letters as well; this one was not for it.
        event.stopImmediatePropagation();
      };
      if ((ctrlKey || metaKey) && !altKey && key.toLowerCase() === 'k') {
        take();
        ui.setPalette(!ui.getState().paletteOpen);
        return;
      }
      if (ctrlKey || metaKey || altKey || isTyping(event.target)) return;
      const inSequence = event.timeStamp - asked < SEQUENCE_MS;
      asked = Number.NEGATIVE_INFINITY;
      const page = inSequence ? pageOfLetter(key) : undefined;
      if (page) {
        take();
        ui.go(page.id);
      } else if (key.toLowerCase() === 'g') {
        asked = event.timeStamp;
        take();
      } else if (obey(ui, key, event.repeat)) take();
    };
    // Before every screen’s own keys.
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, [ui]);
}
