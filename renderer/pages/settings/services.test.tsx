import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { fakeDoor, never, refusal } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { ON_BUNDLED } from '../../../tests/fixtures/screen/samples.ts';
import { ServiceBadge } from '../../app/service-badge.tsx';
import { Services } from './services.tsx';

afterEach(cleanup);

const ID = '11111111-1111-4111-8111-111111111111';
const PROFILE = { id: ID, kind: 'remote', name: 'Production', host: 'ops.example.org' } as const;
const ON_REMOTE = { ...PROFILE, state: 'connected', problem: null } as const;

const doorOn = (report: object, more = {}) =>
  fakeDoor({ channels: { 'services.status': () => report, ...more } });

describe('the services in the settings', () => {
  it('say which one is in use, and ask main for a change; what is secret is typed elsewhere', async () => {
    const report = { connection: ON_BUNDLED, profiles: [PROFILE] };
    const fake = doorOn(report, {
      'services.connect': () => report,
      'services.remove': () => report,
      'services.add': () => report,
    });
    renderScreen(<Services />, fake);
    const section = screen.getByTestId('services');
    const row = (await within(section).findByText('Production')).closest('tr');
    expect(row?.textContent).toContain('not in use');
    expect(row?.querySelector('[data-kind=remote]')).toBeTruthy();
    expect(section.querySelector('input')).toBeNull();
    const asked = (channel: string) => fake.asked.filter((one) => one.channel === channel);
    fireEvent.click(within(section).getByRole('button', { name: 'Go to Production' }));
    await waitFor(() => expect(asked('services.connect')[0]?.payload).toEqual({ id: ID }));
    const remove = within(section).getByRole('button', { name: 'Remove Production' }) as HTMLButtonElement;
    await waitFor(() => expect(remove.disabled).toBe(false));
    fireEvent.click(remove);
    await waitFor(() => expect(asked('services.remove')[0]?.payload).toEqual({ id: ID }));
    fireEvent.click(await within(section).findByRole('button', { name: 'Add a remote service' }));
    await waitFor(() => expect(asked('services.add')).toHaveLength(1));
  });

  it.each([
    ['offline', 'warn'],
    ['refused', 'bad'],
    ['pin-changed', 'bad'],
  ] as const)('say what is wrong when it is %s', async (state, tone) => {
    const connection = { ...ON_REMOTE, state, problem: 'This is what to do.' };
    const report = { connection, profiles: [PROFILE] };
    const fake = doorOn(report, { 'services.retry': () => report });
    renderScreen(<Services />, fake);
    expect((await screen.findByRole('alert')).textContent).toContain('This is what to do.');
    expect(screen.getByTestId('services').querySelector(`tbody [data-shape=${tone}]`)).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Go to Inside this console' })).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Try it now' }));
    await waitFor(() => expect(fake.asked.some((one) => one.channel === 'services.retry')).toBe(true));
  });

  it('offer no other try for a service that is not in the vault any more', async () => {
    const connection = { ...ON_REMOTE, id: null, state: 'missing', problem: 'Choose another one.' };
    renderScreen(<Services />, doorOn({ connection, profiles: [] }));
    expect(await screen.findByRole('alert')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Try it now' })).toBeNull();
  });

  it('wait, say why a change failed, and say nothing of a window that was closed', async () => {
    renderScreen(<Services />, doorOn({}, { 'services.status': never }));
    expect(screen.getByTestId('skeleton')).toBeTruthy();
    cleanup();
    const report = { connection: ON_BUNDLED, profiles: [] };
    const fake = doorOn(report, { 'services.add': () => refusal('request-failed', 'The vault is full.') });
    renderScreen(<Services />, fake);
    fireEvent.click(screen.getByRole('button', { name: 'Add a remote service' }));
    expect((await screen.findByRole('alert')).textContent).toContain('The vault is full.');
    fake.channels['services.add'] = () => refusal('declined', 'The window was closed.');
    fireEvent.click(await screen.findByRole('button', { name: 'Add a remote service' }));
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
  });
});

describe('the badge of the shell', () => {
  it.each([
    ['remote', 'Remote'],
    ['simulated', 'Simulated'],
  ] as const)('tells that the service is %s by word and shape, and how it stands', (kind, word) => {
    const { stores } = renderScreen(<ServiceBadge />, fakeDoor());
    const badge = screen.getByTestId('service-name');
    expect(badge.textContent).toContain('Bundled service');
    expect(badge.querySelector('[data-kind=bundled]')).toBeTruthy();
    act(() => stores.connection.set({ ...ON_REMOTE, kind, state: 'pin-changed' }, 0));
    for (const said of [word, 'Production', 'ops.example.org', 'another certificate'])
      expect(badge.textContent).toContain(said);
    expect(badge.querySelector(`[data-kind=${kind}]`)).toBeTruthy();
    expect(badge.querySelector('[data-shape=bad]')).toBeTruthy();
    fireEvent.click(within(badge).getByRole('button'));
    expect(stores.ui.getState().page).toBe('settings');
  });
});
