import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { fakeDoor, refusal } from '../../../tests/fixtures/screen/door.ts';
import { handoverOf, SHIFT } from '../../../tests/fixtures/screen/incidents.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { idOf } from '../../../tests/fixtures/screen/samples.ts';
import { IncidentsPage } from './page.tsx';

afterEach(cleanup);

const EVENT = idOf('evt', 1);

function at(routes: Record<string, () => unknown>) {
  const fake = fakeDoor({ routes });
  const view = renderScreen(<IncidentsPage />, fake);
  view.stores.ui.showIncidents({ tab: 'shift' });
  return { ...view, fake };
}

describe('the shift', () => {
  it('shows what stands open, whether spending is stopped, and what has happened since', async () => {
    at({ 'shift.state': () => ({ shift: SHIFT }) });
    const standing = await screen.findByTestId('shift-standing');
    expect(standing.textContent).toMatch(
      /spending stopped.*credits leave.*wallet frozen.*tma_.*its key was found.*open.*A refresh token was used twice/,
    );
    expect(screen.getByTestId('change-row').textContent).toMatch(/Alert raised.*4/);
    expect(screen.getByTestId('empty-handovers')).toBeTruthy();
  });

  it('is handed over as it was shown, with a note', async () => {
    const { fake } = at({
      'shift.state': () => ({ shift: SHIFT }),
      'shift.hand-over': () => refusal('request-failed', 'an incident has changed since'),
    });
    const button = (await screen.findByRole('button', { name: 'Sign and hand over' })) as HTMLButtonElement;
    expect(button.disabled).toBe(true);
    fireEvent.change(screen.getByLabelText('What whoever comes must know'), {
      target: { value: ' ask Ada ' },
    });
    fireEvent.click(button);
    await waitFor(() =>
      expect(screen.getByTestId('hand-over').textContent).toContain('an incident has changed since'),
    );
    expect(fake.calls('shift.hand-over')[0]?.body).toEqual({
      ...{ incidents: SHIFT.incidents, freezeId: SHIFT.freezeId, wallets: SHIFT.wallets, note: 'ask Ada' },
    });
  });

  it('is taken over by somebody else, over the digest of what is shown', async () => {
    const own = handoverOf(2, { givenBy: idOf('opr', 1) });
    const handovers = [handoverOf(1, { wallets: SHIFT.wallets })];
    const { fake } = at({
      'shift.state': () => ({ shift: { ...SHIFT, handovers } }),
      'shift.take-over': () => ({ handover: handoverOf(1, { state: 'taken' }), eventId: EVENT }),
    });
    const take = await screen.findByRole('button', { name: 'Sign and take over' });
    expect(screen.getByTestId('handover').textContent).toContain(`frozen: ${SHIFT.wallets[0]?.address}`);
    fireEvent.click(take);
    await waitFor(() => expect(fake.calls('shift.take-over')).toHaveLength(1));
    expect(fake.calls('shift.take-over')[0]).toMatchObject({
      params: { id: idOf('hnd', 1) },
      body: { digest: 'ab'.repeat(32) },
    });
    cleanup();
    at({ 'shift.state': () => ({ shift: { ...SHIFT, handovers: [own] } }) });
    const button = (await screen.findByRole('button', { name: 'Sign and take over' })) as HTMLButtonElement;
    expect(button.disabled).toBe(true);
    expect(button.title).toContain('Somebody else');
  });
});
