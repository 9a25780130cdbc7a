import { cleanup, fireEvent, screen, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { LimitsState } from '../../../shared/http/limits.ts';
import { fakeDoor, never, refusal } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { LIMITS, NO_LIMITS } from '../../../tests/fixtures/screen/samples.ts';
import { evenTicks } from '../../ui/ticks.ts';
import { LimitsPage } from './page.tsx';
import { addressCeiling, currentRate } from './use-limits.ts';

afterEach(cleanup);

const doorOf = (state: LimitsState) => fakeDoor({ routes: { 'limits.state': () => state } });

describe('the rate limits screen', () => {
  it('says what is allowed and refused, now and since the start', async () => {
    renderScreen(<LimitsPage />, doorOf(LIMITS));
    const figures = await screen.findByTestId('limits-figures');
    // The newest bucket is still filling: the one before it counts.
    expect(figures.textContent).toContain('30/s');
    expect(figures.textContent).toContain('5/s');
    expect(figures.textContent).toContain('13.5%');
    expect(figures.textContent).toContain('of 185 requests');
  });

  it('shows windows with used and limit as numbers and a shape when full', async () => {
    renderScreen(<LimitsPage />, doorOf(LIMITS));
    const [full, roomy] = await screen.findAllByTestId('window-row');
    expect(full?.textContent).toContain('30 / 30');
    expect(full?.querySelector('[data-shape=bad]')).toBeTruthy();
    expect(within(full as HTMLElement).getByLabelText('Window of 203.0.113.0/24')).toBeTruthy();
    expect(roomy?.querySelector('[data-shape]')).toBeNull();
  });

  it('ranks the talkers by what they send a second', async () => {
    renderScreen(<LimitsPage />, doorOf(LIMITS));
    const talkers = await screen.findAllByTestId('talker-row');
    expect(talkers.map((row) => row.textContent?.includes('th_00000001'))).toEqual([true, false]);
  });

  it('has the numbers behind the chart', async () => {
    renderScreen(<LimitsPage />, doorOf(LIMITS));
    fireEvent.click(await screen.findByRole('button', { name: 'Table' }));
    const rows = screen.getAllByTestId('bucket-row');
    expect(rows).toHaveLength(2);
    expect(rows[1]?.textContent).toContain('150');
    expect(rows[1]?.textContent).toContain('25');
  });

  it('names a degraded limiter', async () => {
    renderScreen(<LimitsPage />, doorOf({ ...LIMITS, mode: 'degraded' }));
    expect((await screen.findByTestId('limits-degraded')).textContent).toContain('lost Redis');
    cleanup();
    renderScreen(<LimitsPage />, doorOf(LIMITS));
    await screen.findByTestId('limits-figures');
    expect(screen.queryByTestId('limits-degraded')).toBeNull();
  });

  it('says how to get requests when there were none', async () => {
    const { stores } = renderScreen(<LimitsPage />, doorOf(NO_LIMITS));
    const empty = await screen.findByTestId('empty');
    fireEvent.click(within(empty).getByRole('button', { name: 'Create a key' }));
    expect(stores.ui.getState()).toMatchObject({ page: 'keys', intent: 'create-key' });
  });

  it('waits, is offline and fails in words', async () => {
    renderScreen(<LimitsPage />, fakeDoor({ routes: { 'limits.state': never } }));
    expect(screen.getByTestId('skeleton')).toBeTruthy();
    cleanup();
    const down = () => refusal('service-down', 'Down.');
    renderScreen(<LimitsPage />, fakeDoor({ routes: { 'limits.state': down } }));
    expect((await screen.findByTestId('offline')).textContent).toContain('the state of the limiter');
    cleanup();
    const broken = () => refusal('request-failed', 'It failed.');
    renderScreen(<LimitsPage />, fakeDoor({ routes: { 'limits.state': broken } }));
    expect((await screen.findByTestId('error')).textContent).toContain('It failed.');
  });
});

describe('the chart’s arithmetic', () => {
  it.each([
    [0, [0, 0.25, 0.5, 0.75, 1]],
    [109, [0, 30, 60, 90, 120]],
    [4, [0, 1, 2, 3, 4]],
    [1000, [0, 250, 500, 750, 1000]],
  ])('reaches %d from an honest zero in even steps', (highest, ticks) => {
    expect(evenTicks(highest)).toEqual(ticks);
  });

  it('knows the threshold of one address, and that there may be no rule for it', () => {
    expect(addressCeiling(LIMITS)).toBe(3);
    expect(addressCeiling({ ...LIMITS, rules: [] })).toBeNull();
  });

  it('takes the only bucket when there is just one', () => {
    expect(currentRate({ ...LIMITS, history: LIMITS.history.slice(1) })?.allowed).toBe(2);
    expect(currentRate({ ...LIMITS, history: [] })).toBeUndefined();
  });
});
