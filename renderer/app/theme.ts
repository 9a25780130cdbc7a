import type { UiStore } from '../stores/ui.ts';

/** Keeps the document's theme and density attributes in step with what was chosen; `system` leaves it to the media query. */
export function followTheme(ui: UiStore, element: HTMLElement): () => void {
  const apply = (): void => {
    const { theme, density } = ui.getState();
    if (theme === 'system') element.removeAttribute('data-theme');
    else element.dataset.theme = theme;
    element.dataset.density = density;
  };
  apply();
  return ui.subscribe(apply);
}
