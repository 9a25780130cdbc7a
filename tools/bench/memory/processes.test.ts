import { describe, expect, it } from 'vitest';
import { parentIn, pssIn, treeOf } from './processes.ts';

describe('the memory of a tree of processes', () => {
  it('belongs to a process and everything below it, in whatever order they are listed', () => {
    const row = (pid: number, parent: number) => ({ pid, parent, command: '' });
    const rows = [row(4, 3), row(1, 0), row(3, 2), row(2, 1), row(5, 1)];
    expect(treeOf(2, rows).map(({ pid }) => pid)).toEqual([4, 3, 2]);
    expect(treeOf(9, rows)).toEqual([]);
  });

  it('finds the parent behind a name that looks like the rest of the line', () => {
    expect(parentIn('12 (a) S 7) R 34 12 12 0 -1')).toBe(34);
  });

  it('is the proportional share, and not a number where there is none', () => {
    expect(pssIn('Rss:  900 kB\nPss:             1234 kB\nPss_Dirty:        99 kB\n')).toBe(1234);
    expect(pssIn('')).toBeNaN();
  });
});
