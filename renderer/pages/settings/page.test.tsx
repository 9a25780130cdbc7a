import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { fakeDoor, never, refusal } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { RUNNING, UNLOCKED } from '../../../tests/fixtures/screen/samples.ts';
import { SettingsPage } from './page.tsx';

afterEach(cleanup);

const INFO = {
  version: '0.1.0',
  platform: 'linux x64',
  electron: '33.2.1',
  chromium: '130.0.0.0',
  node: '20.18.1',
  runtime: 'development',
  ...{ packaged: false, practice: false },
};

const doorWith = (channels: NonNullable<Parameters<typeof fakeDoor>[0]>['channels'] = {}) =>
  fakeDoor({
    routes: { 'settings.provenance': () => ({ provider: 'none', values: [] }) },
    channels: {
      'app.info': () => INFO,
      'diagnostics.run': () => [],
      'practice.status': () => ({ folder: '/data/practice', simulator: null }),
      'updates.status': () => ({ state: 'closed', installed: '0.1.0', found: null, refused: null }),
      ...channels,
    },
  });

describe('settings', () => {
  it('say which runtime is in use, and that a development one is weak', async () => {
    renderScreen(<SettingsPage />, doorWith());
    const about = screen.getByTestId('about');
    await within(about).findByText('33.2.1');
    expect(about.querySelector('[data-shape=warn]')).toBeTruthy();
  });

  it('wait for it and say when it cannot be read', async () => {
    renderScreen(<SettingsPage />, doorWith({ 'app.info': never }));
    expect(within(screen.getByTestId('about')).getByTestId('skeleton')).toBeTruthy();
    cleanup();
    renderScreen(<SettingsPage />, doorWith({ 'app.info': () => refusal('internal', 'It failed.') }));
    expect((await screen.findByTestId('error')).textContent).toContain('It failed.');
  });

  it('are found by the beginnings of their words, and say when none is', () => {
    renderScreen(<SettingsPage />, doorWith());
    const search = screen.getByLabelText('Search the settings');
    const titles = () => screen.getAllByRole('heading', { level: 2 }).map((one) => one.textContent);
    const all = titles();
    fireEvent.change(search, { target: { value: 'THEM' } });
    expect(titles()).toEqual(['Appearance']);
    fireEvent.change(search, { target: { value: 'env sec' } });
    expect(titles()).toEqual(['Configuration of the service']);
    fireEvent.change(search, { target: { value: 'theme restart' } });
    expect(screen.getByTestId('settings-nothing')).toBeTruthy();
    fireEvent.change(search, { target: { value: ' ' } });
    expect(titles()).toEqual(all);
    fireEvent.click(screen.getByRole('button', { name: 'Narrow' }));
    expect(screen.getByRole('button', { name: 'Narrow' }).getAttribute('aria-pressed')).toBe('true');
  });

  it('change theme and density at once', () => {
    const { stores } = renderScreen(<SettingsPage />, doorWith());
    fireEvent.click(screen.getByRole('button', { name: 'Light' }));
    fireEvent.click(screen.getByRole('button', { name: 'Comfortable' }));
    expect(stores.ui.getState()).toMatchObject({ theme: 'light', density: 'comfortable' });
    expect(screen.getByRole('button', { name: 'Light' }).getAttribute('aria-pressed')).toBe('true');
  });

  it('save the idle time, and only a possible one', async () => {
    const fake = doorWith({ 'vault.setIdleMinutes': () => ({ ...UNLOCKED, idleMinutes: 30 }) });
    const { stores } = renderScreen(<SettingsPage />, fake);
    const field = screen.getByLabelText('Lock after minutes without input');
    fireEvent.change(field, { target: { value: '0' } });
    expect(screen.getByText('A whole number from 1 to 240.')).toBeTruthy();
    expect((screen.getByRole('button', { name: 'Save' }) as HTMLButtonElement).disabled).toBe(true);
    fireEvent.change(field, { target: { value: '30' } });
    fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(stores.vault.getState().status?.idleMinutes).toBe(30));
    expect(fake.asked.find((a) => a.channel === 'vault.setIdleMinutes')?.payload).toEqual({ minutes: 30 });
  });

  it('restart the service only after saying what that interrupts', async () => {
    const fake = doorWith({ 'service.restart': () => ({ ...RUNNING, state: 'starting' }) });
    const { stores } = renderScreen(<SettingsPage />, fake);
    fireEvent.click(screen.getByRole('button', { name: 'Restart the service' }));
    const dialog = await screen.findByTestId('restart-service');
    expect(dialog.textContent).toContain('Clients are refused for a few seconds');
    expect(fake.asked.some((a) => a.channel === 'service.restart')).toBe(false);
    fireEvent.click(within(dialog).getByRole('button', { name: 'Interrupt clients and restart' }));
    await waitFor(() => expect(stores.service.getState().status?.state).toBe('starting'));
  });

  it('say why the service did not restart', async () => {
    renderScreen(<SettingsPage />, doorWith({ 'service.restart': () => refusal('busy', 'It is stopping.') }));
    fireEvent.click(screen.getByRole('button', { name: 'Restart the service' }));
    const dialog = await screen.findByTestId('restart-service');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Interrupt clients and restart' }));
    await within(dialog).findByText('It is stopping.');
  });
});
