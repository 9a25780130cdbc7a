import { expect, it } from 'vitest';
import { linkIn, saidOf } from './links.ts';

it('finds the link among the arguments, and never takes the program for one', () => {
  expect(linkIn(['/opt/sallyport', '--flag', 'sallyport://docs/roles'])).toBe('sallyport://docs/roles');
  expect(linkIn(['sallyport', 'SALLYPORT://x', 'sallyport://y'])).toBe('SALLYPORT://x');
  expect(linkIn(['sallyport://docs', '--user-data-dir=/x/sallyport:'])).toBeNull();
  expect(linkIn([])).toBeNull();
});

it('tells the page a place, or that there is none, and never the link itself', () => {
  expect(saidOf('sallyport://docs/roles', new Date(0))).toEqual({
    type: 'place',
    place: { screen: 'docs', doc: 'roles', incident: null },
  });
  const said = saidOf('sallyport://<script>', new Date(0));
  expect(said).toMatchObject({ type: 'notice', level: 'warning' });
  expect(JSON.stringify(said)).not.toContain('script');
});
