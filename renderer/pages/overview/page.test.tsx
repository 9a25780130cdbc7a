import { act, cleanup, fireEvent, screen, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { fakeDoor, never, refusal } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import {
  BOUNDARY_STATE,
  DOWN,
  entriesOf,
  headOf,
  NOT_ENROLLED,
  UNLOCKED,
} from '../../../tests/fixtures/screen/samples.ts';
import { OverviewPage } from './page.tsx';

afterEach(cleanup);

const full = (change: object = {}) =>
  fakeDoor({ routes: { 'boundaries.state': () => ({ ...BOUNDARY_STATE, ...change }) } });

describe('the overview', () => {
  it('draws the four boundaries: shape, word, the figure that matters, its reasons', async () => {
    renderScreen(<OverviewPage />, full());
    const client = await screen.findByTestId('boundary-client-api');
    expect(client.textContent).toContain('attention');
    expect(client.querySelector('[data-shape=warn]')).toBeTruthy();
    expect(client.textContent).toContain('43.8/s');
    expect(client.textContent).toContain('61 % of the last minute’s requests were refused.');
    expect(screen.getByTestId('boundary-api-provider').textContent).toContain('no path yet');
    const secrets = screen.getByTestId('boundary-secret-persistence');
    expect(secrets.querySelector('[data-shape=bad]')).toBeTruthy();
    expect([client.textContent, secrets.textContent]).toEqual([
      expect.stringContaining('probes: held'),
      expect.stringContaining('probes: broken'),
    ]);
  });

  it('leads to the evidence', async () => {
    const { stores } = renderScreen(<OverviewPage />, full());
    const client = await screen.findByTestId('boundary-client-api');
    fireEvent.click(within(client).getByRole('button', { name: 'Rate limits' }));
    expect(stores.ui.getState().page).toBe('limits');
    const secrets = screen.getByTestId('boundary-secret-persistence');
    fireEvent.click(within(secrets).getByRole('button', { name: 'Entries' }));
    expect(stores.ui.getState()).toMatchObject({ page: 'ledger', ledgerFilter: { category: 'key' } });
    fireEvent.click(within(secrets).getByRole('button', { name: 'Probes' }));
    expect(stores.ui.getState().page).toBe('boundaries');
  });

  it('shows the ledger head with its root in groups and what is pending', async () => {
    renderScreen(<OverviewPage />, full());
    const head = await screen.findByTestId('ledger-head');
    expect(head.textContent).toContain('48,213');
    expect(head.querySelector('[title]')?.getAttribute('title')).toBe(BOUNDARY_STATE.ledger.root);
    expect(within(head).getByTestId('fingerprint')).toBeTruthy();
    expect(head.textContent).toContain('2, oldest waits 0 s');
  });

  it('says that numbering is late when it is', async () => {
    const late = { ...BOUNDARY_STATE.ledger, oldestPendingMs: 3000 };
    renderScreen(<OverviewPage />, full({ ledger: late }));
    const head = await screen.findByTestId('ledger-head');
    expect(head.querySelector('[data-shape=warn]')).toBeTruthy();
  });

  it('shows each process, and the sentence of one that failed', async () => {
    const { stores } = renderScreen(<OverviewPage />, full());
    expect(await screen.findAllByTestId('process-row')).toHaveLength(4);
    act(() => stores.service.set(DOWN, Date.now()));
    expect(screen.getByTestId('processes').textContent).toContain('The disk is full. Free some space.');
  });

  it('names what is weak about the vault', async () => {
    const { stores } = renderScreen(<OverviewPage />, full());
    act(() =>
      stores.vault.set(
        { ...UNLOCKED, protection: 'passphrase-only', keychain: 'missing', warnings: ['Custody is off.'] },
        1,
      ),
    );
    const vault = screen.getByTestId('vault');
    expect(vault.textContent).toContain('passphrase only');
    expect(vault.textContent).toContain('missing');
    expect(vault.textContent).toContain('Custody is off.');
  });

  it('calls for enrolment when this console cannot sign, and not otherwise', async () => {
    const fake = fakeDoor({
      routes: { 'boundaries.state': () => BOUNDARY_STATE },
      channels: { 'enrolment.status': () => NOT_ENROLLED },
    });
    const { stores } = renderScreen(<OverviewPage />, fake);
    const call = await screen.findByTestId('enrolment-call');
    fireEvent.click(within(call).getByRole('button', { name: 'Enrol this console' }));
    expect(stores.ui.getState()).toMatchObject({ page: 'operators', intent: 'enrol' });
    cleanup();
    renderScreen(<OverviewPage />, full());
    await screen.findByText('Mara, administrator');
    expect(screen.queryByTestId('enrolment-call')).toBeNull();
  });

  it('shows the latest entries as they come', async () => {
    const { stores } = renderScreen(<OverviewPage />, full());
    expect(screen.getByTestId('latest-entries').textContent).toContain('None since this window opened.');
    act(() => {
      stores.live.bootstrap(headOf(1), 1);
      stores.live.append(entriesOf(1, 9), Date.now());
    });
    const rows = within(screen.getByTestId('latest-entries')).getAllByRole('row');
    expect(rows).toHaveLength(6);
    expect(rows[0]?.textContent).toContain('9');
  });

  it('keeps the place of what it waits for', () => {
    renderScreen(<OverviewPage />, fakeDoor({ routes: { 'boundaries.state': never } }));
    expect(screen.getAllByTestId('skeleton')[0]?.textContent).toContain('Waiting for the four boundaries');
  });

  it('says what is waited for while the service is down for good, and where to go', async () => {
    const fake = fakeDoor({ routes: { 'boundaries.state': () => refusal('service-down', 'Down.') } });
    const { stores } = renderScreen(<OverviewPage />, fake);
    act(() => stores.service.set(DOWN, Date.now()));
    const offline = await screen.findByTestId('offline');
    expect(offline.textContent).toContain('The disk is full. Free some space.');
    expect(offline.textContent).toContain('does not come back by itself');
    fireEvent.click(within(offline).getByRole('button', { name: 'Go to restart' }));
    expect(stores.ui.getState().page).toBe('settings');
  });

  it('says an error with its request id', async () => {
    const fake = fakeDoor({ routes: { 'boundaries.state': () => refusal('request-failed', 'It failed.') } });
    renderScreen(<OverviewPage />, fake);
    expect((await screen.findByTestId('error')).textContent).toContain('req_from_main');
  });

  it('keeps showing the last figures with their age when a later reading fails', async () => {
    const fake = full();
    renderScreen(<OverviewPage />, fake);
    await screen.findByTestId('boundary-client-api');
    fake.routes['boundaries.state'] = () => refusal('service-down', 'The service does not answer.');
    act(() => void document.dispatchEvent(new Event('visibilitychange')));
    const stale = await screen.findByTestId('stale');
    expect(stale.textContent).toMatch(/Showing the four boundaries of \d+ s ago/);
    expect(screen.getByTestId('boundary-client-api').textContent).toContain('43.8/s');
  });
});
