import { describe, expect, it } from 'vitest';
import { WriteWatch } from './write-watch.ts';

function follow(...statements: string[]): number[] {
  const watch = new WriteWatch();
  let called = 0;
  watch.watch('api_keys', () => {
    called += 1;
  });
  const wrote = watch.follow();
  return statements.map((text) => {
    wrote(text);
    return called;
  });
}

describe('a watch of writes', () => {
  it('tells of a write, and again at the end of its transaction', () => {
    const told = follow(
      'begin',
      'update "api_keys" set x = $1',
      'insert into "ledger_staged"',
      'commit',
      'begin',
    );
    expect(told).toEqual([0, 1, 2, 3, 3]);
  });

  it('tells of a write outside a transaction, of one in a WITH and of one that nobody typed in lower case', () => {
    expect(follow('UPDATE "api_keys" AS t SET')).toEqual([1]);
    expect(follow('with gone as (delete from "api_keys" returning id) select 1')).toEqual([1]);
  });

  it('does not tell of reads, of other tables, nor of what another connection does', () => {
    expect(follow('select * from "api_keys" for update', 'update "agents" set x = 1', 'commit')).toEqual([
      0, 0, 0,
    ]);
    const watch = new WriteWatch();
    let called = 0;
    watch.watch('api_keys', () => {
      called += 1;
    });
    watch.follow()('delete from api_keys');
    watch.follow()('commit');
    expect(called).toBe(1);
  });
});
