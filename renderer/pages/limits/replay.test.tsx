import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { AgentCadence } from '../../../shared/http/heartbeat-list.ts';
import type { ReplayAnswer } from '../../../shared/http/limit-replay.ts';
import { fakeDoor, never, refusal } from '../../../tests/fixtures/screen/door.ts';
import { PROPOSAL } from '../../../tests/fixtures/screen/proposals.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { AT, ENROLLED, idOf, keyOf, LIMITS, NO_LIMITS } from '../../../tests/fixtures/screen/samples.ts';
import { beatState } from './heartbeats.tsx';
import { LimitsPage } from './page.tsx';

afterEach(cleanup);

const KEY = keyOf(1);
const REPLAYED: ReplayAnswer = {
  current: { limit: 60, windowSeconds: 60 },
  proposed: { limit: 30, windowSeconds: 60 },
  from: '2026-11-21T11:00:00.000Z',
  to: '2026-11-21T12:00:00.000Z',
  completeSince: '2026-11-21T11:00:00.000Z',
  stepSeconds: 60,
  asked: 340,
  refusedByCurrent: 0,
  refusedByProposed: 12,
  subjectsRefused: 1,
  steps: [
    { at: '2026-11-21T11:00:00.000Z', asked: 0, peak: 0, refusedByCurrent: 0, refusedByProposed: 0 },
    { at: '2026-11-21T11:01:00.000Z', asked: 42, peak: 42, refusedByCurrent: 0, refusedByProposed: 12 },
  ],
  subjects: [
    {
      subject: KEY.displayPrefix,
      asked: 340,
      peak: 42,
      refusedByCurrent: 0,
      refusedByProposed: 12,
      firstRefusedAt: '2026-11-21T11:01:10.000Z',
      lastRefusedAt: '2026-11-21T11:01:40.000Z',
    },
  ],
};

type Routes = NonNullable<NonNullable<Parameters<typeof fakeDoor>[0]>['routes']>;

function show(routes: Routes = {}, channels: NonNullable<Parameters<typeof fakeDoor>[0]>['channels'] = {}) {
  const fake = fakeDoor({
    channels,
    routes: {
      'limits.state': () => LIMITS,
      'limits.heartbeats': () => ({ at: AT, agents: [] }),
      'keys.list': () => ({ keys: [KEY], nextCursor: null }),
      'limits.replayKey': () => REPLAYED,
      'limits.replayScope': () => REPLAYED,
      ...routes,
    },
  });
  renderScreen(<LimitsPage />, fake);
  return fake;
}
async function tryLimit(limit: string, whose = KEY.id) {
  const replay = await screen.findByTestId('replay');
  await within(replay).findByText(new RegExp(KEY.label));
  fireEvent.change(within(replay).getByLabelText('Whose limit'), { target: { value: whose } });
  fireEvent.change(within(replay).getByLabelText('Proposed limit'), { target: { value: limit } });
  fireEvent.click(within(replay).getByRole('button', { name: 'Replay the last hour' }));
  return replay;
}
const save = async (name: string) => {
  const button = await screen.findByRole<HTMLButtonElement>('button', { name });
  await waitFor(() => expect(button.disabled).toBe(false));
  fireEvent.click(button);
  return screen.findByTestId('save-limit');
};

describe('a limit tried on the last hour', () => {
  it('says how many would have been refused, for whom and when, beside the limit of today', async () => {
    const fake = show();
    const replay = await tryLimit('30');
    const verdict = await within(replay).findByTestId('replay-verdict');
    expect(verdict.textContent).toContain('12of 340 requests refused at 30 in 60 s (3.5 %)');
    expect(verdict.textContent).toContain('The limit of today, 60 in 60 s, refuses 0');
    expect(verdict.textContent).not.toContain('complete since');
    expect(within(replay).getByRole('img').getAttribute('aria-label')).toContain('proposed limit');
    const subject = within(replay).getByTestId('replay-subject');
    expect(subject.textContent).toContain(KEY.displayPrefix);
    expect(subject.textContent).toMatch(/\d\d:01:10 to \d\d:01:40/);
    expect(fake.calls('limits.replayKey')).toEqual([
      { route: 'limits.replayKey', params: { id: KEY.id }, query: { limit: 30 } },
    ]);
  });

  it('has the minutes behind the picture, without the quiet ones', async () => {
    show();
    const replay = await tryLimit('30');
    fireEvent.click(await within(replay).findByRole('button', { name: 'Table' }));
    const [minute, ...more] = within(replay).getAllByTestId('replay-minute');
    expect(more).toEqual([]);
    expect(minute?.textContent).toContain('4242012');
  });

  it('says from when on it knows all', async () => {
    show({ 'limits.replayKey': () => ({ ...REPLAYED, completeSince: '2026-11-21T11:40:00.000Z' }) });
    await tryLimit('30');
    expect((await screen.findByTestId('replay-verdict')).textContent).toContain('complete since');
  });

  it('lower than today’s is signed by one person', async () => {
    const key = { ...KEY, requestsPerMinute: 30 };
    const fake = show({ 'limits.lower': () => ({ key, eventId: idOf('evt', 1) }) });
    await tryLimit('30');
    const dialog = await save('Lower to this limit');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and lower' }));
    expect((await screen.findByTestId('save-limit-done')).textContent).toContain('from now on');
    expect(fake.calls('limits.lower')[0]).toMatchObject({
      params: { id: KEY.id },
      body: { requestsPerMinute: 30 },
    });
    expect(fake.calls('limits.raise')).toEqual([]);
  });

  it('higher than today’s is proposed to a second one', async () => {
    const fake = show({ 'limits.raise': () => ({ proposal: PROPOSAL, eventId: idOf('evt', 1) }) });
    await tryLimit('600');
    const dialog = await save('Propose this limit');
    expect(dialog.textContent).toContain('takes two persons');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and propose' }));
    expect((await screen.findByTestId('save-limit-done')).textContent).toContain('keeps 60 a minute');
    expect(fake.calls('limits.raise')[0]).toMatchObject({ body: { requestsPerMinute: 600 } });
    expect(fake.calls('limits.lower')).toEqual([]);
  });

  it('is saved by who may sign it only, and not when it is today’s', async () => {
    show(
      {},
      {
        'enrolment.status': () => ({
          ...ENROLLED,
          operator: { id: idOf('opr', 9), name: 'R', role: 'reviewer' },
        }),
      },
    );
    await tryLimit('30');
    const button = await screen.findByRole<HTMLButtonElement>('button', { name: 'Lower to this limit' });
    await waitFor(() => expect(button.title).toContain('reviewer'));
    expect(button.disabled).toBe(true);
    cleanup();
    show();
    await tryLimit('60');
    const same = await screen.findByRole<HTMLButtonElement>('button', { name: 'Lower to this limit' });
    expect(same.disabled).toBe(true);
  });

  it('of a whole scope is tried, and is configuration', async () => {
    const fake = show();
    await tryLimit('30', 'ip');
    expect(await screen.findByTestId('replay-configured')).toBeTruthy();
    expect(fake.calls('limits.replayScope')).toEqual([
      { route: 'limits.replayScope', query: { scope: 'ip', limit: 30 } },
    ]);
  });

  it.each(['', '0', '1.5', '-3', '1000000', 'many'])('is not %j', async (text) => {
    const fake = show();
    const replay = await tryLimit(text);
    expect(replay.textContent).toContain('A whole number from 1 to 100,000.');
    expect(fake.calls('limits.replayKey')).toEqual([]);
  });

  it('waits and fails in words', async () => {
    show({ 'limits.replayKey': never });
    await tryLimit('30');
    expect(await screen.findByRole('button', { name: 'Replaying the last hour' })).toBeTruthy();
    cleanup();
    show({ 'limits.replayKey': () => refusal('request-failed', 'there is no key') });
    await tryLimit('30');
    expect((await screen.findByTestId('replay-failed')).textContent).toContain('there is no key');
  });
});

describe('heartbeats', () => {
  const AGENT: AgentCadence = {
    agentId: idOf('agt', 1),
    name: 'Runner',
    firstAt: AT,
    lastAt: AT,
    chain: 17,
    heartbeats: 40,
    challenges: { passed: 3, over: 4 },
    score: 61.26,
    parts: { cadence: 30, challenge: 18.75, latency: 15, chain: 9.9 },
    confidence: 0.6,
  };

  it('show last beat, chain, challenges and score, its parts at hand', async () => {
    show({ 'limits.heartbeats': () => ({ at: AT, agents: [AGENT] }) });
    const row = await screen.findByTestId('heartbeat-row');
    expect(row.textContent).toContain('Runner');
    expect(row.textContent).toContain('17');
    expect(row.textContent).toContain('3 / 4');
    expect(row.textContent).toContain('61.3 / 100');
    expect(within(row).getByTitle(/cadence 30 of 35, challenges 18\.8 of 25/)).toBeTruthy();
  });

  it('are there before any request is, and say when nobody beats', async () => {
    show({ 'limits.state': () => NO_LIMITS });
    expect((await screen.findByTestId('no-heartbeats')).textContent).toContain('No agent');
    expect(screen.getByTestId('empty')).toBeTruthy();
    cleanup();
    show({ 'limits.heartbeats': () => refusal('request-failed', 'It failed.') });
    const section = await screen.findByTestId('heartbeats');
    expect((await within(section).findByTestId('error')).textContent).toContain('It failed.');
  });

  it('are alive, late, then silent', () => {
    const at = Date.parse(AT);
    const words = [0, 30, 31, 180, 181].map((minutes) => beatState(AT, at + minutes * 60_000).word);
    expect(words).toEqual(['alive', 'alive', 'late', 'late', 'silent']);
  });
});

describe('current windows', () => {
  it('are narrowed to one scope', async () => {
    show();
    expect(await screen.findAllByTestId('window-row')).toHaveLength(2);
    const windows = screen.getByTestId('limits-windows');
    fireEvent.click(within(windows).getByRole('button', { name: 'key' }));
    expect(
      screen.getAllByTestId('window-row').map(({ textContent }) => textContent?.includes('th_')),
    ).toEqual([true]);
    fireEvent.click(within(windows).getByRole('button', { name: 'agent' }));
    expect(windows.textContent).toContain('No request is inside such a window');
  });
});
