import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { HeadReport } from '../../../shared/ipc/evidence.ts';
import { fakeDoor, refusal } from '../../../tests/fixtures/screen/door.ts';
import { headReportOf } from '../../../tests/fixtures/screen/evidence.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { useAsk } from '../../bridge/use-remote.ts';
import { Verification } from './verification.tsx';

afterEach(cleanup);

const Shown = () => <Verification remote={useAsk('evidence.head', { everyMs: 60_000 })} />;

function shown(change: Partial<HeadReport>, register: unknown = null) {
  const fake = fakeDoor({
    channels: {
      'evidence.head': () => headReportOf(5, change),
      'evidence.registerWitness': async () => register,
      'evidence.settleHead': async () => null,
      'evidence.reportRestore': async () => null,
    },
  });
  renderScreen(<Shown />, fake);
  return fake;
}

describe('what the screen says of witnesses', () => {
  it('is self-attested for a log that nobody cosigned, with the way to begin', async () => {
    const fake = shown({});
    await screen.findByText('self-attested');
    fireEvent.click(screen.getByRole('button', { name: 'Witness it from here' }));
    await waitFor(() =>
      expect(fake.asked.some(({ channel }) => channel === 'evidence.registerWitness')).toBe(true),
    );
  });

  it('says why this console could not be registered', async () => {
    shown({}, refusal('declined', 'You declined.'));
    fireEvent.click(await screen.findByRole('button', { name: 'Witness it from here' }));
    expect((await screen.findByRole('alert')).textContent).toBe('You declined.');
  });

  it('is how far this console cosigned it', async () => {
    shown({
      cosigned: { size: 4, at: '2030-01-01T00:00:00.000Z' },
      witness: { name: 'w', registered: true },
    });
    await screen.findByText('this console, up to 4 entries');
    expect(screen.queryByText('self-attested')).toBeNull();
  });
});

describe('an alarm that stands', () => {
  it('shows both heads, and opens the trusted window on demand', async () => {
    const fake = shown({ state: 'fork', problem: 'it forked', alarmSince: '2030-01-01T00:00:00.000Z' });
    await screen.findByTestId('head-alarm');
    screen.getByRole('region', { name: 'Last head verified here' });
    screen.getByRole('region', { name: 'The head of the alarm' });
    fireEvent.click(screen.getByRole('button', { name: 'Decide about this alarm…' }));
    await waitFor(() =>
      expect(fake.asked.some(({ channel }) => channel === 'evidence.settleHead')).toBe(true),
    );
  });

  it.each([
    ['told', null, 'alerts its operators'],
    ['pending', 'The service does not answer.', 'could not be told yet'],
  ] as const)('that is a fork says that the service is %s', async (state, message, word) => {
    const alarmSince = '2030-01-01T00:00:00.000Z';
    shown({ state: 'fork', problem: 'it forked', alarmSince, told: { state, message } });
    expect((await screen.findByTestId('fork-told')).textContent).toContain(word);
  });

  it('of a log that shrank is reported with a reason', async () => {
    const fake = shown({ state: 'shrunk', problem: 'it shrank', alarmSince: '2030-01-01T00:00:00.000Z' });
    const button = await screen.findByRole('button', { name: 'Report a restore…' });
    expect((button as HTMLButtonElement).disabled).toBe(true);
    fireEvent.change(screen.getByLabelText('Why entries are gone'), { target: { value: 'from the backup' } });
    fireEvent.submit(button.closest('form') as HTMLFormElement);
    await screen.findByText(/opens a new epoch/);
    expect(fake.asked.find(({ channel }) => channel === 'evidence.reportRestore')?.payload).toEqual({
      reason: 'from the backup',
    });
  });

  it('of a head that nobody signed is not for anybody to accept', async () => {
    shown({ state: 'unsigned', problem: 'no key signed it' });
    await screen.findByTestId('head-alarm');
    expect(screen.queryByRole('button', { name: 'Decide about this alarm…' })).toBeNull();
  });
});
