import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { CONTROLS, controlOf, PROBE_IDS } from '../../../shared/boundaries/controls.ts';
import {
  controlHealth,
  type Health,
  type Outcome,
  type Tried,
  tileHealth,
} from '../../../shared/boundaries/health.ts';
import type { ProbeRound, ProbesState } from '../../../shared/http/boundary-probes.ts';
import type { ConsoleView } from '../../../shared/http/console-checks.ts';
import { fakeDoor, never, refusal } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { AT, idOf, NOT_ENROLLED } from '../../../tests/fixtures/screen/samples.ts';
import { BoundariesPage } from './page.tsx';

afterEach(cleanup);

const round: ProbeRound = {
  ...{ id: idOf('prr', 1), cause: 'schedule', scheduledBy: 'probes', scheduledAt: AT, state: 'finished' },
  ...{ begunAt: AT, finishedAt: AT, held: 32, broken: 1, unavailable: 2 },
};

/** Everything was tried; one probe broke through. */
function found(): ProbesState {
  const outcomeOf = (probe: string) => (probe === 'revoked-key' ? 'broken' : 'held');
  const tried = new Map(
    PROBE_IDS.map((probe): [typeof probe, Tried] => [probe, { probe, outcome: outcomeOf(probe), atMs: 0 }]),
  );
  const controls = controlHealth(tried, 0);
  return {
    at: AT,
    intervalSeconds: 900,
    tiles: tileHealth(controls).map((tile) => ({ ...tile, reasons: [...tile.reasons] })),
    controls,
    probes: PROBE_IDS.map((probe) => ({
      ...{ probe, outcome: outcomeOf(probe), state: outcomeOf(probe), at: AT, durationMs: 4 },
      evidence: `What ${probe} saw.`,
    })),
    rounds: [round],
  };
}

const nothing = (): ProbesState => ({
  ...found(),
  tiles: tileHealth(controlHealth(new Map(), 0)).map((tile) => ({ ...tile, reasons: [...tile.reasons] })),
  ...{ probes: [], rounds: [] },
});

const EVIDENCE = 'Not as shipped: RunAsNode.';
const consoleOf = (
  n: number,
  name: string,
  state: Health,
  change: Partial<ConsoleView> = {},
): ConsoleView => ({
  ...{ operatorId: idOf('opr', n), name, role: 'reviewer', state, reportedAt: AT, found: [] },
  ...change,
});
const fuse = (outcome: Outcome, state: Health): ConsoleView['found'][number] => ({
  ...{ probe: 'missing-fuse', outcome, state, durationMs: 1 },
  evidence: outcome === 'held' ? 'All 8 are as shipped.' : EVIDENCE,
});
const consoles = () => ({
  ...{ at: AT, everySeconds: 600 },
  consoles: [
    consoleOf(2, 'Bob', 'broken', { found: [fuse('broken', 'broken')] }),
    consoleOf(3, 'Cyd', 'stale', { found: [fuse('broken', 'stale')] }),
    consoleOf(4, 'Dan', 'stale', { found: [fuse('held', 'stale')] }),
    consoleOf(5, 'Eve', 'untried', { reportedAt: null }),
    consoleOf(1, 'Mara', 'held', { found: [fuse('held', 'held')] }),
  ],
});

const full = () =>
  fakeDoor({
    routes: {
      'boundaries.probes': found,
      'boundaries.consoles': consoles,
      'boundaries.probeHistory': () => ({
        outcomes: [
          { probe: 'revoked-key', outcome: 'broken', evidence: 'It was let through.', durationMs: 4, at: AT },
        ],
      }),
      'boundaries.probe': () => ({ round: { ...round, state: 'waiting' }, eventId: idOf('evt', 9) }),
    },
  });

describe('the boundaries', () => {
  it('show each tile by shape, word and reason', async () => {
    renderScreen(<BoundariesPage />, full());
    const broken = await screen.findByTestId('tile-client-api');
    expect(broken.textContent).toContain('broken');
    expect(broken.querySelector('[data-shape=bad]')).toBeTruthy();
    expect(broken.textContent).toContain(CONTROLS[controlOf('revoked-key')].enforces);
    expect(screen.getByTestId('tile-money').textContent).toContain('held');
  });

  it('list every control with its probe, evidence and ASVS ids', async () => {
    renderScreen(<BoundariesPage />, full());
    await waitFor(() => expect(screen.getAllByTestId('control-row')).toHaveLength(PROBE_IDS.length));
    const row = screen.getByRole('button', { name: 'overdraft-row' }).closest('tr');
    expect(row?.textContent).toContain('What overdraft-row saw.');
    expect(row?.textContent).toContain('v4.0.3-11.1.6');
  });

  it('lead to the history of a probe and the abuse it stops', async () => {
    const fake = full();
    renderScreen(<BoundariesPage />, fake);
    fireEvent.click(await screen.findByRole('button', { name: 'revoked-key' }));
    const detail = await screen.findByTestId('probe-detail');
    expect(await within(detail).findByText('It was let through.')).toBeTruthy();
    expect(within(detail).getByText('To impersonate')).toBeTruthy();
    expect(fake.calls('boundaries.probeHistory')[0]?.query).toMatchObject({ probe: 'revoked-key' });
  });

  it('run now as a signed act', async () => {
    const fake = full();
    renderScreen(<BoundariesPage />, fake);
    fireEvent.click(await screen.findByRole('button', { name: 'Run probes now' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Sign and run' }));
    expect(await screen.findByTestId('run-probes-done')).toBeTruthy();
    expect(fake.calls('boundaries.probe')).toHaveLength(1);
  });

  it('say why a round cannot be asked for', async () => {
    const fake = full();
    fake.channels['enrolment.status'] = () => NOT_ENROLLED;
    fake.routes['boundaries.probe'] = () => refusal('conflict' as never, 'A round is under way.');
    renderScreen(<BoundariesPage />, fake);
    fireEvent.click(await screen.findByRole('button', { name: 'Run probes now' }));
    expect((await screen.findByTestId('sign-blocked')).textContent).toContain('Enrol');
    expect(fake.calls('boundaries.probe')).toHaveLength(0);
  });

  it('are saved as evidence for ASVS in a file that main asks for', async () => {
    const running = { state: 'running', path: '/chosen/x', bytes: 9, rows: 0, total: null, message: null };
    const fake = full();
    fake.channels['evidence.export'] = () => running;
    fake.channels['evidence.exportStatus'] = () => running;
    renderScreen(<BoundariesPage />, fake);
    fireEvent.click(await screen.findByRole('button', { name: 'ASVS evidence' }));
    fireEvent.change(screen.getByLabelText('Format'), { target: { value: 'csv' } });
    fireEvent.click(screen.getByRole('button', { name: 'Choose a file and save' }));
    expect((await screen.findByTestId('export-status')).textContent).toContain('/chosen/x');
    const asked = fake.asked.find(({ channel }) => channel === 'evidence.export');
    expect(asked?.payload).toEqual({ report: 'asvs', format: 'csv' });
  });

  it('are grey, not green, before anything was tried', async () => {
    renderScreen(
      <BoundariesPage />,
      fakeDoor({ routes: { 'boundaries.probes': nothing, 'boundaries.consoles': consoles } }),
    );
    const tile = await screen.findByTestId('tile-control');
    expect(tile.textContent).toContain('not yet probed');
    expect(tile.textContent).not.toContain('stale');
    expect(screen.getByTestId('probe-rounds').textContent).toContain('No round has run yet');
  });

  it('say what is waited for, and what failed', async () => {
    const waiting = renderScreen(<BoundariesPage />, fakeDoor({ routes: { 'boundaries.probes': never } }));
    expect(await screen.findByTestId('skeleton')).toBeTruthy();
    waiting.unmount();
    renderScreen(<BoundariesPage />, fakeDoor());
    expect(await screen.findByTestId('error')).toBeTruthy();
  });
});

describe('the consoles', () => {
  const rows = async () => (await screen.findAllByTestId('console-row')).map((row) => row.textContent ?? '');

  it('are listed with their state, last report and what was weak, and the own one is told apart', async () => {
    renderScreen(<BoundariesPage />, full());
    const [bob, cyd, dan, eve, mara] = await rows();
    expect(bob).toMatch(/^weakBobreviewer.*missing-fuse Not as shipped/);
    expect(cyd).toMatch(/^silent, was weakCyd.*Not as shipped/);
    expect(dan).toMatch(/^silentDan.*Keychain, fuses and sandbox held/);
    expect(eve).toMatch(/^never reportedEve.*never/);
    expect(mara).toContain('this console');
    expect([bob, cyd, dan, eve].join()).not.toContain('this console');
    const [first] = screen.getAllByTestId('console-row');
    expect(first?.querySelector('[data-shape=bad]')).toBeTruthy();
  });

  it('lead to what consoles found before', async () => {
    const fake = full();
    renderScreen(<BoundariesPage />, fake);
    const [bob] = await screen.findAllByTestId('console-row');
    fireEvent.click(within(bob as HTMLElement).getByRole('button', { name: 'missing-fuse' }));
    expect(await screen.findByTestId('probe-detail')).toBeTruthy();
    expect(fake.calls('boundaries.probeHistory')[0]?.query).toMatchObject({ probe: 'missing-fuse' });
  });

  it('say what to do while there is none', async () => {
    const fake = full();
    fake.routes['boundaries.consoles'] = () => ({ at: AT, everySeconds: 600, consoles: [] });
    renderScreen(<BoundariesPage />, fake);
    const section = await screen.findByTestId('consoles');
    expect(await within(section).findByText(/No console is enrolled yet/)).toBeTruthy();
  });

  it('are waited for, failed and offline by themselves: what the probes found stands beside', async () => {
    for (const [answer, testId] of [
      [never, 'skeleton'],
      [() => refusal('locked', 'The vault is locked.'), 'error'],
      [() => refusal('service-down', 'Nobody there.'), 'offline'],
    ] as const) {
      const fake = full();
      fake.routes['boundaries.consoles'] = answer;
      const shown = renderScreen(<BoundariesPage />, fake);
      const section = await screen.findByTestId('consoles');
      expect(await within(section).findByTestId(testId)).toBeTruthy();
      expect(screen.getByTestId('tile-client-api')).toBeTruthy();
      shown.unmount();
    }
  });
});
