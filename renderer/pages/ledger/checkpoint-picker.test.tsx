import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { fakeDoor, refusal } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { AT } from '../../../tests/fixtures/screen/samples.ts';
import { AsOf } from './as-of.tsx';

afterEach(cleanup);

const checkpointOf = (size: number, cosignatures = 0) => ({
  ...{ size, cosignatures, root: String(size).repeat(64), signedAt: AT },
});
const CHECKPOINTS = { epoch: 1, checkpoints: [checkpointOf(5), checkpointOf(4, 2)], next: 4 };

const MOMENT = { number: 4, at: AT };

function open({ routes }: NonNullable<Parameters<typeof fakeDoor>[0]>) {
  const fake = fakeDoor({
    routes: {
      'ledger.asOf': () => ({ moment: MOMENT, total: 0, rows: [] }),
      'ledger.difference': () => ({ from: MOMENT, to: MOMENT, total: 0, rows: [] }),
      ...routes,
    },
  });
  renderScreen(<AsOf size={5} start={null} onEntry={() => undefined} />, fake);
  return { fake };
}

describe('the state as of a checkpoint', () => {
  it('is compared between two recorded checkpoints, chosen by keyboard or pointer', async () => {
    const listed = (before?: unknown) =>
      before === undefined ? CHECKPOINTS : { ...CHECKPOINTS, checkpoints: [checkpointOf(2)], next: null };
    const { fake } = open({
      routes: { 'ledger.checkpoints': ({ query }) => listed((query as { before?: number }).before) },
    });
    fireEvent.click(screen.getByRole('button', { name: 'Compare with another entry' }));
    fireEvent.click(screen.getByRole('button', { name: 'Operators' }));
    fireEvent.click(screen.getByRole('button', { name: 'From entry: choose a checkpoint' }));
    const picker = await screen.findByTestId('checkpoint-picker');
    const rows = await within(picker).findAllByTestId('checkpoint-row');
    expect(rows.map(({ textContent }) => textContent)).toEqual([
      expect.stringContaining('by nobody'),
      expect.stringContaining('by 2'),
    ]);
    // Everything in it is a control that the tabulator reaches.
    for (const row of rows) expect(within(row).getByRole('button').tabIndex).toBe(0);
    fireEvent.click(within(picker).getByRole('button', { name: 'Earlier ones' }));
    const early = await within(picker).findByRole('button', { name: '2' });
    early.focus();
    expect(document.activeElement).toBe(early);
    fireEvent.click(early);
    await waitFor(() => expect(screen.queryByTestId('checkpoint-picker')).toBeNull());
    await waitFor(() =>
      expect(fake.calls('ledger.difference').at(-1)?.query).toMatchObject({
        ...{ domain: 'operators', from: 1, to: 4 },
      }),
    );
  });

  it('finds a checkpoint by its day and by its witnesses, and says when there is none', async () => {
    const none = { ...CHECKPOINTS, checkpoints: [], next: null };
    const { fake } = open({
      routes: { 'ledger.checkpoints': ({ query }) => (query && 'until' in query ? none : CHECKPOINTS) },
    });
    fireEvent.click(screen.getByRole('button', { name: 'At entry: choose a checkpoint' }));
    const picker = await screen.findByTestId('checkpoint-picker');
    fireEvent.click(within(picker).getByLabelText('Cosigned by a witness only'));
    await waitFor(() => expect(fake.calls('ledger.checkpoints').at(-1)?.query).toEqual({ witnessed: 'yes' }));
    fireEvent.change(within(picker).getByLabelText('Signed on or before (UTC day)'), {
      target: { value: '2026-11-20' },
    });
    expect((await within(picker).findByTestId('no-checkpoints')).textContent).toContain('Choose a later day');
    expect(fake.calls('ledger.checkpoints').at(-1)?.query).toMatchObject({
      until: '2026-11-20T23:59:59.999Z',
    });
    fireEvent.click(within(picker).getByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(screen.queryByTestId('checkpoint-picker')).toBeNull());
  });

  it('says why checkpoints cannot be listed, and that an empty log has none', async () => {
    open({ routes: { 'ledger.checkpoints': () => refusal('request-failed', 'Choose a later day.') } });
    fireEvent.click(screen.getByRole('button', { name: 'At entry: choose a checkpoint' }));
    const picker = await screen.findByTestId('checkpoint-picker');
    expect((await within(picker).findByTestId('error')).textContent).toContain('Choose a later day.');
    cleanup();
    open({ routes: { 'ledger.checkpoints': () => ({ ...CHECKPOINTS, checkpoints: [], next: null }) } });
    fireEvent.click(screen.getByRole('button', { name: 'At entry: choose a checkpoint' }));
    expect((await screen.findByTestId('no-checkpoints')).textContent).toContain('with its first entries');
  });
});
