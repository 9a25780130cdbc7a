import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { KeyVelocity, ProviderHealth, TracedGeneration } from '../../../shared/http/tokenhall-admin.ts';
import { fakeDoor, never, refusal } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { AT, idOf } from '../../../tests/fixtures/screen/samples.ts';
import { evenTicks } from '../../ui/ticks.ts';
import { ProvidersPage } from './page.tsx';
import { paceOf, pointsOf } from './use-traffic.ts';

afterEach(cleanup);

const healthOf = (provider: string, change: Partial<ProviderHealth> = {}): ProviderHealth => ({
  provider,
  style: 'openai',
  baseUrl: `https://api.${provider}.example/v1`,
  breaker: { state: 'closed', since: AT, openedAt: null, retryAt: null, consecutiveFailures: 0 },
  calls: { succeeded: 120, failed: 3, refused: 1, retried: 2 },
  lastFailure: null,
  firstByteP50: 210,
  ...change,
});

const OPEN = {
  breaker: {
    ...{ state: 'open' as const, since: AT, openedAt: AT },
    ...{ retryAt: '2999-01-01T00:00:00.000Z', consecutiveFailures: 5 },
  },
  lastFailure: { at: AT, reason: 'timeout' },
  firstByteP50: null,
};

const ZERO = '0.00000000';

const keyOf = (n: number, change: Partial<KeyVelocity> = {}): KeyVelocity => ({
  keyId: idOf('key', n),
  label: `runner ${n}`,
  displayPrefix: `th_0000000${n}`,
  spendLimit: null,
  spent: '7.00000000',
  held: ZERO,
  lastMinute: '0.10000000',
  lastHour: '1.00000000',
  hourlyBaseline: '1.00000000',
  minutes: [...Array<string>(59).fill(ZERO), '0.10000000'],
  ...change,
});

const RACING = keyOf(2, { label: 'thief', lastHour: '3.00000001' });

const generationOf = (n: number, change: Partial<TracedGeneration> = {}): TracedGeneration => ({
  id: idOf('gen', n),
  model: 'gpt-4o',
  provider: 'openai',
  streamed: true,
  state: 'settled',
  ended: 'completed',
  usage: 'reported',
  inputTokens: 12,
  outputTokens: 340,
  held: '0.02000000',
  cost: '0.00352000',
  startedAt: AT,
  settledAt: AT,
  keyId: idOf('key', 1),
  accountId: idOf('acc', 1),
  agentId: null,
  loss: ZERO,
  trace: [
    { ms: 0, step: 'route', detail: 'prefix gpt- to openai' },
    { ms: 1, step: 'secret', detail: 'account' },
    { ms: 212, step: 'first-byte', detail: '200' },
  ],
  ...change,
});

const routesOf = (change: Record<string, () => unknown> = {}) => ({
  'providers.health': () => ({ providers: [healthOf('openai'), healthOf('anthropic', OPEN)] }),
  'spend.velocity': () => ({ at: AT, keys: [keyOf(1), RACING] }),
  'generations.list': () => ({
    generations: [
      generationOf(2, { loss: '0.00000100' }),
      generationOf(1, { state: 'voided', ended: 'timeout' }),
    ],
    nextCursor: null,
  }),
  ...change,
});

async function traffic(change: Record<string, () => unknown> = {}) {
  const fake = fakeDoor({ routes: routesOf(change) });
  renderScreen(<ProvidersPage />, fake);
  fireEvent.click(screen.getByRole('button', { name: 'Routing and spend' }));
  return fake;
}

describe('providers', () => {
  it('show their breaker by shape and word, and what happens next', async () => {
    await traffic();
    const [, broken] = await screen.findAllByTestId('provider-row');
    expect(broken?.textContent).toMatch(/open.*opened .*ago.*, tries again in.*5 failures in a row/);
    expect(broken?.querySelector('[data-shape=bad]')).toBeTruthy();
    expect(broken?.textContent).toContain('timeout');
    expect(broken?.textContent).toContain('https://api.anthropic.example/v1');
    expect(broken?.textContent).toContain('not measured');
  });

  it('are missed in words when none is configured', async () => {
    await traffic({ 'providers.health': () => ({ providers: [] }) });
    expect((await screen.findByTestId('breakers')).textContent).toContain('every generation is refused');
  });
});

describe('the spend of keys', () => {
  it('ranks by what is unusual for each key, and warns of those above their threshold', async () => {
    await traffic();
    const rows = await screen.findAllByTestId('velocity-row');
    expect(rows.map((row) => row.textContent?.includes('thief'))).toEqual([true, false]);
    expect(rows[0]?.textContent).toMatch(/above its threshold.*3 × its baseline/);
    expect(screen.getByTestId('racing').textContent).toContain('The key thief spends');
    expect(screen.getByTestId('velocity-hour').textContent).toContain('alert above 3 an hour: 0.05 a minute');
  });

  it('has the numbers behind the chart, exact to the last decimal', async () => {
    await traffic();
    const hour = await screen.findByTestId('velocity-hour');
    expect(within(hour).getByRole('img').getAttribute('aria-label')).toContain('Credits a minute');
    fireEvent.click(within(hour).getByRole('button', { name: 'Table' }));
    const minutes = screen.getAllByTestId('minute-row');
    expect(minutes).toHaveLength(60);
    expect(minutes[0]?.textContent).toContain('this minute0.10000000');
  });

  it('narrows the requests to the key that is chosen, and back', async () => {
    const fake = await traffic();
    fireEvent.click(await screen.findByRole('button', { name: /runner 1/ }));
    await waitFor(() =>
      expect(fake.calls('generations.list').at(-1)?.query).toMatchObject({ keyId: idOf('key', 1) }),
    );
    expect(screen.getByTestId('velocity-hour').textContent).toContain('runner 1');
    fireEvent.click(await screen.findByRole('button', { name: 'Show every key' }));
    await waitFor(() => expect(fake.calls('generations.list').at(-1)?.query).not.toHaveProperty('keyId'));
  });

  it('says so when nothing was spent', async () => {
    await traffic({ 'spend.velocity': () => ({ at: AT, keys: [] }) });
    expect((await screen.findByTestId('velocity')).textContent).toContain('No key has spent');
    expect(screen.queryByTestId('racing')).toBeNull();
  });
});

describe('the routing of a request', () => {
  it('opens step by step, with what it cost and what the platform lost', async () => {
    await traffic();
    const [first] = await screen.findAllByTestId('trace-row');
    fireEvent.click(within(first as HTMLElement).getByRole('button', { name: 'gpt-4o' }));
    const detail = await screen.findByTestId('trace-detail');
    expect(
      within(detail)
        .getAllByTestId('step-row')
        .map((row) => row.textContent),
    ).toEqual([...['0 msrouteprefix gpt- to openai', '1 mssecretaccount', '212 msfirst-byte200']]);
    expect(detail.textContent).toContain('12 in, 340 out, reported');
    expect(detail.textContent).toContain('0.00000100 above its hold');
    fireEvent.click(within(detail).getByRole('button', { name: 'Close details' }));
    expect(screen.queryByTestId('trace-detail')).toBeNull();
  });

  it('says that a failed one was not charged, and why', async () => {
    await traffic();
    expect((await screen.findAllByTestId('trace-row'))[1]?.textContent).toMatch(/not charged.*timeout/);
  });
});

it('waits, is offline and fails in words, each part for itself', async () => {
  await traffic({ 'providers.health': never });
  expect(screen.getAllByTestId('skeleton')[0]?.textContent).toContain('the health of providers');
  cleanup();
  await traffic({ 'providers.health': () => refusal('service-down', 'Down.') });
  expect((await screen.findByTestId('offline')).textContent).toContain('the health of providers');
  cleanup();
  await traffic({ 'generations.list': () => refusal('internal', 'It failed.') });
  expect((await screen.findByTestId('error')).textContent).toContain('It failed.');
  expect(await screen.findAllByTestId('velocity-row')).toHaveLength(2);
});

describe('the arithmetic of pace', () => {
  it.each([
    ['3.00000000', '1.00000000', 'as usual'],
    ['3.00000001', '1.00000000', 'above its threshold'],
    ['0.00000004', '0.00000001', 'above its threshold'],
    [ZERO, '1.00000000', 'quiet'],
    ['1.00000000', null, 'no baseline yet'],
    ['1.00000000', ZERO, 'no baseline yet'],
    [ZERO, null, 'quiet'],
  ])('of %s in an hour, usually %s, is "%s"', (lastHour, hourlyBaseline, word) => {
    expect(paceOf({ lastHour, hourlyBaseline }).word).toBe(word);
  });

  it('counts minutes back from now', () => {
    expect(pointsOf({ minutes: ['0.50000000', '1.00000000'] })).toEqual([
      { ago: 1, credits: 0.5, exact: '0.50000000' },
      { ago: 0, credits: 1, exact: '1.00000000' },
    ]);
  });

  it('gives small amounts an axis of their own size', () => {
    expect(evenTicks(0, 1e-8).at(-1)).toBeCloseTo(1e-8, 12);
    expect(evenTicks(0.03, 1e-8).at(-1)).toBeCloseTo(0.032, 6);
  });
});
