import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { Approvals, CustodyState } from '../../../shared/ipc/custody.ts';
import { NO_CUSTODY } from '../../../tests/fixtures/no-custody.ts';
import { fakeDoor } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { CustodyPage } from './page.tsx';

afterEach(cleanup);

const REVEALED: Approvals['deeds'][number] = {
  ...{ line: 2, at: '2030-01-02T00:00:00.000Z', what: 'Show the key', to: null },
  ...{ wallet: 'W'.repeat(44), second: 'Omar', thumbprint: 't'.repeat(43) },
};
const SWEPT = { ...REVEALED, line: 1, what: 'Send everything', to: 'N'.repeat(44) };

async function show(change: Partial<CustodyState>) {
  const state = { ...NO_CUSTODY, ...change };
  const fake = fakeDoor({ channels: { 'custody.state': () => state, 'custody.act': () => state } });
  renderScreen(<CustodyPage />, fake);
  const section = await screen.findByTestId('custody-approvals');
  const acts = () =>
    fake.asked.filter(({ channel }) => channel === 'custody.act').map(({ payload }) => payload);
  return { section, acts };
}

describe('what second operators approved', () => {
  it('is nothing at first', async () => {
    const { section } = await show({});
    expect(section.textContent).toContain('Nothing was approved yet');
    expect(section.textContent).toContain('whole');
  });

  it('says what, where to, of which wallet, by whom and when, and is saved by asking', async () => {
    const approvals: Approvals = { state: 'whole', trouble: null, lines: 2, deeds: [REVEALED, SWEPT] };
    const { section, acts } = await show({ approvals });
    const rows = within(section).getAllByTestId('custody-approved');
    expect(rows.map(({ textContent }) => textContent)).toEqual([
      expect.stringMatching(/^2.*Show the key—W{44}Omar$/),
      expect.stringMatching(/^1.*Send everythingN{44}W{44}Omar$/),
    ]);
    expect(within(section).getAllByTitle(REVEALED.thumbprint)).toHaveLength(2);
    expect(section.querySelector('time')?.dateTime).toBe(REVEALED.at);
    expect(section.textContent).not.toContain('The last');
    fireEvent.click(within(section).getByRole('button', { name: 'Save the journal' }));
    await waitFor(() => expect(acts()).toEqual([{ act: 'approved-deeds' }]));
  });

  it('is damaged in so many words, never empty instead, and shows what is left', async () => {
    const trouble = 'The journal is damaged: it has 1 of 2 lines.';
    const { section } = await show({
      approvals: { state: 'damaged', trouble, lines: 1, deeds: [SWEPT] },
    });
    expect(section.textContent).toContain(trouble);
    expect(within(section).getAllByTestId('custody-approved')).toHaveLength(1);
    cleanup();
    const gone = await show({ approvals: { state: 'damaged', trouble, lines: 0, deeds: [] } });
    expect(gone.section.textContent).toContain(trouble);
    expect(gone.section.textContent).not.toContain('Nothing was approved yet');
  });

  it('is called unchecked where it could not be judged, and tells how many more there are', async () => {
    const { section } = await show({
      approvals: { state: 'unread', trouble: 'No room.', lines: 9, deeds: [SWEPT] },
    });
    expect(section.textContent).toContain('not checked');
    expect(section.textContent).toContain('No room.');
    expect(section.textContent).toContain('The last 1 of 9');
  });
});

describe('items that could not be looked at', () => {
  it('are named above what may lack them, and nothing is said while there are none', async () => {
    await show({});
    expect(screen.queryByText(/may be missing/)).toBeNull();
    cleanup();
    await show({ unread: [{ label: 'payer', message: 'No room.' }] });
    expect(screen.getByText(/may be missing/).textContent).toContain('“payer”: No room.');
  });
});
