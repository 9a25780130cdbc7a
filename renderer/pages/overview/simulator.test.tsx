import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { SimulatorStatus } from '../../../shared/ipc/practice.ts';
import { fakeDoor, never, refusal } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { DOWN } from '../../../tests/fixtures/screen/samples.ts';
import { Simulator } from './simulator.tsx';

afterEach(cleanup);

const NONE: SimulatorStatus = {
  ...{ state: 'none', startedAt: null, hasOperator: false, said: [], problem: null },
  tally: { sent: 0, unanswered: 0, keysCreated: 0, accounts: 0, rate: 0 },
};
const PLAYED = {
  startedAt: '2026-01-01T00:00:00.000Z',
  tally: { sent: 1204, unanswered: 3, keysCreated: 14, accounts: 12, rate: 9.8 },
};

const doorOf = (change: Partial<SimulatorStatus>, more = {}) =>
  fakeDoor({
    channels: {
      'practice.status': () => ({ folder: '/data/practice', simulator: { ...NONE, ...change } }),
      ...more,
    },
  });
const button = (name: string) => screen.findByRole<HTMLButtonElement>('button', { name });
const section = () => screen.getByTestId('simulator');

describe('the simulator on the overview', () => {
  it('is labelled, says what its start will ask for, and is started by one press', async () => {
    const fake = doorOf({});
    fake.channels['practice.start'] = () => {
      fake.channels['practice.status'] = () => ({
        folder: '/p',
        simulator: { ...NONE, ...PLAYED, state: 'running', hasOperator: true },
      });
      return { folder: '/p', simulator: { ...NONE, state: 'running' } };
    };
    renderScreen(<Simulator isEnrolled />, fake);
    const run = await button('Run the simulator');
    expect(section().textContent).toMatch(/SIMULATED.*shows a card/);
    fireEvent.click(run);
    const progress = await screen.findByTestId('simulator-progress');
    expect(progress.textContent).toMatch(/1,204 requests in .*14 keys created, 12 accounts.*3 unanswered/);
    expect(section().querySelector('[data-shape=ok]')).toBeTruthy();
  });

  it('says what a console that is not enrolled will see', async () => {
    renderScreen(<Simulator isEnrolled={false} />, doorOf({}));
    expect((await button('Run the simulator')).disabled).toBe(false);
    expect(section().textContent).toContain('Enrol this console first');
  });

  it('waits for the card and cannot be started twice', async () => {
    renderScreen(<Simulator isEnrolled />, doorOf({ state: 'starting' }));
    expect((await button('Stop the simulator')).disabled).toBe(true);
    expect(section().textContent).toContain('Waiting for the signing card');
  });

  it('is stopped, and what it left out can be read', async () => {
    const fake = doorOf(
      { ...PLAYED, state: 'running', said: ['no generations.'] },
      { 'practice.stop': () => ({ folder: '/p', simulator: NONE }) },
    );
    renderScreen(<Simulator isEnrolled />, fake);
    fireEvent.click(await button('Stop the simulator'));
    await waitFor(() => expect(fake.asked.some(({ channel }) => channel === 'practice.stop')).toBe(true));
    expect(screen.getByText('no generations.')).toBeTruthy();
  });

  it('says why it failed, by shape and word, and offers another try', async () => {
    renderScreen(
      <Simulator isEnrolled />,
      doorOf({ ...PLAYED, state: 'failed', problem: 'Nothing answers.' }),
    );
    expect((await screen.findByRole('alert')).textContent).toContain('Nothing answers.');
    expect(section().querySelector('[data-shape=bad]')).toBeTruthy();
    expect((await button('Run the simulator')).disabled).toBe(false);
  });

  it('says why main refused, and nothing when the person declined', async () => {
    const refuse = (code: 'declined' | 'service-down') => ({
      'practice.start': () => refusal(code, 'The service does not serve yet.'),
    });
    renderScreen(<Simulator isEnrolled />, doorOf({}, refuse('service-down')));
    fireEvent.click(await button('Run the simulator'));
    expect((await screen.findByRole('alert')).textContent).toContain('does not serve yet');
    cleanup();
    renderScreen(<Simulator isEnrolled />, doorOf({}, refuse('declined')));
    const run = await button('Run the simulator');
    fireEvent.click(run);
    await waitFor(() => expect(run.disabled).toBe(false));
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('cannot be started while the service is down, or before enrolment is known', async () => {
    const { stores } = renderScreen(<Simulator isEnrolled />, doorOf({}));
    stores.service.set(DOWN, Date.now());
    await waitFor(async () => expect((await button('Run the simulator')).disabled).toBe(true));
    cleanup();
    renderScreen(<Simulator isEnrolled={undefined} />, doorOf({}));
    expect((await button('Run the simulator')).disabled).toBe(true);
    cleanup();
    renderScreen(<Simulator isEnrolled />, doorOf({}, { 'practice.status': never }));
    expect(screen.getByTestId('skeleton')).toBeTruthy();
  });
});
