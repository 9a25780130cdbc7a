import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { fakeDoor, refusal } from '../../../tests/fixtures/screen/door.ts';
import { orderOf, STOLEN } from '../../../tests/fixtures/screen/incidents.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { idOf } from '../../../tests/fixtures/screen/samples.ts';
import type { IncidentPlace } from '../../stores/ui.ts';
import { IncidentsPage } from './page.tsx';

afterEach(cleanup);

const EVENT = idOf('evt', 1);

function at(place: Partial<IncidentPlace>, routes: Record<string, () => unknown>) {
  const fake = fakeDoor({ routes });
  const view = renderScreen(<IncidentsPage />, fake);
  view.stores.ui.showIncidents(place);
  return { ...view, fake };
}

describe('break-glass orders', () => {
  it('say what they do, how often they were run and whether somebody was refused', async () => {
    const orders = [
      orderOf(1, { runsUsed: 1, refused: 3 }),
      orderOf(2, { state: 'void', title: 'Contain inference th_abc' }),
      orderOf(3, { state: 'expired' }),
    ];
    const { stores } = at({ tab: 'orders' }, { 'orders.list': () => ({ orders }) });
    const rows = await screen.findAllByTestId('order-row');
    expect(rows[0]?.textContent).toMatch(/ready.*Stop all spending.*1 of 2.*3 refused/);
    expect(rows[1]?.textContent).toMatch(/void.*Contain inference th_abc/);
    expect(within(rows[2] as HTMLElement).queryByRole('button', { name: /Revoke/ })).toBeNull();
    fireEvent.click(within(rows[0] as HTMLElement).getByRole('button', { name: 'Evidence' }));
    expect(stores.ui.getState().page).toBe('ledger');
  });

  it('are prepared by a signature; the file is shown, the code never reaches the screen', async () => {
    const { fake } = at(
      { tab: 'orders' },
      {
        'orders.list': () => ({ orders: [] }),
        'orders.prepare': () => ({ order: orderOf(1), code: 'abcd-not-for-the-screen', eventId: EVENT }),
      },
    );
    expect(await screen.findByTestId('empty-orders')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Prepare to stop all spending' }));
    const dialog = await screen.findByTestId('prepare-order');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and prepare' }));
    expect(dialog.textContent).toContain('Say why');
    expect(fake.calls('orders.prepare')).toHaveLength(0);
    fireEvent.change(within(dialog).getByLabelText('Reason'), { target: { value: 'nights' } });
    fireEvent.change(within(dialog).getByLabelText('May be run'), { target: { value: '3' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and prepare' }));
    const done = await screen.findByTestId('order-prepared');
    expect(within(done).getByTestId('order-file').textContent).toContain('break-glass order');
    expect(fake.calls('orders.prepare')[0]?.body).toMatchObject({
      does: 'freeze',
      reason: 'nights',
      runs: 3,
      kind: null,
    });
    expect(document.body.textContent).not.toContain('not-for-the-screen');
  });

  it('name the credential that somebody assumed stolen', async () => {
    const credential = { kind: 'account', id: idOf('acc', 7) } as const;
    const { fake } = at(
      { tab: 'stolen', credential },
      {
        'stolen.assume': () => ({ stolen: STOLEN }),
        'orders.prepare': () => refusal('request-failed', 'it has another name than what was signed'),
      },
    );
    fireEvent.click(await screen.findByRole('button', { name: 'Prepare an order' }));
    const dialog = await screen.findByTestId('prepare-order');
    fireEvent.change(within(dialog).getByLabelText('Reason'), { target: { value: 'suspected' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and prepare' }));
    await waitFor(() => expect(dialog.textContent).toContain('another name'));
    expect(fake.calls('orders.prepare')[0]?.body).toMatchObject({
      ...{ does: 'contain', kind: 'account', credentialId: credential.id, name: STOLEN.name },
    });
  });

  it('are revoked by what they are called', async () => {
    const { fake } = at(
      { tab: 'orders' },
      {
        'orders.list': () => ({ orders: [orderOf(1)] }),
        'orders.revoke': () => ({ order: orderOf(1, { state: 'revoked' }), eventId: EVENT }),
      },
    );
    fireEvent.click(await screen.findByRole('button', { name: 'Revoke Stop all spending' }));
    const dialog = await screen.findByTestId('revoke-order');
    fireEvent.change(within(dialog).getByLabelText('Reason'), { target: { value: 'opened' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and revoke' }));
    expect(await screen.findByTestId('order-revoked')).toBeTruthy();
    expect(fake.calls('orders.revoke')[0]).toMatchObject({
      params: { id: idOf('ord', 1) },
      body: { title: 'Stop all spending', reason: 'opened' },
    });
  });
});
