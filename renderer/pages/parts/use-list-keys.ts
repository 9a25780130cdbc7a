import { useEffect } from 'react';

interface ListKeys {
  readonly move: (by: 1 | -1) => void;
  readonly open: () => void;
  readonly close: () => void;
  readonly search: () => void;
}

const isControl = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input, textarea, select, [role="dialog"]') !== null;

/** j and k move, Enter opens, Escape closes, / searches: wherever the focus is, unless somebody types. */
export function useListKeys(keys: ListKeys): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isControl(event.target)) return;
      const onButton = event.target instanceof HTMLElement && event.target.closest('button, a') !== null;
      if (event.key === 'j' || event.key === 'ArrowDown') keys.move(1);
      else if (event.key === 'k' || event.key === 'ArrowUp') keys.move(-1);
      else if (event.key === 'Enter' && !onButton) keys.open();
      else if (event.key === 'Escape') keys.close();
      else if (event.key === '/') keys.search();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [keys]);
}
