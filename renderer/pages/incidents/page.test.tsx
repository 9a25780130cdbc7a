import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { type FakeDoor, fakeDoor, never, refusal } from '../../../tests/fixtures/screen/door.ts';
import { alertOf, FOUND, incidentOf, TIMELINE } from '../../../tests/fixtures/screen/incidents.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { AT, ENROLLED, idOf, NOT_ENROLLED } from '../../../tests/fixtures/screen/samples.ts';
import { IncidentsPage } from './page.tsx';

afterEach(cleanup);

const INCIDENTS = [
  incidentOf(1),
  incidentOf(2, { title: 'The limiter lost Redis', asset: 'plain', goal: 'disrupt', severity: 3, rank: 333 }),
];

const full = (routes: Parameters<typeof fakeDoor>[0] = {}) =>
  fakeDoor({
    ...routes,
    routes: {
      'incidents.list': () => ({ incidents: INCIDENTS }),
      'incidents.get': () => FOUND,
      'incidents.timeline': () => TIMELINE,
      ...routes?.routes,
    },
  });

const open = (fake: FakeDoor) => {
  const view = renderScreen(<IncidentsPage />, fake);
  view.stores.ui.showIncidents({ tab: 'incidents', incident: idOf('inc', 1) });
  return view;
};

describe('the list of incidents', () => {
  it('keeps the order of their rank, with clock, state and count, and opens one by keyboard', async () => {
    const { stores } = renderScreen(<IncidentsPage />, full());
    const rows = await screen.findAllByTestId('incident-row');
    expect(rows[0]?.textContent).toContain('2 high');
    expect(rows[0]?.textContent).toContain('control, impersonate');
    expect(rows[0]?.textContent).toMatch(/contain: late by \d+/);
    expect(rows[0]?.textContent).toContain('2 (1 firing)');
    expect(rows[1]?.textContent).toContain('plain bug, disrupt');
    fireEvent.keyDown(document.body, { key: 'j' });
    fireEvent.keyDown(document.body, { key: 'Enter' });
    expect(stores.ui.getState().incidents.incident).toBe(idOf('inc', 2));
    await screen.findByTestId('incident-head');
    fireEvent.keyDown(document.body, { key: 'Escape' });
    expect(stores.ui.getState().incidents.incident).toBeNull();
  });

  it('says that nothing is wrong only when nothing is, and what it waits for', async () => {
    renderScreen(<IncidentsPage />, full({ routes: { 'incidents.list': () => ({ incidents: [] }) } }));
    expect((await screen.findByTestId('empty-incidents')).textContent).toContain('Nothing is wrong');
    cleanup();
    renderScreen(<IncidentsPage />, full({ routes: { 'incidents.list': never } }));
    expect(screen.getByTestId('skeleton').textContent).toContain('Waiting for the incidents');
    cleanup();
    const away = () => refusal('service-down', 'Down.');
    renderScreen(<IncidentsPage />, full({ routes: { 'incidents.list': away } }));
    expect(await screen.findByTestId('offline')).toBeTruthy();
    expect(screen.queryByTestId('empty-incidents')).toBeNull();
  });
});

describe('an open incident', () => {
  it('is saved as a file that main asks for: the page names the incident and no path', async () => {
    const running = { state: 'running', path: '/chosen/x', bytes: 9, rows: 0, total: null, message: null };
    const fake = full({
      channels: { 'evidence.export': () => running, 'evidence.exportStatus': () => running },
    });
    open(fake);
    fireEvent.click(await screen.findByRole('button', { name: 'Report' }));
    fireEvent.change(screen.getByLabelText('File'), { target: { value: 'markdown' } });
    fireEvent.click(screen.getByRole('button', { name: 'Choose a file and save' }));
    expect((await screen.findByTestId('export-status')).textContent).toContain('/chosen/x');
    const asked = () => fake.asked.filter(({ channel }) => channel === 'evidence.export');
    expect(asked()[0]?.payload).toEqual({
      ...{ report: 'incident', incidentId: idOf('inc', 1), format: 'markdown' },
      zone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
    });
    expect(screen.queryByText(/rows/)).toBeNull();
  });

  it('says why its report was not saved', async () => {
    const fake = full({
      channels: {
        'evidence.export': () => refusal('busy', 'Another export is running.'),
        'evidence.exportStatus': () => ({
          ...{ state: 'none', path: null, bytes: 0, rows: 0, total: null, message: null },
        }),
      },
    });
    open(fake);
    fireEvent.click(await screen.findByRole('button', { name: 'Report' }));
    fireEvent.change(screen.getByLabelText('File'), { target: { value: 'evidence' } });
    fireEvent.click(screen.getByRole('button', { name: 'Choose a file and save' }));
    expect((await screen.findByRole('alert')).textContent).toBe('Another export is running.');
  });

  it('shows value against threshold and leads to the entries behind an alert', async () => {
    const { stores } = open(full());
    const row = await screen.findByTestId('alert-row');
    expect(row.textContent).toContain('3 above 0');
    expect(row.textContent).toContain(idOf('acc', 7));
    fireEvent.click(within(row).getByRole('button', { name: /^Evidence/ }));
    expect(stores.ui.getState()).toMatchObject({
      page: 'ledger',
      ledgerFilter: { from: AT, to: '2026-11-21T12:00:00.001Z', text: idOf('acc', 7) },
    });
  });

  it('shows both heads of a fork whole and side by side, and none where an alert is about none', async () => {
    const heads = [
      { label: 'Verified by the console', size: 1_200, root: 'a'.repeat(64) },
      { label: 'Shown to it', size: 1_200, root: 'b'.repeat(64) },
    ];
    const alerts = [alertOf(1), alertOf(2, { rule: 'ledger-fork', title: 'Another history', heads })];
    open(full({ routes: { 'incidents.get': () => ({ ...FOUND, alerts }) } }));
    const shown = await screen.findByRole('region', { name: 'Heads of Another history' });
    for (const text of ['Verified by the console', 'Shown to it', 'aaaa'.repeat(16), 'bbbb'.repeat(16)])
      expect(shown.textContent).toContain(text);
    expect(screen.getAllByTestId('alert-heads')).toHaveLength(1);
  });

  it('acknowledges the count that was read, and says a refusal', async () => {
    const answer = {
      alert: alertOf(1, { acknowledgedAt: AT, acknowledgedBy: 'Mara' }),
      eventId: idOf('evt', 1),
    };
    const fake = full({ routes: { 'alerts.acknowledge': () => answer } });
    open(fake);
    fireEvent.click(await screen.findByRole('button', { name: /^Acknowledge 3 of/ }));
    await waitFor(() => expect(fake.calls('alerts.acknowledge')).toHaveLength(1));
    expect(fake.calls('alerts.acknowledge')[0]).toMatchObject({
      params: { id: idOf('alr', 1) },
      body: { occurrences: 3 },
    });
    cleanup();
    open(full({ routes: { 'alerts.acknowledge': () => refusal('request-failed', 'It happened again.') } }));
    fireEvent.click(await screen.findByRole('button', { name: /^Acknowledge 3 of/ }));
    expect((await screen.findByTestId('signing-request-failed')).textContent).toContain('It happened again.');
  });

  it('leads each line of the timeline to its entry, and says when it is cut', async () => {
    const cut = { ...TIMELINE, complete: false };
    const { stores } = open(full({ routes: { 'incidents.timeline': () => cut } }));
    expect(await screen.findAllByTestId('timeline-row')).toHaveLength(2);
    expect(screen.getByTestId('timeline-cut')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Entry 41 in the ledger' }));
    expect(stores.ui.getState()).toMatchObject({
      page: 'ledger',
      ledgerFilter: { kind: 'session.reuse-detected' },
    });
  });

  it('leads every step to the dialog of its route, for the subject that the alert names', async () => {
    const { stores } = open(full());
    fireEvent.click(await screen.findByRole('button', { name: `Contain ${idOf('acc', 7)}` }));
    expect(stores.ui.getState().incidents).toEqual({
      tab: 'stolen',
      incident: idOf('inc', 1),
      credential: { kind: 'account', id: idOf('acc', 7) },
    });
    stores.ui.showIncidents({ tab: 'incidents' });
    fireEvent.click(await screen.findByRole('button', { name: `End the sessions of ${idOf('acc', 7)}` }));
    expect(stores.ui.getState()).toMatchObject({
      page: 'identity',
      intent: 'act',
      identityFilter: { view: 'accounts', search: idOf('acc', 7) },
    });
    stores.ui.showIncidents({ tab: 'incidents' });
    const freeze = within(await screen.findByTestId('step-freeze.order'));
    fireEvent.click(freeze.getByRole('button', { name: 'Stop all spending' }));
    expect(stores.ui.getState().freezing).toBe('order');
    const note = within(screen.getByTestId('step-incidents.note'));
    fireEvent.click(note.getByRole('button', { name: 'Write a note' }));
    expect(document.activeElement?.id).toBe('incident-note');
  });

  const steps = (...routes: string[]) => ({
    'incidents.get': () => ({ ...FOUND, steps: routes.map((route) => ({ route, does: `Do ${route}.` })) }),
  });

  it.each([
    ['treasury.transfer', 'Correct by a transfer', 'wallets'],
    ['secret-roots.rotate', 'Encrypt anew', 'providers'],
    ['operators.revoke', 'Choose the operator', 'operators'],
    ['limits.lower', 'Try a lower limit', 'limits'],
    ['autonomy.pause', 'Pause the payer', 'autonomy'],
    ['market.cancel', 'Choose the claim', 'reviews'],
    ['market.flag', 'Flag two agents', 'reviews'],
  ])('leads %s, whose object no alert names, to the screen that keeps it', async (route, name, page) => {
    const { stores } = open(full({ routes: steps(route) }));
    fireEvent.click(await screen.findByRole('button', { name }));
    expect(stores.ui.getState().page).toBe(page);
  });

  it('leads to the wallet of the account that the alert names, and to none that it only seems to name', async () => {
    const { stores } = open(full({ routes: steps('wallets.freeze') }));
    const address = idOf('acc', 7).replace('acc', 'tmu');
    fireEvent.click(await screen.findByRole('button', { name: `Freeze ${address}` }));
    expect([stores.ui.getState().page, stores.ui.getState().wallet]).toEqual(['wallets', address]);
    cleanup();
    const hostile = [alertOf(1, { subject: `x${idOf('tmu', 7)}y ${idOf('key', 1)}` })];
    const found = { ...FOUND, alerts: hostile, steps: [{ route: 'wallets.freeze', does: 'Freeze it.' }] };
    open(full({ routes: { 'incidents.get': () => found } }));
    expect(await screen.findByRole('button', { name: 'Choose the wallet' })).toBeTruthy();
  });

  it('leads to the wallets of the agents of the account, which its own freeze leaves open', async () => {
    const { stores } = open(full({ routes: steps('wallets.freeze') }));
    fireEvent.click(await screen.findByRole('button', { name: `See every wallet of ${idOf('acc', 7)}` }));
    const credential = { kind: 'account', id: idOf('acc', 7) };
    expect(stores.ui.getState().incidents).toMatchObject({ tab: 'stolen', credential });
  });

  it('offers no subject that an alert only seems to name', async () => {
    const hostile = { ...FOUND, alerts: [alertOf(1, { subject: `x${idOf('acc', 7)}y acc_short` })] };
    open(full({ routes: { 'incidents.get': () => hostile } }));
    const step = await screen.findByTestId('step-containments.order');
    expect(within(step).getByRole('button', { name: 'Choose the credential' })).toBeTruthy();
    expect(screen.getByTestId('step-accounts.revoke-sessions').textContent).toContain('no alert names');
  });

  it('writes a note once, and keeps the text of one that was refused', async () => {
    const written = { ...FOUND.notes[0], note: 'It was the build server.' };
    const fake = full({
      routes: { 'incidents.note': () => refusal('request-failed', 'Not now.') },
    });
    open(fake);
    const field = await screen.findByLabelText('New note');
    fireEvent.change(field, { target: { value: ' It was the build server. ' } });
    fireEvent.click(screen.getByRole('button', { name: 'Write it down' }));
    expect(await screen.findByTestId('signing-request-failed')).toBeTruthy();
    expect((field as HTMLTextAreaElement).value).toContain('build server');
    fake.routes['incidents.note'] = () => ({ note: written, eventId: idOf('evt', 1) });
    fireEvent.click(screen.getByRole('button', { name: 'Write it down' }));
    await screen.findByRole('button', { name: 'Written' });
    expect(fake.calls('incidents.note').at(-1)).toMatchObject({ body: { note: 'It was the build server.' } });
  });

  it('moves forward only, by a signature over the title and a reason', async () => {
    const contained = incidentOf(1, { state: 'contained' });
    const fake = full({
      routes: { 'incidents.move': () => ({ incident: contained, eventId: idOf('evt', 1) }) },
    });
    open(fake);
    fireEvent.click(await screen.findByRole('button', { name: 'Mark contained' }));
    const dialog = await screen.findByTestId('move-incident');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign: contained' }));
    expect(dialog.textContent).toContain('Say why');
    expect(fake.calls('incidents.move')).toHaveLength(0);
    fireEvent.change(within(dialog).getByLabelText('Reason'), { target: { value: 'revoked' } });
    expect(within(dialog).getByTestId('signing-summary').textContent).toContain('Change the state');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign: contained' }));
    await screen.findByTestId('move-incident-done');
    expect(fake.calls('incidents.move')[0]?.body).toEqual({
      to: 'contained',
      title: FOUND.incident.title,
      reason: 'revoked',
    });
    cleanup();
    open(full({ routes: { 'incidents.get': () => ({ ...FOUND, incident: contained }) } }));
    await screen.findByRole('button', { name: 'Close' });
    expect(screen.queryByRole('button', { name: 'Mark contained' })).toBeNull();
  });

  it('lets nobody act who may not sign, and says why', async () => {
    open(full({ channels: { 'enrolment.status': () => NOT_ENROLLED } }));
    const acknowledge = await screen.findByRole('button', { name: /^Acknowledge 3 of/ });
    await waitFor(() => expect(acknowledge.getAttribute('title')).toContain('not enrolled'));
    expect((acknowledge as HTMLButtonElement).disabled).toBe(true);
    cleanup();
    const reviewer = { ...ENROLLED, operator: { ...ENROLLED.operator, role: 'reviewer' } };
    open(full({ channels: { 'enrolment.status': () => reviewer } }));
    await waitFor(() =>
      expect(screen.getByRole('button', { name: 'Close' }).getAttribute('title')).toContain('responder'),
    );
  });
});
