import { act, cleanup, fireEvent, screen, within } from '@testing-library/react';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { fakeDoor } from '../../tests/fixtures/screen/door.ts';
import { memoryStorage, renderScreen } from '../../tests/fixtures/screen/render.tsx';
import { createStores } from '../stores/stores.tsx';
import { PAGES } from '../stores/ui.ts';
import { CheatSheet } from './cheat-sheet.tsx';
import { HelpPanel } from './help-panel.tsx';
import { useKeyboard } from './keyboard.ts';
import { Navigation } from './navigation.tsx';
import { PAGE_GROUPS, PAGE_TABLE } from './page-table.ts';
import { ELSEWHERE, SHORTCUTS } from './shortcuts.ts';

afterEach(cleanup);
afterAll(() => vi.dynamicImportSettled());

const stores = createStores(memoryStorage());

function Keys({ ui = stores.ui }) {
  useKeyboard(ui);
  return <input aria-label="a field" />;
}

function keyed() {
  const made = createStores(memoryStorage());
  renderScreen(<Keys ui={made.ui} />, fakeDoor());
  return made.ui;
}

const press = (key: string, more: object = {}) => fireEvent.keyDown(document.body, { key, ...more });

describe('the table of screens', () => {
  it('has each screen once, group after group, with a letter of its own', () => {
    expect(PAGE_TABLE.map(({ id }) => id)).toEqual([...PAGES]);
    expect(new Set(PAGE_TABLE.map(({ letter }) => letter)).size).toBe(PAGE_TABLE.length);
    const order = PAGE_TABLE.map(({ group }) => PAGE_GROUPS.findIndex(({ id }) => id === group));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(new Set(order).size).toBe(PAGE_GROUPS.length);
  });

  it('leaves G to the sequence and every other key alone', () => {
    const bare = SHORTCUTS.map(({ key }) => key);
    expect(new Set(bare).size).toBe(bare.length);
    expect(bare).not.toContain('g');
    for (const { key } of SHORTCUTS) expect(key).not.toMatch(/^[1-9]$/);
  });
});

describe('the navigation', () => {
  it('has every screen under the heading of its group, in the order of the table', () => {
    renderScreen(<Navigation />, fakeDoor());
    for (const { id, label } of PAGE_GROUPS) {
      const list = screen.getByRole('list', { name: label });
      expect(
        within(list)
          .getAllByRole('button')
          .map((one) => one.dataset.testid),
      ).toEqual(PAGE_TABLE.filter(({ group }) => group === id).map((page) => `nav-${page.id}`));
    }
    const tabbed = [...document.querySelectorAll('[data-testid^="nav-"]')].map((one) =>
      one.getAttribute('data-testid'),
    );
    expect(tabbed).toEqual(PAGES.map((id) => `nav-${id}`));
  });

  it('narrows to a rail that still names and reaches every screen, and stays so', () => {
    const { stores } = renderScreen(<Navigation />, fakeDoor());
    fireEvent.click(screen.getByTestId('toggle-navigation'));
    expect(stores.ui.getState().navigation).toBe('rail');
    for (const { id, label, letter } of PAGE_TABLE) {
      const entry = screen.getByTestId(`nav-${id}`);
      expect(entry.getAttribute('aria-label')).toBe(label);
      expect(entry.textContent).toBe(letter);
      fireEvent.click(entry);
      expect(stores.ui.getState().page).toBe(id);
    }
    fireEvent.click(screen.getByTestId('toggle-navigation'));
    expect(screen.getByTestId('nav-ledger').textContent).toBe('Ledger2');
  });

  it('is remembered, and a width that nobody knows is forgotten', () => {
    const storage = memoryStorage();
    createStores(storage).ui.prefer({ navigation: 'rail' });
    expect(createStores(storage).ui.getState().navigation).toBe('rail');
    storage.setItem('sallyport.preferences', '{"navigation":"sideways"}');
    expect(createStores(storage).ui.getState().navigation).toBe('wide');
  });
});

describe('the keyboard', () => {
  it('goes to every screen by G and its letter, and to the first nine by digit', () => {
    const ui = keyed();
    for (const { id, letter } of PAGE_TABLE) {
      press('g');
      press(letter.toLowerCase());
      expect(ui.getState().page).toBe(id);
    }
    for (const [index, { id }] of PAGE_TABLE.slice(0, 9).entries()) {
      press(String(index + 1));
      expect(ui.getState().page).toBe(id);
    }
    press('0');
    expect(ui.getState().page).toBe(PAGE_TABLE[8]?.id);
  });

  it('takes a letter for itself when the G was too long ago, or belonged to a field', () => {
    const ui = keyed();
    fireEvent.keyDown(screen.getByLabelText('a field'), { key: 'g' });
    press('k');
    expect(ui.getState().page).toBe('overview');
    const late = new KeyboardEvent('keydown', { key: 'k' });
    press('g');
    Object.defineProperty(late, 'timeStamp', { value: performance.now() + 60_000 });
    act(() => void document.body.dispatchEvent(late));
    expect(ui.getState().page).toBe('overview');
  });

  it('keeps a key that it obeyed from the list on the screen, and leaves the others', () => {
    keyed();
    const heard: string[] = [];
    const listen = (event: KeyboardEvent) => heard.push(event.key);
    window.addEventListener('keydown', listen);
    for (const key of ['g', 'k', 'j', 'h', 'k']) press(key);
    window.removeEventListener('keydown', listen);
    expect(heard).toEqual(['j', 'k']);
  });

  it('obeys every shortcut of the cheat sheet', () => {
    const ui = keyed();
    press('?');
    expect(ui.getState().cheatSheetOpen).toBe(true);
    press('h');
    expect(ui.getState().help).toEqual({ doc: null });
    press('h');
    expect(ui.getState().help).toBeNull();
    press('[');
    expect(ui.getState().navigation).toBe('rail');
    press('f', { repeat: true });
    expect(ui.getState().freezing).toBeNull();
    press('f');
    expect(ui.getState().freezing).toBe('order');
  });
});

describe('the cheat sheet', () => {
  it('has every key and every screen', async () => {
    renderScreen(<CheatSheet />, fakeDoor());
    const text = (await screen.findByTestId('cheat-sheet')).textContent ?? '';
    for (const { says } of [...SHORTCUTS, ...ELSEWHERE]) expect(text).toContain(says);
    for (const { label, letter } of PAGE_TABLE) expect(text).toMatch(new RegExp(`${label}\\d?G ${letter}`));
  });
});

describe('help beside the screen', () => {
  it('is the guide of the screen with its runbooks, and follows to the next screen', () => {
    const { stores } = renderScreen(<HelpPanel />, fakeDoor());
    act(() => stores.ui.openHelp());
    expect(screen.getByTestId('doc-screen-overview')).toBeTruthy();
    act(() => stores.ui.go('incidents'));
    expect(screen.getByTestId('doc-screen-incidents')).toBeTruthy();
    expect(screen.getByRole('navigation', { name: 'Also about this screen' }).textContent).toContain(
      'Assume a key is stolen',
    );
  });

  it('keeps a runbook open while it sends its reader elsewhere', () => {
    const { stores } = renderScreen(<HelpPanel />, fakeDoor());
    act(() => stores.ui.go('incidents'));
    fireEvent.click(screen.getAllByTestId('doc-link-runbook-key-stolen')[0] as HTMLElement);
    fireEvent.click(
      within(screen.getByTestId('doc-runbook-key-stolen')).getAllByRole('button', {
        name: 'Ledger',
      })[0] as HTMLElement,
    );
    expect(stores.ui.getState()).toMatchObject({ page: 'ledger', help: { doc: 'runbook-key-stolen' } });
    expect(screen.getByTestId('doc-runbook-key-stolen')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Open in Docs' }));
    expect(stores.ui.getState()).toMatchObject({ page: 'docs', doc: 'runbook-key-stolen', help: null });
  });
});
