import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react';

interface FixedRows {
  readonly scroller: RefObject<HTMLElement | null>;
  /** Rows [from, to) are to be drawn. */
  readonly from: number;
  readonly to: number;
  /** Belongs on the scrolling element. */
  readonly onScroll: () => void;
  /** Scrolls no further than it takes to have the row in sight. */
  readonly show: (index: number) => void;
  readonly toTop: () => void;
}

/** Rows drawn beyond each edge, so that a quick scroll meets no empty place. */
const OVERSCAN = 12;

/** The same while the list stands at its top: a list that follows a stream writes every drawn row anew in each frame. */
const OVERSCAN_AT_TOP = 3;

/**
 * The part of a long list that is in sight, for rows of one height. Where they lie is arithmetic: a list that grows by a hundred rows a
 * frame must not be measured row by row in each.
 */
export function useFixedRows(count: number, rowHeight: number): FixedRows {
  const scroller = useRef<HTMLElement | null>(null);
  const [sight, setSight] = useState({ first: 0, rows: 0 });
  const look = useCallback((): void => {
    const { scrollTop = 0, clientHeight = 0 } = scroller.current ?? {};
    const first = Math.floor(scrollTop / rowHeight);
    const rows = Math.ceil(clientHeight / rowHeight) + 1;
    setSight((now) => (now.first === first && now.rows === rows ? now : { first, rows }));
  }, [rowHeight]);
  useLayoutEffect(() => {
    look();
    const resized = new ResizeObserver(look);
    if (scroller.current) resized.observe(scroller.current);
    return () => resized.disconnect();
  }, [look]);
  const show = useCallback(
    (index: number): void => {
      const box = scroller.current;
      if (!box) return;
      const top = index * rowHeight;
      if (top < box.scrollTop) box.scrollTop = top;
      else if (top + rowHeight > box.scrollTop + box.clientHeight)
        box.scrollTop = top + rowHeight - box.clientHeight;
      look();
    },
    [rowHeight, look],
  );
  const toTop = useCallback((): void => {
    if (scroller.current) scroller.current.scrollTop = 0;
    look();
  }, [look]);
  // A list that became shorter has not been scrolled yet.
  const first = Math.min(sight.first, Math.max(0, count - sight.rows));
  return {
    ...{ scroller, onScroll: look, show, toTop },
    from: Math.max(0, first - OVERSCAN),
    to: Math.min(count, first + sight.rows + (first === 0 ? OVERSCAN_AT_TOP : OVERSCAN)),
  };
}
