import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeDoor, refusal } from '../../tests/fixtures/screen/door.ts';
import { memoryStorage } from '../../tests/fixtures/screen/render.tsx';
import { BOUNDARY_STATE, DOWN, keyOf, UNLOCKED } from '../../tests/fixtures/screen/samples.ts';
import { createBridge } from '../bridge/bridge.ts';
import { Memory } from '../bridge/context.tsx';
import { createStores } from '../stores/stores.tsx';
import { App } from './app.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { followTheme } from './theme.ts';

beforeEach(() => {
  // happy-dom has no scrolling of its own; the palette scrolls its choice into sight.
  Element.prototype.scrollIntoView = vi.fn();
});
afterEach(cleanup);
// A page that is still being loaded when this file ends would be half loaded for the next one.
afterAll(() => vi.dynamicImportSettled());

async function shell(script: Parameters<typeof fakeDoor>[0] = {}) {
  const fake = fakeDoor({
    ...script,
    routes: {
      'boundaries.state': () => BOUNDARY_STATE,
      'keys.list': () => ({ keys: [keyOf(1)], nextCursor: null }),
      ...script?.routes,
    },
  });
  const stores = createStores(memoryStorage());
  const scope = { bridge: createBridge(fake.door), memory: new Memory(), visibility: document };
  render(<App scope={scope} stores={stores} />);
  await waitFor(() => expect(screen.getByTestId('status-vault').textContent).toContain('unlocked'));
  return { fake, stores };
}

const press = (key: string, more: object = {}) => fireEvent.keyDown(document.body, { key, ...more });

describe('the shell', () => {
  it('starts at the overview and says how everything stands', async () => {
    await shell();
    expect(await screen.findByTestId('boundary-client-api')).toBeTruthy();
    expect(screen.getByTestId('nav-overview').getAttribute('aria-current')).toBe('page');
    expect(screen.getByTestId('status-service').textContent).toContain('running');
    expect(screen.getByTestId('service-name').textContent).toContain('127.0.0.1:41873');
    expect(screen.getByTestId('status-stream').textContent).toContain('connecting');
  });

  it('goes to a page by click and by digit, unless somebody types', async () => {
    const { stores } = await shell();
    fireEvent.click(screen.getByTestId('nav-keys'));
    expect(await screen.findByTestId('page-keys')).toBeTruthy();
    press('2');
    expect(stores.ui.getState().page).toBe('ledger');
    fireEvent.keyDown(await screen.findByLabelText('Search text'), { key: '1' });
    press('0');
    press('1', { ctrlKey: true });
    expect(stores.ui.getState().page).toBe('ledger');
  });

  it('locks on demand, and says when it could not', async () => {
    const { fake } = await shell({ channels: { 'vault.lock': () => null } });
    fireEvent.click(screen.getByTestId('lock'));
    await waitFor(() => expect(fake.asked.some((a) => a.channel === 'vault.lock')).toBe(true));
    cleanup();
    await shell({ channels: { 'vault.lock': () => refusal('internal', 'No.') } });
    fireEvent.click(screen.getByTestId('lock'));
    expect((await screen.findByTestId('notice-error')).textContent).toContain('Locking failed');
  });

  it('shows nothing but the lock while the vault is not open', async () => {
    const { stores } = await shell();
    act(() => stores.vault.set({ ...UNLOCKED, state: 'locked' }, Date.now()));
    expect(screen.getByTestId('locked').textContent).toContain('Unlock it in the unlock window');
    expect(screen.queryByTestId('page-overview')).toBeNull();
  });

  it('says the state of the stream with its next attempt, and of a service that is down', async () => {
    const { stores } = await shell();
    act(() => {
      stores.live.setStream({ state: 'waiting', retryAt: Date.now() + 4500 });
      stores.service.set(DOWN, Date.now());
    });
    expect(screen.getByTestId('status-stream').textContent).toContain('waiting, again in 4 s');
    expect(screen.getByTestId('status-service').textContent).toContain('down');
    expect(screen.getByTestId('service-name').textContent).toContain('not serving yet');
  });

  it('says when the state of the service cannot be read', async () => {
    await shell({ channels: { 'service.status': () => ({ state: 'wonderful' }) } });
    expect((await screen.findByTestId('notice-error')).textContent).toContain('service.status');
  });

  it('reads notices out and lets them be dismissed', async () => {
    const { stores } = await shell();
    act(() => stores.notices.add('warning', 'A weak setting.', Date.now()));
    const notice = screen.getByTestId('notice-warning');
    expect(notice.closest('[aria-live=polite]')).toBeTruthy();
    fireEvent.click(within(notice).getByRole('button', { name: 'Dismiss' }));
    expect(screen.queryByTestId('notice-warning')).toBeNull();
  });
});

describe('the command palette', () => {
  it('opens by keyboard, finds by word, and goes', async () => {
    const { stores } = await shell();
    press('k', { ctrlKey: true });
    const search = await screen.findByLabelText('Search commands');
    fireEvent.change(search, { target: { value: 'rate limits' } });
    fireEvent.keyDown(search, { key: 'Enter' });
    expect(stores.ui.getState()).toMatchObject({ page: 'limits', paletteOpen: false });
  });

  it('has every screen and every action', async () => {
    await shell();
    press('k', { metaKey: true });
    await screen.findByTestId('palette');
    for (const name of ['Settings', 'Create an inference key', 'Lock the vault', 'Theme: follow the system'])
      expect(screen.getByRole('option', { name: new RegExp(name) })).toBeTruthy();
  });

  it('says when nothing has these words, and closes by the same keys', async () => {
    await shell();
    press('k', { ctrlKey: true });
    fireEvent.change(await screen.findByLabelText('Search commands'), { target: { value: 'qqqq' } });
    expect(screen.getByText('No command has these words.')).toBeTruthy();
    press('k', { ctrlKey: true });
    await waitFor(() => expect(screen.queryByTestId('palette')).toBeNull());
  });
});

const fragile = { broken: true };

function Fragile() {
  if (fragile.broken) throw new Error('cannot draw');
  return <p>drawn</p>;
}

describe('a page that fails to draw', () => {
  it('leaves the rest standing and can be drawn again', () => {
    const silence = vi.spyOn(console, 'error').mockImplementation(() => {});
    render(
      <ErrorBoundary>
        <Fragile />
      </ErrorBoundary>,
    );
    expect(screen.getByTestId('page-failed').textContent).toContain('cannot draw');
    fragile.broken = false;
    fireEvent.click(screen.getByRole('button', { name: 'Draw it again' }));
    expect(screen.getByText('drawn')).toBeTruthy();
    silence.mockRestore();
  });
});

describe('the theme', () => {
  it('follows the choice, and leaves the choice to the system when there is none', () => {
    const { ui } = createStores(memoryStorage());
    const element = document.createElement('html');
    const stop = followTheme(ui, element);
    expect(element.dataset.theme).toBeUndefined();
    ui.prefer({ theme: 'light', density: 'comfortable' });
    expect(element.dataset).toMatchObject({ theme: 'light', density: 'comfortable' });
    ui.prefer({ theme: 'system' });
    expect(element.dataset.theme).toBeUndefined();
    stop();
    ui.prefer({ theme: 'dark' });
    expect(element.dataset.theme).toBeUndefined();
  });
});
