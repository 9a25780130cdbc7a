import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { giveElementsSize } from '../../tests/fixtures/screen/render.tsx';
import { useFixedRows } from './use-fixed-rows.ts';

let restoreSize: () => void;
beforeEach(() => {
  restoreSize = giveElementsSize(400, 300);
});
afterEach(() => {
  cleanup();
  restoreSize();
});

let rows: ReturnType<typeof useFixedRows>;

function List({ count, height = 30 }: { readonly count: number; readonly height?: number }) {
  rows = useFixedRows(count, height);
  return (
    <div
      ref={rows.scroller as React.RefObject<HTMLDivElement | null>}
      data-testid="box"
      onScroll={rows.onScroll}
    />
  );
}

const drawn = () => [rows.from, rows.to];
const box = () => screen.getByTestId('box');

describe('a long list of rows of one height', () => {
  it('draws what is in sight and little beyond at the top, however many there are', () => {
    const { rerender } = render(<List count={20_000} />);
    expect(drawn()).toEqual([0, 14]);
    rerender(<List count={5} />);
    expect(drawn()).toEqual([0, 5]);
    rerender(<List count={20_000} height={60} />);
    expect(drawn()).toEqual([0, 9]);
  });

  it('draws around the place that was scrolled to', () => {
    render(<List count={1_000} />);
    fireEvent.scroll(box(), { target: { scrollTop: 3_000 } });
    expect(drawn()).toEqual([88, 123]);
  });

  it('brings a row into sight by the shortest way, and leaves one that is', () => {
    render(<List count={1_000} />);
    act(() => rows.show(40));
    expect(box().scrollTop).toBe(41 * 30 - 300);
    act(() => rows.show(35));
    expect(box().scrollTop).toBe(41 * 30 - 300);
    act(() => rows.show(10));
    expect(box().scrollTop).toBe(300);
    act(() => rows.toTop());
    expect([box().scrollTop, ...drawn()]).toEqual([0, 0, 14]);
  });

  it('is never empty where the list became shorter than the place that was scrolled to', () => {
    const { rerender } = render(<List count={1_000} />);
    fireEvent.scroll(box(), { target: { scrollTop: 29_000 } });
    rerender(<List count={100} />);
    expect(rows.to).toBe(100);
    expect(rows.from).toBeLessThan(90);
  });
});
