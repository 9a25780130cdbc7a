import { describe, expect, it } from 'vitest';
import { SimulateError } from './errors.ts';
import { parseOptions } from './options.ts';

const codeOf = (argv: string[]): string => {
  try {
    parseOptions(argv);
    return 'accepted';
  } catch (error) {
    return error instanceof SimulateError ? error.code : 'another error';
  }
};

describe('parseOptions', () => {
  it('takes the address as an origin, and numbers', () => {
    expect(
      parseOptions(['--api', 'http://127.0.0.1:8080/', '--rate', '2.5', '--seconds', '30', '--seed', 'a']),
    ).toEqual({
      ...{ api: 'http://127.0.0.1:8080', rate: 2.5, seconds: 30, seed: 'a' },
      ...{ operatorFile: null, resolver: null, provider: null },
    });
    const { resolver } = parseOptions(['--api', 'http://127.0.0.1:1', '--resolver', 'http://127.0.0.1:2/s']);
    expect(resolver).toBe('http://127.0.0.1:2');
  });

  it('draws a seed of its own when none is given, so that the run can be repeated', () => {
    const [one, two] = [1, 2].map(() => parseOptions(['--api', 'http://127.0.0.1:1']).seed);
    expect(one).toMatch(/^[0-9a-f]{12}$/);
    expect(one).not.toBe(two);
  });

  it.each([
    [[]],
    [['--api', 'not a url']],
    [['--api', 'file:///etc/passwd']],
    [['--api', 'http://user@127.0.0.1:1']],
    [['--api', 'http://127.0.0.1:1', '--resolver', 'null']],
    [['--api', 'http://127.0.0.1:1', '--provider', '0']],
    [['--api', 'http://127.0.0.1:1', '--provider', '1.5']],
    [['--api', 'http://127.0.0.1:1', '--rate', '0']],
    [['--api', 'http://127.0.0.1:1', '--rate', '201']],
    [['--api', 'http://127.0.0.1:1', '--rate', 'NaN']],
    [['--api', 'http://127.0.0.1:1', '--seconds', '-1']],
    [['--api', 'http://127.0.0.1:1', '--seconds', '']],
    [['--api', 'http://127.0.0.1:1', '--colour', 'red']],
  ])('refuses %j', (argv) => {
    expect(codeOf(argv)).toBe('usage');
  });
});
