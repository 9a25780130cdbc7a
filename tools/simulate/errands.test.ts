import { describe, expect, it } from 'vitest';
import { createTokenCode, normalizeTokenCode, TOKEN_CODE_RANDOM_BYTES } from '../../shared/ids/token-code.ts';
import { ATTACKS, ERRANDS, LOOKS } from './errands.ts';
import { planFor, type Step } from './plan.ts';
import { scanOf } from './scans.ts';

function stepsOf(seconds: number, over: Partial<Parameters<typeof planFor>[0]> = {}): Step[] {
  const steps: Step[] = [];
  for (const step of planFor({ seed: 'spring', rate: 20, operator: true, resolver: true, ...over }).steps) {
    if (step.atMs > seconds * 1000) break;
    steps.push(step);
  }
  return steps;
}

const ofType = <T extends Step['action']['type']>(steps: readonly Step[], type: T) =>
  steps.flatMap(({ atMs, action }) =>
    action.type === type ? [{ atMs, action: action as Extract<Step['action'], { type: T }> }] : [],
  );

describe('errands', () => {
  it('are all there within ten minutes', () => {
    const steps = stepsOf(600);
    const seen = <T>(values: readonly T[]) => [...new Set(values)].sort();
    expect(seen(ofType(steps, 'errand').map(({ action }) => action.errand))).toEqual([...ERRANDS].sort());
    expect(seen(ofType(steps, 'scan').map(({ action }) => action.look))).toEqual([...LOOKS].sort());
    expect(seen(ofType(steps, 'attack').map(({ action }) => action.attack))).toEqual([...ATTACKS].sort());
  });

  it('of one person stay far below the address limit of 30 in 10 s, at three requests each', () => {
    const steps = stepsOf(600);
    for (let person = 0; person < 10; person += 1) {
      const times = steps.flatMap(({ atMs, action }) =>
        'person' in action && action.person === person ? [atMs] : [],
      );
      const most = Math.max(...times.map((at) => times.filter((t) => t >= at && t < at + 10_000).length));
      expect(most).toBeLessThanOrEqual(30);
    }
  });

  it('are paid for before they cost something: a grant comes before the first errand', () => {
    const steps = stepsOf(60);
    for (const { atMs, action } of ofType(steps, 'grant').slice(0, 10)) {
      const first = ofType(steps, 'errand').find((step) => step.action.person === action.person);
      expect(atMs).toBeLessThan(first?.atMs ?? 0);
    }
  });

  it('are no grants without an operator, and no scans without a scan plane', () => {
    expect(ofType(stepsOf(60, { operator: false }), 'grant')).toEqual([]);
    expect(ofType(stepsOf(60, { resolver: false }), 'scan')).toEqual([]);
  });
});

describe('a scan', () => {
  const draw = Buffer.alloc(32, 7).toString('base64url');
  const from = '127.6.0.7';
  const code = createTokenCode(new Uint8Array(TOKEN_CODE_RANDOM_BYTES).fill(3));
  const shown = (look: (typeof LOOKS)[number], codes: readonly string[]) =>
    scanOf({ type: 'scan', look, draw, from }, codes)?.path.slice('/s/'.length) ?? null;

  it('is of a token that was minted, and waits while there is none', () => {
    expect(shown('phone', [code])).toBe(code);
    expect(shown('bot', [])).toBeNull();
  });

  it('of a forger has the right form and was never issued; a mistyped one has not even the form', () => {
    const forged = shown('forged', [code]) ?? '';
    expect(normalizeTokenCode(forged)).toBe(forged);
    expect(forged).not.toBe(code);
    expect(normalizeTokenCode(shown('mistyped', [code]) ?? '')).toBeNull();
  });
});
