import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { fakeDoor, refusal } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { PracticeBand } from '../../app/practice-band.tsx';
import { Practice } from './practice.tsx';

afterEach(cleanup);

const SIMULATOR = {
  ...{ state: 'none', startedAt: null, hasOperator: false, said: [], problem: null },
  tally: { sent: 0, unanswered: 0, keysCreated: 0, accounts: 0, rate: 0 },
};
const INFO = {
  ...{ version: '0.1.0', platform: 'linux', electron: '1', chromium: '1', node: '1' },
  ...{ runtime: 'development', packaged: false },
};

describe('practice in the settings', () => {
  it('of a real console opens the practice console, once at a time', async () => {
    let answer = (_: null): void => undefined;
    const fake = fakeDoor({
      channels: {
        'practice.status': () => ({ folder: '/data/practice', simulator: null }),
        'practice.open': () => new Promise((resolve) => (answer = resolve)),
      },
    });
    renderScreen(<Practice />, fake);
    expect((await screen.findByText('/data/practice')).closest('section')?.textContent).toContain(
      'for real data',
    );
    fireEvent.click(screen.getByRole('button', { name: 'Open a practice console' }));
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Opening it' }).disabled).toBe(true);
    await waitFor(() => expect(fake.asked.some(({ channel }) => channel === 'practice.open')).toBe(true));
    answer(null);
    expect((await screen.findByTestId('practice-opened')).textContent).toContain('stays as it is');
  });

  it('says why main refused to open it', async () => {
    const channels = {
      'practice.status': () => ({ folder: '/data/practice', simulator: null }),
      'practice.open': () => refusal('not-available', '/data/practice was not made for practice.'),
    };
    renderScreen(<Practice />, fakeDoor({ channels }));
    fireEvent.click(await screen.findByRole('button', { name: 'Open a practice console' }));
    expect((await screen.findByRole('alert')).textContent).toContain('was not made for practice');
  });

  it('of a practice console says what it is and where, and offers no second one', async () => {
    const channels = { 'practice.status': () => ({ folder: '/data/practice', simulator: SIMULATOR }) };
    renderScreen(<Practice />, fakeDoor({ channels }));
    expect(await screen.findByText('for practice: sample data only, for good')).toBeTruthy();
    expect(screen.queryByRole('button')).toBeNull();
  });
});

describe('the band', () => {
  it('stands in a practice console, without any way to take it away', async () => {
    renderScreen(
      <PracticeBand />,
      fakeDoor({ channels: { 'app.info': () => ({ ...INFO, practice: true }) } }),
    );
    const band = await screen.findByTestId('practice-band');
    expect(band.textContent).toMatch(/Practice console.*Sample data only/);
    expect(band.querySelector('button, a, input')).toBeNull();
  });

  it('is not in a real one', async () => {
    const fake = fakeDoor({ channels: { 'app.info': () => ({ ...INFO, practice: false }) } });
    renderScreen(<PracticeBand />, fake);
    await waitFor(() => expect(fake.asked.some(({ channel }) => channel === 'app.info')).toBe(true));
    expect(screen.queryByTestId('practice-band')).toBeNull();
  });
});
