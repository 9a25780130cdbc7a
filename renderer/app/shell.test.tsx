import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeDoor, refusal } from '../../tests/fixtures/screen/door.ts';
import { FREEZE } from '../../tests/fixtures/screen/incidents.ts';
import { memoryStorage } from '../../tests/fixtures/screen/render.tsx';
import {
  BOUNDARY_STATE,
  DOWN,
  idOf,
  keyOf,
  OPERATOR,
  UNLOCKED,
} from '../../tests/fixtures/screen/samples.ts';
import { createBridge } from '../bridge/bridge.ts';
import { Memory } from '../bridge/context.tsx';
import { Drafts } from '../bridge/drafts.ts';
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
  const bridge = createBridge(fake.door);
  const scope = { bridge, drafts: new Drafts(bridge.ask), memory: new Memory(), visibility: document };
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
    // The clock of the screen ticks once a second, so it is up to one behind.
    expect(screen.getByTestId('status-stream').textContent).toMatch(/waiting, again in [45] s/);
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

describe('the key that stops all spending', () => {
  const ENTER = { freeze: null as object | null };
  const spending = (state: { freeze: object | null }, more: object = {}) => ({
    routes: {
      'freeze.state': () => state,
      'operators.list': () => ({ operators: [OPERATOR] }),
      ...more,
    },
  });

  it('asks for one reason and one signature, and the banner says by whom, since when and why', async () => {
    const state = { ...ENTER };
    const { fake, stores } = await shell(
      spending(state, {
        'freeze.order': () => {
          state.freeze = FREEZE;
          return { freeze: FREEZE, eventId: idOf('evt', 1) };
        },
      }),
    );
    await waitFor(() => expect(screen.getByTestId('status-spending').textContent).toContain('allowed'));
    expect(screen.queryByTestId('frozen')).toBeNull();
    press('f');
    const dialog = await screen.findByTestId('freeze-order');
    expect(within(dialog).getByTestId('signing-summary').textContent).toContain('Stop all spending');
    const sign = within(dialog).getByRole('button', { name: 'Sign and stop all spending' });
    await waitFor(() => expect((sign as HTMLButtonElement).disabled).toBe(false));
    fireEvent.click(sign);
    await screen.findByTestId('freeze-done');
    expect(fake.calls('freeze.order')[0]?.body).toEqual({ reason: 'Stopped while an operator looks' });
    const banner = await screen.findByTestId('frozen');
    await waitFor(() => expect(banner.textContent).toContain('Mara'));
    for (const word of ['2026-11-21 12:00:00 UTC', 'credits leave a wallet'])
      expect(banner.textContent).toContain(word);
    act(() => stores.ui.go('keys'));
    expect(await screen.findByTestId('page-keys')).toBeTruthy();
    expect(screen.getByTestId('frozen')).toBeTruthy();
    expect((screen.getByTestId('freeze') as HTMLButtonElement).disabled).toBe(true);
  });

  it('is a letter where somebody types, and asks nobody who declines twice', async () => {
    const { fake, stores } = await shell(
      spending(ENTER, { 'freeze.order': () => refusal('declined', 'Declined.') }),
    );
    act(() => stores.ui.go('ledger'));
    fireEvent.keyDown(await screen.findByLabelText('Search text'), { key: 'f' });
    press('f', { ctrlKey: true });
    expect(stores.ui.getState().freezing).toBeNull();
    press('F');
    const dialog = await screen.findByTestId('freeze-order');
    const sign = within(dialog).getByRole('button', { name: 'Sign and stop all spending' });
    await waitFor(() => expect((sign as HTMLButtonElement).disabled).toBe(false));
    fireEvent.click(sign);
    expect((await screen.findByTestId('signing-declined')).textContent).toContain('Nothing was sent');
    expect(fake.calls('freeze.order')).toHaveLength(1);
    expect(screen.queryByTestId('frozen')).toBeNull();
  });

  it('is undone by a proposal only: spending stays stopped', async () => {
    const { fake } = await shell(
      spending({ freeze: FREEZE }, { 'freeze.lift': () => refusal('request-failed', 'It waits already.') }),
    );
    fireEvent.click(await screen.findByRole('button', { name: 'Propose to lift' }));
    const dialog = await screen.findByTestId('freeze-lift');
    expect(dialog.textContent).toContain('until another operator approves');
    const sign = within(dialog).getByRole('button', { name: 'Sign and propose' });
    await waitFor(() => expect((sign as HTMLButtonElement).disabled).toBe(false));
    fireEvent.click(sign);
    expect(fake.calls('freeze.lift')).toHaveLength(0);
    fireEvent.change(within(dialog).getByLabelText('Reason'), { target: { value: 'contained' } });
    fireEvent.click(sign);
    expect((await screen.findByTestId('signing-request-failed')).textContent).toContain('It waits already.');
    expect(fake.calls('freeze.lift')[0]?.body).toEqual({ freezeId: FREEZE.id, reason: 'contained' });
    expect(screen.getByTestId('frozen')).toBeTruthy();
  });

  it('stays in sight while the vault is locked, without an act that would need it', async () => {
    const { stores } = await shell(spending({ freeze: FREEZE }));
    await screen.findByRole('button', { name: 'Propose to lift' });
    act(() => stores.vault.set({ ...UNLOCKED, state: 'locked' }, Date.now()));
    expect(screen.getByTestId('frozen').textContent).toContain('All spending is stopped');
    expect(screen.queryByRole('button', { name: 'Propose to lift' })).toBeNull();
    expect((screen.getByTestId('freeze') as HTMLButtonElement).disabled).toBe(true);
  });

  it('never calls spending allowed that could not be read', async () => {
    await shell({ routes: { 'freeze.state': () => refusal('service-down', 'Down.') } });
    await waitFor(() => expect(screen.getByTestId('status-spending').textContent).toContain('not known'));
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

  it('follows a pasted link to a page of the docs, and offers nothing for one that leads nowhere', async () => {
    const { stores } = await shell();
    press('k', { ctrlKey: true });
    const search = await screen.findByLabelText('Search commands');
    fireEvent.change(search, { target: { value: 'sallyport://keys/create' } });
    expect(screen.queryByRole('option', { name: 'Go where the link leads' })).toBeNull();
    fireEvent.change(search, { target: { value: ' sallyport://docs/runbook-freeze ' } });
    fireEvent.click(screen.getByRole('option', { name: 'Go where the link leads' }));
    expect(stores.ui.getState()).toMatchObject({ page: 'docs', doc: 'runbook-freeze', paletteOpen: false });
  });

  it('has every screen and every action', async () => {
    await shell();
    press('k', { metaKey: true });
    await screen.findByTestId('palette');
    for (const name of [
      'Incidents',
      'Stop all spending',
      'Assume a credential',
      'Lock the vault',
      'Theme: follow the system',
    ])
      expect(screen.getByRole('option', { name: new RegExp(name) })).toBeTruthy();
  });

  it('opens a practice console, or says why main did not', async () => {
    const { fake, stores } = await shell({ channels: { 'practice.open': async () => null } });
    const choose = async () => {
      press('k', { ctrlKey: true });
      fireEvent.click(await screen.findByRole('option', { name: /Open a practice console/ }));
      expect(stores.ui.getState().paletteOpen).toBe(false);
    };
    await choose();
    expect(await screen.findByText(/opens in a window of its own/)).toBeTruthy();
    fake.channels['practice.open'] = () => refusal('not-available', 'This is the practice console already.');
    await choose();
    expect(await screen.findByText(/practice console already/)).toBeTruthy();
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
