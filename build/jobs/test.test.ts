import { describe, expect, it } from 'vitest';
import { parse } from './test.mjs';

describe('what `npm test` runs', () => {
  it('is everything when nothing is said', () => {
    expect([...parse([]).chosen]).toEqual(
      expect.arrayContaining(['types', 'lint', 'build', 'unit', 'integration', 'faults', 'e2e']),
    );
  });

  it('is what --only names, narrowed by paths', () => {
    expect(parse(['--only', 'unit,renderer', 'service/gate'])).toEqual({
      chosen: new Set(['unit', 'renderer']),
      filters: ['service/gate'],
    });
  });

  it('includes the build where the programs run, unless they are taken as they are', () => {
    expect(parse(['--only', 'e2e']).chosen).toContain('build');
    expect(parse(['--only', 'e2e', '--no-build']).chosen).not.toContain('build');
  });

  it('is refused when a stage does not exist', () => {
    expect(() => parse(['--only', 'unti'])).toThrow(/no such stage: unti/);
  });
});
