import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { ScansSummary } from '../../../shared/http/scans.ts';
import { fakeDoor, never, refusal } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { AT, idOf } from '../../../tests/fixtures/screen/samples.ts';
import { ScansPage } from './page.tsx';
import { funnelOf, percent, shareOf } from './use-scans.ts';

afterEach(cleanup);

const totals = { scans: 300, activations: 40, bots: 17, previews: 5 };

const summaryOf = (change: Partial<ScansSummary> = {}): ScansSummary => ({
  ...{ at: AT, from: AT, keptDays: 90, bucketHours: 24, totals },
  regions: [
    { region: 'europe-middle-east', scans: 200 },
    { region: 'unknown', scans: 100 },
  ],
  devices: [
    { device: 'phone', scans: 270 },
    { device: 'other', scans: 30 },
  ],
  buckets: [{ at: AT, ...totals }],
  funnel: { minted: 100, scanned: 50, activated: 40, voided: 1 },
  brands: [{ id: idOf('brd', 1), name: 'Acme' }],
  ...change,
});

const draw = (answer: () => unknown) => {
  const fake = fakeDoor({ routes: { 'scans.summary': answer } });
  renderScreen(<ScansPage />, fake);
  return fake;
};

describe('scans', () => {
  it('says how many people scanned, from where and with what, and keeps bots apart', async () => {
    draw(() => summaryOf());
    expect((await screen.findByTestId('scan-totals')).textContent).toMatch(/^300.*17 bots, 5 previews/);
    const regions = within(screen.getByTestId('regions'));
    expect(regions.getAllByTestId('share-row').map((row) => row.textContent)).toEqual([
      'Europe and Middle East20066.7 %',
      'Unknown10033.3 %',
    ]);
    expect(within(screen.getByTestId('devices')).getByText('90.0 %')).toBeTruthy();
    expect(within(screen.getByTestId('funnel')).getByText('40.0 %')).toBeTruthy();
  });

  it('asks by brand and by time', async () => {
    const fake = draw(() => summaryOf());
    await screen.findByTestId('scan-totals');
    fireEvent.change(screen.getByLabelText('Brand'), { target: { value: idOf('brd', 1) } });
    fireEvent.click(await screen.findByText('30 days'));
    await waitFor(() =>
      expect(fake.calls('scans.summary').at(-1)?.query).toEqual({ days: 30, brand: idOf('brd', 1) }),
    );
  });

  it('says that nobody has scanned yet, that it waits, and that it could not be read', async () => {
    const nothing = { scans: 0, activations: 0, bots: 0, previews: 0 };
    const funnel = { minted: 0, scanned: 0, activated: 0, voided: 0 };
    draw(() => summaryOf({ totals: nothing, funnel }));
    expect(await screen.findByTestId('no-scans')).toBeTruthy();
    cleanup();
    draw(never);
    expect(await screen.findByTestId('skeleton')).toBeTruthy();
    cleanup();
    draw(() => refusal('request-failed', 'The database is away.'));
    expect((await screen.findByTestId('error')).textContent).toContain('The database is away.');
    cleanup();
    draw(() => refusal('service-down', 'Away.'));
    expect(await screen.findByTestId('offline')).toBeTruthy();
  });

  it('refuses an answer that is not what its contract says', async () => {
    draw(() => ({ ...summaryOf(), totals: { ...totals, scans: -1 } }));
    expect((await screen.findByTestId('error')).textContent).toContain('not what its contract says');
  });

  it('has no share of nothing', () => {
    expect(percent(shareOf(0, 0))).toBe('none');
    expect(funnelOf({ minted: 0, scanned: 0, activated: 0, voided: 0 })[1]?.of).toBeNull();
  });
});
