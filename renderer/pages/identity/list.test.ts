import { describe, expect, it } from 'vitest';
import { DirectoryList, type Page } from './list.ts';

interface Row {
  readonly id: string;
  readonly state: string;
}

const idAt = (n: number): string => `ses_${String(n).padStart(4, '0')}`;
const row = (n: number, state = 'open'): Row => ({ id: idAt(n), state });

/** A service of rows, newest first, three a page. */
function world(count: number) {
  const state = { rows: Array.from({ length: count }, (_, i) => row(count - i)), fails: false, loads: 0 };
  const load = async (cursor: string | null): Promise<Page<Row>> => {
    state.loads += 1;
    if (state.fails) throw new Error('away');
    const rest = state.rows.filter(({ id }) => cursor === null || id < cursor);
    const rows = rest.slice(0, 3);
    return { rows, nextCursor: rest.length > 3 ? (rows.at(-1)?.id ?? null) : null };
  };
  const list = new DirectoryList<Row>({ load, now: () => 7 });
  const shown = () => list.snapshot().rows?.map(({ id }) => Number(id.slice(4)));
  return { state, list, shown };
}

describe('a list read page by page', () => {
  it('reads on until the end, and no further', async () => {
    const { list, shown, state } = world(7);
    await list.refresh();
    expect(shown()).toEqual([7, 6, 5]);
    await list.loadMore();
    await list.loadMore();
    expect(shown()).toEqual([7, 6, 5, 4, 3, 2, 1]);
    await list.loadMore();
    expect(state.loads).toBe(3);
  });

  it('takes new rows in at the top and keeps what stands below, without a gap or a repeat', async () => {
    const { list, shown, state } = world(6);
    await list.refresh();
    await list.loadMore();
    state.rows = [row(8), row(7), ...state.rows];
    await list.refresh();
    expect(shown()).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
    expect(list.snapshot().next).toBeNull();
  });

  it('shows changed rows of the first page, and drops those that fit no more', async () => {
    const { list, shown, state } = world(6);
    await list.refresh();
    await list.loadMore();
    state.rows = [row(6, 'revoked'), ...state.rows.slice(2)];
    await list.refresh();
    expect(shown()).toEqual([6, 4, 3, 2, 1]);
    expect(list.snapshot().rows?.[0]?.state).toBe('revoked');
  });

  it('begins anew when more rows came than a page holds', async () => {
    const { list, shown, state } = world(6);
    await list.refresh();
    await list.loadMore();
    state.rows = [...[10, 9, 8, 7].map((n) => row(n)), ...state.rows];
    await list.refresh();
    expect(shown()).toEqual([10, 9, 8]);
    await list.loadMore();
    expect(shown()).toEqual([10, 9, 8, 7, 6, 5]);
  });

  it('reads every page again that it has shown, after an act', async () => {
    const { list, state, shown } = world(6);
    await list.refresh();
    await list.loadMore();
    state.rows = state.rows.map((r) => (r.id === idAt(2) ? row(2, 'revoked') : r));
    await list.reload();
    expect(shown()).toEqual([6, 5, 4, 3, 2, 1]);
    expect(list.snapshot().rows?.[4]?.state).toBe('revoked');
  });

  it('keeps what it has while the service is away, says since when, and recovers', async () => {
    const { list, state, shown } = world(5);
    await list.refresh();
    state.fails = true;
    await list.refresh();
    expect(list.snapshot()).toMatchObject({ failingSince: 7, error: { code: 'internal' } });
    await list.loadMore();
    expect(list.snapshot().more).toBe('failed');
    expect(shown()).toEqual([5, 4, 3]);
    state.fails = false;
    await list.loadMore();
    await list.refresh();
    expect(shown()).toEqual([5, 4, 3, 2, 1]);
    expect(list.snapshot()).toMatchObject({ error: null, failingSince: null });
  });

  it('reads one thing at a time: a refresh gives way, an act and the next page take their turn', async () => {
    const { list, state, shown } = world(5);
    await Promise.all([list.refresh(), list.refresh(), list.reload()]);
    expect(state.loads).toBe(2);
    await Promise.all([list.reload(), list.loadMore(), list.loadMore()]);
    expect(state.loads).toBe(4);
    expect(shown()).toEqual([5, 4, 3, 2, 1]);
  });
});
