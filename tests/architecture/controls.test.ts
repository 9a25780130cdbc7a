import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CONTROL_IDS } from '../../shared/boundaries/controls.ts';

/** Where controls are taken away; each way in is asked for by the name of its control. */
const WEAK = [
  '../faults/controls-off.security.test.ts',
  ...['off', 'in-database', 'console'].map((name) => `../fixtures/weak/${name}.ts`),
].map((path) => readFileSync(new URL(path, import.meta.url), 'utf8'));

const takenAway = (control: string): boolean => WEAK.some((source) => source.includes(`'${control}'`));

describe('a control of the threat model', () => {
  // That its tiles turn red is found by `npm run test:faults` for each, and for a third of them by `npm test`.
  it('is taken away somewhere, every one of them: one that is added is seen on the same day', () => {
    expect(CONTROL_IDS.filter((control) => !takenAway(control))).toEqual([]);
    expect(takenAway('nobodys-control')).toBe(false);
  });
});
