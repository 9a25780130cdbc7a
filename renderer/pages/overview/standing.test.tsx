import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { HeadReport } from '../../../shared/ipc/evidence.ts';
import { fakeDoor, refusal } from '../../../tests/fixtures/screen/door.ts';
import { FREEZE, incidentOf } from '../../../tests/fixtures/screen/incidents.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { AT, BOUNDARY_STATE, HASH, idOf, UNLOCKED } from '../../../tests/fixtures/screen/samples.ts';
import { limitsOf, ROTATE_AFTER_DAYS, rotationOf, verifiedOf } from './says.ts';
import { Standing } from './standing.tsx';

afterEach(cleanup);

const NOW = Date.parse(AT);
const DAY = 86_400_000;

const HEAD: HeadReport = {
  state: 'continues',
  ...{ problem: null, signedAt: AT, keyIds: ['k'], witnesses: [], last: null },
  ...{ alarmSince: null, told: null, cosigned: null, witness: { name: 'w', registered: false } },
  head: { origin: 'sallyport', size: 48_213, root: HASH },
};

const windowOf = (used: number) => ({
  ...{ scope: 'ip' as const, subject: '10.0.0.0/24', used, limit: 100, windowSeconds: 10 },
  ...{ resetSeconds: 1, refused: 0 },
});
const limits = (...used: number[]) => ({
  ...{ mode: 'process' as const, at: AT, rules: [], bucketSeconds: 1, history: [] },
  windows: used.map(windowOf),
  totals: { allowed: 0, refused: 0, subjects: used.length },
});
const roots = (ageDays: number) => ({
  roots: [
    {
      ...{ version: 3, state: 'active' as const, retiredAt: null, secrets: 1, unreadable: 0 },
      activatedAt: new Date(NOW - ageDays * DAY).toISOString(),
    },
  ],
  ...{ next: { version: 4, available: true }, total: 1, settled: 1 },
});

function standing(incidents: unknown[] = [], change: object = {}) {
  const fake = fakeDoor({
    routes: {
      'incidents.list': () => ({ incidents }),
      'limits.state': () => limits(12),
      'secret-roots.state': () => roots(1),
    },
    channels: { 'evidence.head': () => HEAD },
  });
  const boundaries = { ...BOUNDARY_STATE, ...change };
  return renderScreen(<Standing boundaries={boundaries} vault={UNLOCKED} />, fake);
}

const text = (part: string) => screen.getByTestId(`standing-${part}`).textContent;

describe('how it stands', () => {
  it('says each part with its reason, and each leads to its evidence', async () => {
    const { stores } = standing();
    await waitFor(() => expect(text('ledger-verified')).toContain('48,213 entries'));
    expect(text('incidents')).toContain('none open');
    expect(text('spending')).toContain('allowed');
    expect(text('limits-near')).toContain('none');
    expect(text('vault')).toContain('unlocked');
    expect(text('next-rotation')).toContain('Root 3');
    for (const [part, page] of [
      ['incidents', 'incidents'],
      ['spending', 'ledger'],
      ['limits-near', 'limits'],
      ['ledger-verified', 'ledger'],
      ['vault', 'vault'],
      ['next-rotation', 'providers'],
    ] as const) {
      fireEvent.click(screen.getByTestId(`standing-${part}`));
      expect(stores.ui.getState().page).toBe(page);
    }
  });

  it('says what is wrong before anything else, and leads to the one incident', async () => {
    const { stores } = standing([incidentOf(1)], { freeze: FREEZE });
    await waitFor(() => expect(text('incidents')).toContain('1 incident, 1 late'));
    expect(screen.getByTestId('standing-incidents').querySelector('[data-shape=bad]')).toBeTruthy();
    expect(text('spending')).toContain('stopped');
    expect(text('spending')).toContain('credits leave a wallet');
    fireEvent.click(screen.getByTestId('standing-incidents'));
    expect(stores.ui.getState().incidents).toMatchObject({ tab: 'incidents', incident: idOf('inc', 1) });
  });

  it('calls nothing good that could not be read', async () => {
    const down = () => refusal('service-down', 'Down.');
    const routes = { 'incidents.list': down, 'limits.state': down, 'secret-roots.state': down };
    renderScreen(
      <Standing boundaries={undefined} vault={null} />,
      fakeDoor({ routes, channels: { 'evidence.head': down } }),
    );
    await waitFor(() => expect(text('next-rotation')).toContain('not known'));
    for (const part of ['incidents', 'limits-near', 'ledger-verified'])
      expect(text(part)).toContain('not known');
    expect(screen.getByTestId('standing').querySelector('[data-shape=ok]')).toBeNull();
  });
});

describe('its words', () => {
  it('count what is near a limit and what is at it', () => {
    expect(limitsOf(limits(79), undefined).tone).toBe('ok');
    expect(limitsOf(limits(80, 12), undefined)).toMatchObject({ tone: 'warn', word: '1 above 80 %' });
    expect(limitsOf(limits(100, 80), undefined)).toMatchObject({ tone: 'bad', word: '1 at the limit' });
    expect(limitsOf({ ...limits(1), mode: 'degraded' }, undefined).tone).toBe('bad');
  });

  it('believe no head that does not continue what was seen', () => {
    expect(verifiedOf(HEAD, undefined, NOW)).toMatchObject({ tone: 'ok' });
    const forked = { ...HEAD, state: 'fork' as const, problem: 'two roots of one size' };
    expect(verifiedOf(forked, undefined, NOW)).toEqual({
      ...{ tone: 'bad', word: 'not believed', because: 'two roots of one size' },
    });
    expect(verifiedOf(HEAD, 'Down.', NOW)).toMatchObject({ tone: 'warn', because: 'Down.' });
  });

  it('say when a key is due, a year after it was activated', () => {
    expect(rotationOf(roots(1), undefined, NOW)).toMatchObject({ tone: 'ok', word: 'in 364 d' });
    expect(rotationOf(roots(ROTATE_AFTER_DAYS - 29), undefined, NOW).tone).toBe('warn');
    expect(rotationOf(roots(ROTATE_AFTER_DAYS + 2), undefined, NOW)).toMatchObject({
      ...{ tone: 'bad', word: 'due since 2 d' },
    });
    expect(rotationOf({ ...roots(1), roots: [] }, undefined, NOW).tone).toBe('idle');
  });
});
