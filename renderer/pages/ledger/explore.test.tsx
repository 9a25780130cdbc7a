import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeDoor, never, refusal } from '../../../tests/fixtures/screen/door.ts';
import { giveElementsSize, renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { AT, entriesOf, entryOf, headOf } from '../../../tests/fixtures/screen/samples.ts';
import { NO_FILTER } from '../../stores/ui.ts';
import { brushBy, brushedRange } from './brush.ts';
import { LedgerPage } from './page.tsx';

let restoreSize: () => void;
beforeEach(() => {
  restoreSize = giveElementsSize();
});
afterEach(() => {
  cleanup();
  restoreSize();
});

const HISTOGRAM = {
  total: 6,
  widthSeconds: 60,
  buckets: [1, 0, 5].map((count, i) => ({ at: `2026-11-21T12:0${i}:00.000Z`, count })),
};
const FACETS = {
  total: 6,
  category: [{ value: 'key', name: null, count: 6 }],
  kind: [{ value: 'key.created', name: null, count: 6 }],
  actor: [{ value: 'opr_ada', name: 'Ada', count: 6 }],
  agent: [],
};
const STATE = { posted: '5.00000000', held: '0.00000000' };
const AS_OF = {
  moment: { number: 4, at: AT },
  total: 1,
  rows: [{ subject: 'acc:a', number: 2, state: STATE }],
};
const DIFFERENCE = {
  ...{ from: { number: 3, at: AT }, to: { number: 4, at: AT }, total: 1 },
  rows: [{ subject: 'acc:a', number: 4, before: null, after: STATE, fields: ['posted', 'held'] }],
};

async function open(routes: Parameters<typeof fakeDoor>[0] = {}) {
  const fake = fakeDoor({
    routes: {
      'ledger.list': () => ({ entries: entriesOf(0, 4).reverse(), nextCursor: null, head: headOf(5) }),
      'ledger.histogram': () => HISTOGRAM,
      'ledger.facets': () => FACETS,
      'ledger.entry': ({ params }) => entryOf(Number(params?.number)),
      'ledger.asOf': () => AS_OF,
      'ledger.difference': () => DIFFERENCE,
      ...routes.routes,
    },
  });
  const view = renderScreen(<LedgerPage />, fake);
  await screen.findAllByTestId('ledger-row');
  act(() => view.stores.live.bootstrap(headOf(5), 5));
  return { fake, ...view };
}

describe('the histogram', () => {
  it('is brushed with the keyboard alone, and the list is not moved by it', async () => {
    const { stores } = await open();
    const bars = await screen.findByRole('listbox');
    fireEvent.keyDown(bars, { key: 'ArrowLeft' });
    fireEvent.keyDown(bars, { key: 'ArrowLeft', shiftKey: true });
    fireEvent.keyDown(bars, { key: 'Enter' });
    expect(stores.ui.getState().ledgerFilter).toMatchObject({
      from: '2026-11-21T12:01:00.000Z',
      to: '2026-11-21T12:03:00.000Z',
    });
    expect(screen.queryByTestId('ledger-detail')).toBeNull();
  });

  it('is brushed with the pointer, and shows its figures', async () => {
    const { stores } = await open();
    const bars = await screen.findByRole('listbox');
    const [first, second] = within(bars).getAllByRole('option') as [HTMLElement, HTMLElement];
    fireEvent.pointerDown(first);
    fireEvent.pointerEnter(second);
    fireEvent.pointerUp(bars);
    expect(stores.ui.getState().ledgerFilter).toMatchObject({
      from: '2026-11-21T12:00:00.000Z',
      to: '2026-11-21T12:02:00.000Z',
    });
    fireEvent.click(await screen.findByRole('button', { name: 'Figures' }));
    expect(screen.getByRole('table', { name: 'Entries by time' }).textContent).toContain('12:02:00');
  });

  it('leaves the filter alone when it is given up', async () => {
    const { stores } = await open();
    const bars = await screen.findByRole('listbox');
    fireEvent.keyDown(bars, { key: 'Home' });
    fireEvent.keyDown(bars, { key: 'Escape' });
    fireEvent.keyDown(bars, { key: 'Enter' });
    expect(stores.ui.getState().ledgerFilter).toEqual(NO_FILTER);
  });

  it('says what it waits for, that nothing matches, and why it was not counted', async () => {
    await open({ routes: { 'ledger.histogram': never } });
    expect(screen.getByTestId('histogram').textContent).toContain('counting entries by time');
    cleanup();
    await open({ routes: { 'ledger.histogram': () => ({ total: 0, widthSeconds: 0, buckets: [] }) } });
    await screen.findByTestId('histogram-empty');
    cleanup();
    await open({ routes: { 'ledger.histogram': () => refusal('request-failed', 'Choose a time range.') } });
    expect((await screen.findByTestId('histogram-unread')).textContent).toContain('Choose a time range.');
  });

  it('stays within its buckets', () => {
    expect(brushBy(null, 'ArrowRight', false, 3)).toEqual({ anchor: 2, to: 2 });
    expect(brushBy({ anchor: 0, to: 0 }, 'ArrowLeft', true, 3)).toEqual({ anchor: 0, to: 0 });
    expect(brushBy({ anchor: 1, to: 1 }, 'End', true, 3)).toEqual({ anchor: 1, to: 2 });
    expect(brushBy(null, 'x', false, 3)).toBeUndefined();
    expect(brushedRange(HISTOGRAM, { anchor: 2, to: 0 })).toEqual({
      from: '2026-11-21T12:00:00.000Z',
      to: '2026-11-21T12:03:00.000Z',
    });
  });
});

describe('facets', () => {
  it('narrow the list and widen it again; actors are pivots', async () => {
    const { fake, stores } = await open();
    const actors = await screen.findByRole('region', { name: 'By actor' });
    fireEvent.click(within(actors).getByRole('button', { name: 'Ada 6' }));
    expect(stores.ui.getState().ledgerFilter.actor).toBe('opr_ada');
    await waitFor(() =>
      expect(fake.calls('ledger.facets').at(-1)?.query).toMatchObject({ actor: 'opr_ada' }),
    );
    const again = await screen.findByRole('region', { name: 'By actor' });
    fireEvent.click(within(again).getByRole('button', { pressed: true }));
    expect(stores.ui.getState().ledgerFilter.actor).toBe('');
  });

  it('say that they could not be counted', async () => {
    await open({ routes: { 'ledger.facets': () => refusal('service-down', 'Down.') } });
    expect((await screen.findByTestId('facets-unread')).textContent).toContain('Down.');
  });
});

describe('the state as of an entry', () => {
  const asOf = () => fireEvent.click(screen.getByRole('button', { name: 'As of' }));

  it('is shown for the newest entry, then for the one that is scrubbed to', async () => {
    const { fake } = await open();
    asOf();
    expect((await screen.findByTestId('as-of-row')).textContent).toContain('posted 5.00000000');
    expect(fake.calls('ledger.asOf').at(-1)?.query).toMatchObject({ number: 4, domain: 'wallets' });
    fireEvent.change(screen.getByRole('slider', { name: 'At entry' }), { target: { value: '1' } });
    await waitFor(() => expect(fake.calls('ledger.asOf').at(-1)?.query).toMatchObject({ number: 1 }));
    fireEvent.change(screen.getByLabelText('At entry, number'), { target: { value: '999' } });
    fireEvent.click(screen.getByRole('button', { name: 'Keys' }));
    await waitFor(() =>
      expect(fake.calls('ledger.asOf').at(-1)?.query).toMatchObject({ number: 4, domain: 'keys' }),
    );
  });

  it('is compared with another moment', async () => {
    const { fake } = await open();
    asOf();
    fireEvent.click(screen.getByRole('button', { name: 'Compare with another entry' }));
    expect((await screen.findByTestId('difference-row')).textContent).toContain('not told of yet');
    expect(fake.calls('ledger.difference').at(-1)?.query).toMatchObject({ from: 3, to: 4 });
  });

  it('tells what an operator could not sign then and can now', async () => {
    const operator = { name: 'Ada', keyId: 'k', revoked: false };
    const row = {
      ...{ subject: 'opr_1', number: 4, fields: ['role'] },
      before: { ...operator, role: 'reviewer', signs: 2 },
      after: { ...operator, role: 'responder', signs: 20 },
    };
    await open({ routes: { 'ledger.difference': () => ({ ...DIFFERENCE, rows: [row] }) } });
    asOf();
    fireEvent.click(screen.getByRole('button', { name: 'Compare with another entry' }));
    fireEvent.click(screen.getByRole('button', { name: 'Operators' }));
    await screen.findByRole('columnheader', { name: 'May sign since' });
    const [, , gained, lost] = within(await screen.findByTestId('difference-row')).getAllByRole('cell');
    expect(gained?.textContent).toContain('freeze.order');
    expect(lost?.textContent).toBe('access.sign');
  });

  it('leads to the entry that told it, and from an entry to its state', async () => {
    const { fake } = await open();
    asOf();
    fireEvent.click(await screen.findByRole('button', { name: 'entry 2' }));
    const detail = await screen.findByTestId('ledger-detail');
    expect(detail.textContent).toContain('runner 2');
    fireEvent.click(within(detail).getByRole('button', { name: 'State at this entry' }));
    await screen.findByTestId('as-of');
    await waitFor(() => expect(fake.calls('ledger.asOf').at(-1)?.query).toMatchObject({ number: 2 }));
  });

  it('says how to ask for less when the log is too long, and that there is none', async () => {
    await open({ routes: { 'ledger.asOf': () => refusal('request-failed', 'Choose an earlier entry.') } });
    asOf();
    expect((await screen.findByTestId('error')).textContent).toContain('Choose an earlier entry.');
    cleanup();
    await open({ routes: { 'ledger.asOf': () => ({ ...AS_OF, total: 0, rows: [] }) } });
    asOf();
    await screen.findByTestId('as-of-none');
  });
});

describe('links and saved views', () => {
  it('restore filter and entry from a link in the search field', async () => {
    const { stores } = await open();
    const link = 'sallyport://ledger?category=key&entry=1';
    fireEvent.change(screen.getByLabelText('Search text'), { target: { value: link } });
    expect((await screen.findByTestId('ledger-detail')).textContent).toContain('runner 1');
    expect(stores.ui.getState().ledgerFilter).toEqual({ ...NO_FILTER, category: 'key' });
    expect((screen.getByLabelText('Search text') as HTMLInputElement).value).toBe('');
  });

  it('say that the entry of a link is not there', async () => {
    await open({
      routes: { 'ledger.entry': () => refusal('request-failed', 'No entry has the number 9 yet.') },
    });
    fireEvent.change(screen.getByLabelText('Search text'), {
      target: { value: 'sallyport://ledger?entry=9' },
    });
    expect((await screen.findByTestId('entry-unread')).textContent).toContain(
      'No entry has the number 9 yet.',
    );
  });

  it('save a filter under a name, show it again, and remove it', async () => {
    const { stores } = await open();
    act(() => stores.ui.filterLedger({ category: 'key' }));
    fireEvent.click(screen.getByRole('button', { name: 'Save view' }));
    const dialog = await screen.findByTestId('save-view');
    fireEvent.submit(within(dialog).getByRole('button', { name: 'Save' }).closest('form') as HTMLElement);
    expect(dialog.textContent).toContain('Give the view a name.');
    fireEvent.change(within(dialog).getByLabelText('Name'), { target: { value: 'Keys' } });
    fireEvent.submit(dialog.querySelector('form') as HTMLElement);
    act(() => stores.ui.filterLedger(NO_FILTER));
    fireEvent.change(screen.getByLabelText('Saved view'), { target: { value: 'Keys' } });
    expect(stores.ui.getState().ledgerFilter.category).toBe('key');
    fireEvent.click(screen.getByRole('button', { name: 'Remove view' }));
    expect(stores.ui.getState().savedViews).toEqual([]);
  });
});
