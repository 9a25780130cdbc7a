import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { HeadReport } from '../../../shared/ipc/evidence.ts';
import { fakeDoor, never, refusal } from '../../../tests/fixtures/screen/door.ts';
import { headReportOf } from '../../../tests/fixtures/screen/evidence.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { ENROLLED } from '../../../tests/fixtures/screen/samples.ts';
import { useAsk } from '../../bridge/use-remote.ts';
import { Verification } from './verification.tsx';

afterEach(cleanup);

type Channels = NonNullable<NonNullable<Parameters<typeof fakeDoor>[0]>['channels']>;

/** A button that waits for what is known of this console's role. */
async function enabled(name: string): Promise<HTMLButtonElement> {
  const button = (await screen.findByRole('button', { name })) as HTMLButtonElement;
  await waitFor(() => expect(button.disabled).toBe(false));
  return button;
}

function Shown() {
  const remote = useAsk('evidence.head', { everyMs: 60_000 });
  return (
    <>
      <button type="button" onClick={remote.retry}>
        Look again
      </button>
      <Verification remote={remote} />
    </>
  );
}

function shown(change: Partial<HeadReport>, register: unknown = null, more: Channels = {}) {
  const fake = fakeDoor({
    channels: {
      'evidence.head': () => headReportOf(5, change),
      'evidence.registerWitness': async () => register,
      'evidence.settleHead': async () => null,
      'evidence.reportRestore': async () => null,
      ...more,
    },
  });
  renderScreen(<Shown />, fake);
  return fake;
}

describe('what the screen says of witnesses', () => {
  it('is self-attested for a log that nobody cosigned, with the way to begin', async () => {
    const fake = shown({});
    await screen.findByText('self-attested');
    fireEvent.click(await enabled('Witness it from here'));
    await waitFor(() =>
      expect(fake.asked.some(({ channel }) => channel === 'evidence.registerWitness')).toBe(true),
    );
  });

  it('says why this console could not be registered', async () => {
    shown({}, refusal('declined', 'You declined.'));
    fireEvent.click(await enabled('Witness it from here'));
    expect((await screen.findByRole('alert')).textContent).toBe('You declined.');
  });

  it('waits in words while the signing window asks', async () => {
    shown({}, never());
    fireEvent.click(await enabled('Witness it from here'));
    await screen.findByText('waiting for the signing window');
  });

  it('leaves registering to those who may, and says who', async () => {
    const operator = ENROLLED.operator && { ...ENROLLED.operator, role: 'reviewer' as const };
    shown({}, null, { 'enrolment.status': () => ({ ...ENROLLED, operator }) });
    const button = await screen.findByRole('button', { name: 'Witness it from here' });
    await waitFor(() => expect(button.title).toContain('Your role (reviewer) may not do this'));
    expect((button as HTMLButtonElement).disabled).toBe(true);
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

describe('a head that cannot be read', () => {
  const unread = async (answer: unknown) => {
    shown({}, null, { 'evidence.head': () => answer });
    return (await screen.findByTestId('head-unread')).textContent ?? '';
  };

  it.each([
    ['service-down', { service: null }, 'not verified: the service does not answer', 'It is away.'],
    ['locked', { service: null }, 'not verified: the vault is locked', 'Unlock it to compare'],
    [
      ...(['request-failed', { service: { type: 'not_found', status: 404 } }] as const),
      ...(['not verified: no head yet', 'signs its first one with its first entry'] as const),
    ],
    ['request-failed', { service: null }, 'not verified', 'It is away.'],
  ] as const)(
    'says for %s what is known, and never that it is verified',
    async (code, more, word, message) => {
      const text = await unread(refusal(code, 'It is away.', more));
      expect(text).toContain(word);
      expect(text).toContain(message);
      expect(screen.queryByTestId('head')).toBeNull();
    },
  );

  it('keeps the one that was verified, says how old it is, and is read again on demand', async () => {
    const answers = [headReportOf(5), refusal('service-down', 'It is away.'), headReportOf(6)];
    const fake = shown({}, null, { 'evidence.head': () => answers.shift() });
    await screen.findByTestId('head');
    fireEvent.click(screen.getByRole('button', { name: 'Look again' }));
    const unread = await screen.findByTestId('head-unread');
    expect(unread.textContent).toMatch(/the head shown is not the newest.*verified .*It is away/);
    expect(screen.getByTestId('head').textContent).toContain('5 entries');
    fireEvent.click(screen.getByRole('button', { name: 'Retry' }));
    await waitFor(() => expect(screen.getByTestId('head').textContent).toContain('6 entries'));
    expect(fake.asked.filter(({ channel }) => channel === 'evidence.head')).toHaveLength(3);
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
    const label = await screen.findByLabelText('Why entries are gone');
    const named = screen.getByRole('button', { name: 'Report a restore…' });
    expect((named as HTMLButtonElement).disabled).toBe(true);
    fireEvent.change(label, { target: { value: 'from the backup' } });
    const button = await enabled('Report a restore…');
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
