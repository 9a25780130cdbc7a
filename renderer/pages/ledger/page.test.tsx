import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeDoor, never, refusal } from '../../../tests/fixtures/screen/door.ts';
import { giveElementsSize, renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { entriesOf, entryOf, headOf } from '../../../tests/fixtures/screen/samples.ts';
import { LedgerPage } from './page.tsx';

let restoreSize: () => void;
beforeEach(() => {
  restoreSize = giveElementsSize();
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  restoreSize();
});

const pageOf = (size: number) => ({
  entries: size === 0 ? [] : entriesOf(0, size - 1).reverse(),
  nextCursor: null,
  head: headOf(size),
});

async function full(size = 5) {
  const fake = fakeDoor({ routes: { 'ledger.list': () => pageOf(size) } });
  const view = renderScreen(<LedgerPage />, fake);
  await screen.findAllByTestId('ledger-row');
  return { fake, ...view };
}

const shownNumbers = (): (string | undefined)[] =>
  screen.getAllByTestId('ledger-row').map((row) => row.dataset.number);

const press = (key: string) => fireEvent.keyDown(document.body, { key });

describe('the ledger screen', () => {
  it('shows entries newest first and takes what the stream brings', async () => {
    const { stores } = await full();
    expect(shownNumbers()).toEqual(['4', '3', '2', '1', '0']);
    act(() => {
      stores.live.bootstrap(headOf(5), 5);
      stores.live.append([entryOf(5)], Date.now());
    });
    expect(shownNumbers()[0]).toBe('5');
  });

  it('holds the list still under a pointer that moves or presses, and goes on when it rests or leaves', async () => {
    const { stores } = await full();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    act(() => stores.live.bootstrap(headOf(5), 5));
    const bring = (number: number) => act(() => stores.live.append([entryOf(number)], Date.now()));
    const row = () => screen.getAllByTestId('ledger-row')[0] as HTMLElement;
    const rest = () => act(() => vi.advanceTimersByTime(2000));
    fireEvent.pointerMove(row());
    bring(5);
    expect(shownNumbers()[0]).toBe('4');
    expect(screen.queryByTestId('new-entries')).toBeNull();
    expect(screen.getByText('standing still')).toBeTruthy();
    rest();
    expect(shownNumbers()[0]).toBe('5');
    fireEvent.pointerDown(row());
    rest();
    bring(6);
    expect(shownNumbers()[0]).toBe('5');
    fireEvent.pointerUp(row());
    fireEvent.click(row());
    expect(screen.getByTestId('ledger-detail')).toBeTruthy();
    expect(
      screen.getAllByTestId('ledger-row').find((one) => one.getAttribute('aria-selected') === 'true')?.dataset
        .number,
    ).toBe('5');
    fireEvent.pointerLeave(row());
    expect(shownNumbers()[0]).toBe('5');
    expect(screen.getByTestId('new-entries').textContent).toContain('1 new');
  });

  it('waits with its rows in place', () => {
    renderScreen(<LedgerPage />, fakeDoor({ routes: { 'ledger.list': never } }));
    expect(screen.getByTestId('skeleton').textContent).toContain('Waiting for the ledger');
  });

  it('says how to get data when there is none', async () => {
    const { stores } = renderScreen(<LedgerPage />, fakeDoor({ routes: { 'ledger.list': () => pageOf(0) } }));
    const empty = await screen.findByTestId('empty');
    fireEvent.click(within(empty).getByRole('button', { name: 'Set up the simulator' }));
    expect(stores.ui.getState()).toMatchObject({ page: 'operators', intent: 'invite' });
  });

  it('says that no entry matches, and clears the filter', async () => {
    const { stores } = renderScreen(<LedgerPage />, fakeDoor({ routes: { 'ledger.list': () => pageOf(0) } }));
    act(() => stores.ui.filterLedger({ text: 'nothing' }));
    const empty = await screen.findByTestId('empty-filtered');
    fireEvent.click(within(empty).getByRole('button', { name: 'Clear the filter' }));
    expect(stores.ui.getState().ledgerFilter.text).toBe('');
  });

  it('says what is waited for when the service is down', async () => {
    renderScreen(
      <LedgerPage />,
      fakeDoor({ routes: { 'ledger.list': () => refusal('service-down', 'Down.') } }),
    );
    expect((await screen.findByTestId('offline')).textContent).toContain(
      'Waiting for it to serve the ledger',
    );
  });

  it('says an error with its request id and reads again on demand', async () => {
    const fake = fakeDoor({ routes: { 'ledger.list': () => refusal('request-failed', 'It answered 500.') } });
    renderScreen(<LedgerPage />, fake);
    const error = await screen.findByTestId('error');
    expect(error.textContent).toContain('It answered 500.');
    expect(error.textContent).toContain('req_from_main');
    fake.routes['ledger.list'] = () => pageOf(2);
    fireEvent.click(within(error).getByRole('button', { name: 'Retry' }));
    expect(await screen.findAllByTestId('ledger-row')).toHaveLength(2);
  });

  it('says that the stream is interrupted and that nothing is lost', async () => {
    const { stores } = await full();
    act(() => stores.live.setStream({ state: 'waiting', retryAt: Date.now() + 4000 }));
    expect(screen.getByTestId('stream-waiting').textContent).toContain('nothing is lost');
  });

  it('offers to read what the stream left out', async () => {
    const { stores, fake } = await full();
    act(() => {
      stores.live.bootstrap(headOf(5), 5);
      stores.live.skip({ from: 5, to: 7 });
    });
    const strip = screen.getByTestId('ledger-gap');
    expect(strip.textContent).toContain('3 entries');
    fake.routes['ledger.list'] = () => pageOf(8);
    fireEvent.click(within(strip).getByRole('button', { name: 'Read them' }));
    await waitFor(() => expect(screen.queryByTestId('ledger-gap')).toBeNull());
    expect(shownNumbers()).toEqual(['7', '6', '5', '4', '3', '2', '1', '0']);
  });
});

describe('a gap that the first page covers', () => {
  it('is none: the list has these entries', async () => {
    const { stores } = await full(8);
    act(() => {
      stores.live.bootstrap(headOf(3), 3);
      stores.live.skip({ from: 3, to: 6 });
    });
    expect(screen.queryByTestId('ledger-gap')).toBeNull();
  });
});

describe('filters', () => {
  it('ask the service for their combination', async () => {
    const { fake } = await full();
    fireEvent.change(screen.getByLabelText('Category'), { target: { value: 'key' } });
    fireEvent.change(screen.getByLabelText('Search text'), { target: { value: 'runner' } });
    await waitFor(() =>
      expect(fake.calls('ledger.list').at(-1)?.query).toMatchObject({ category: 'key', text: 'runner' }),
    );
  });

  it('drop a kind that the new category does not have', async () => {
    const { stores } = await full();
    fireEvent.change(screen.getByLabelText('Kind'), { target: { value: 'key.created' } });
    fireEvent.change(screen.getByLabelText('Category'), { target: { value: 'auth' } });
    expect(stores.ui.getState().ledgerFilter).toMatchObject({ category: 'auth', kind: '' });
  });

  it('take a time range', async () => {
    const { stores } = await full();
    fireEvent.change(screen.getByLabelText('Time range'), { target: { value: '1h' } });
    const { from } = stores.ui.getState().ledgerFilter;
    expect(Date.now() - Date.parse(from)).toBeGreaterThanOrEqual(3_600_000);
    fireEvent.change(screen.getByLabelText('Time range'), { target: { value: '' } });
    expect(stores.ui.getState().ledgerFilter.from).toBe('');
  });
});

describe('the keyboard', () => {
  it('moves with j and k, opens with Enter, closes with Escape', async () => {
    await full();
    press('j');
    press('j');
    press('k');
    expect(screen.queryByTestId('ledger-detail')).toBeNull();
    press('Enter');
    const detail = screen.getByTestId('ledger-detail');
    expect(detail.textContent).toContain('runner 4');
    press('j');
    expect(screen.getByTestId('ledger-detail').textContent).toContain('runner 3');
    press('Escape');
    expect(screen.queryByTestId('ledger-detail')).toBeNull();
  });

  it('goes to the search with a slash, and types j there', async () => {
    await full();
    press('/');
    const search = screen.getByLabelText('Search text');
    expect(document.activeElement).toBe(search);
    fireEvent.keyDown(search, { key: 'j' });
    expect(
      screen.queryAllByTestId('ledger-row').some((r) => r.getAttribute('aria-selected') === 'true'),
    ).toBe(false);
  });

  it('holds the list still while an entry is selected, and says how many are new', async () => {
    const { stores } = await full();
    act(() => stores.live.bootstrap(headOf(5), 5));
    press('j');
    act(() => stores.live.append(entriesOf(5, 7), Date.now()));
    expect(shownNumbers()[0]).toBe('4');
    fireEvent.click(screen.getByTestId('new-entries'));
    expect(shownNumbers()[0]).toBe('7');
  });
});

describe('the details of an entry', () => {
  it('show every field, the hash in groups, and lead to all entries of the request', async () => {
    const { stores } = await full();
    fireEvent.click(screen.getAllByTestId('ledger-row')[1] as HTMLElement);
    const detail = screen.getByTestId('ledger-detail');
    expect(detail.textContent).toContain('0123 4567'.replace(' ', ''));
    expect(within(detail).getByTestId('fingerprint')).toBeTruthy();
    fireEvent.click(within(detail).getByRole('button', { name: 'Only this request' }));
    expect(stores.ui.getState().ledgerFilter.requestId).toBe(entryOf(3).requestId);
  });

  it('lead to all entries of the agent that was acted for, and back', async () => {
    const agent = 'agt_0000000000000000000000000a';
    const { fake, stores } = await full();
    fake.routes['ledger.list'] = () => ({ ...pageOf(1), entries: [entryOf(0, { agent })] });
    act(() => stores.ui.filterLedger({ text: 'x' }));
    await waitFor(() => expect(screen.getAllByTestId('ledger-row')).toHaveLength(1));
    fireEvent.click(screen.getByTestId('ledger-row'));
    fireEvent.click(screen.getByRole('button', { name: 'Only this agent' }));
    await waitFor(() => expect(fake.calls('ledger.list').at(-1)?.query).toMatchObject({ agent }));
    fireEvent.click(screen.getByRole('button', { name: `Agent ${agent}` }));
    expect(stores.ui.getState().ledgerFilter.agent).toBe('');
  });

  it('say so when an entry has no number and no hash yet', async () => {
    const pending = entryOf(9, { number: null, state: 'pending', leafHash: null, requestId: null });
    renderScreen(
      <LedgerPage />,
      fakeDoor({
        routes: { 'ledger.list': () => ({ entries: [pending], nextCursor: null, head: headOf(0) }) },
      }),
    );
    fireEvent.click(await screen.findByTestId('ledger-row'));
    const { textContent } = screen.getByTestId('ledger-detail');
    expect(textContent).toContain('pending');
    expect(textContent).toContain('once it is numbered');
    expect(textContent).toContain('the service did this by itself');
  });
});
