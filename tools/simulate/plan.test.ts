import { describe, expect, it } from 'vitest';
import { crewFor, pausesOf } from './agents.ts';
import { BAD_TOKENS, planFor, type Step } from './plan.ts';
import { randomFrom } from './random.ts';

/** Steps of the first `seconds` seconds. */
function stepsOf(options: Parameters<typeof planFor>[0], seconds: number): Step[] {
  const steps: Step[] = [];
  for (const step of planFor(options).steps) {
    if (step.atMs > seconds * 1000) break;
    steps.push(step);
  }
  return steps;
}

const withOperator = { seed: 'spring', rate: 20, operator: true };

const ofType = <T extends Step['action']['type']>(steps: readonly Step[], type: T) =>
  steps.flatMap(({ atMs, action }) =>
    action.type === type ? [{ atMs, action: action as Extract<Step['action'], { type: T }> }] : [],
  );

/** Most steps within any window of this length. */
function busiest(times: readonly number[], windowMs: number): number {
  let [most, first] = [0, 0];
  times.forEach((at, index) => {
    while ((times[first] ?? at) <= at - windowMs) first += 1;
    most = Math.max(most, index - first + 1);
  });
  return most;
}

describe('a plan', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(stepsOf(withOperator, 60)).toEqual(stepsOf(withOperator, 60));
    expect(stepsOf({ ...withOperator, seed: 'autumn' }, 60)).not.toEqual(stepsOf(withOperator, 60));
  });

  it('never goes back in time', () => {
    const times = stepsOf(withOperator, 120).map(({ atMs }) => atMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it.each([
    { rate: 2, operator: true },
    { rate: 20, operator: true },
    { rate: 150, operator: true },
    { rate: 20, operator: false },
  ])('keeps its rate over ten minutes: %o', ({ rate, operator }) => {
    const steps = stepsOf({ seed: 'spring', rate, operator }, 600);
    const requests = steps.filter(({ action }) => action.type === 'call' || action.type === 'stranger');
    expect(requests.length / 600).toBeGreaterThan(rate * 0.85);
    expect(requests.length / 600).toBeLessThan(rate * 1.15);
  });

  it('has every kind of bad token', () => {
    const tokens = new Set(ofType(stepsOf(withOperator, 120), 'stranger').map(({ action }) => action.token));
    expect([...tokens].sort()).toEqual([...BAD_TOKENS].sort());
  });

  it('floods one address over its limit of 30 in 10 s, and a batch key over its limit, within the first minute', () => {
    const steps = stepsOf(withOperator, 60);
    const flood = ofType(steps, 'stranger').filter(({ action }) => action.from.startsWith('127.3.'));
    const first = flood.filter(({ action }) => action.from === flood[0]?.action.from);
    expect(
      busiest(
        first.map(({ atMs }) => atMs),
        10_000,
      ),
    ).toBeGreaterThan(30);
    const eager = ofType(steps, 'call').filter(({ action }) => !action.patient);
    const runner = planFor(withOperator).agents[eager[0]?.action.agent ?? -1];
    expect(
      busiest(
        eager.map(({ atMs }) => atMs),
        60_000,
      ),
    ).toBeGreaterThan(runner?.requestsPerMinute ?? 0);
  });

  it('keeps every good agent below the address limit and the limit of its key', () => {
    const { agents } = planFor(withOperator);
    const calls = ofType(stepsOf(withOperator, 600), 'call').filter(({ action }) => action.patient);
    for (const agent of agents.filter(({ name }) => !name.startsWith('batch-runner'))) {
      const times = calls.filter(({ action }) => action.agent === agent.index).map(({ atMs }) => atMs);
      expect(times.length).toBeGreaterThan(0);
      expect(busiest(times, 10_000)).toBeLessThanOrEqual(30);
      expect(busiest(times, 60_000)).toBeLessThanOrEqual(agent.requestsPerMinute);
    }
  });

  it('gives everyone a key before it is used, and stays below the operator limit of 300 a minute', () => {
    const plan = planFor({ seed: 'spring', rate: 200, operator: true });
    const steps = stepsOf({ seed: 'spring', rate: 200, operator: true }, 120);
    const rotations = ofType(steps, 'rotate');
    // A rotation is two signed requests once there is an old key.
    expect(
      2 *
        busiest(
          rotations.slice(plan.agents.length).map(({ atMs }) => atMs),
          60_000,
        ),
    ).toBeLessThan(60);
    expect(
      busiest(
        rotations.map(({ atMs }) => atMs),
        60_000,
      ),
    ).toBeLessThan(270);
    for (const { atMs, action } of ofType(steps, 'call').filter((step) => step.action.patient)) {
      const key = rotations.find((rotation) => rotation.action.agent === action.agent);
      expect(key?.atMs).toBeLessThan(atMs);
    }
  });

  it('has no keys, so neither calls nor rotations, without an operator', () => {
    const steps = stepsOf({ ...withOperator, operator: false }, 60);
    expect(planFor({ ...withOperator, operator: false }).agents).toEqual([]);
    expect(new Set(steps.map(({ action }) => action.type))).toEqual(
      new Set(['stranger', 'health', 'person', 'errand', 'mint', 'attack']),
    );
  });
});

describe('a rhythm', () => {
  it.each(crewFor(3).map((agent) => [agent.rhythm, agent] as const))('keeps its mean: %s', (_, agent) => {
    const pauses = pausesOf(agent, randomFrom('mean'));
    let total = 0;
    for (let n = 0; n < 5_000; n += 1) total += pauses.next().value;
    expect((total / 5_000) * agent.perSecond).toBeGreaterThan(0.9);
    expect((total / 5_000) * agent.perSecond).toBeLessThan(1.1);
  });
});
