import type { Family, Sample } from './exposition.ts';

export const counter = (name: string, help: string, samples: readonly Sample[]): Family => ({
  ...{ name: `sallyport_${name}`, help, samples },
  type: 'counter',
});

export const gauge = (
  name: string,
  help: string,
  samples: readonly Sample[],
  unit?: NonNullable<Family['unit']>,
): Family => ({
  ...{ name: `sallyport_${name}`, help, samples },
  type: 'gauge',
  ...(unit === undefined ? {} : { unit }),
});
