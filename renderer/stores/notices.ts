import { createStore } from 'zustand/vanilla';

export type NoticeLevel = 'info' | 'warning' | 'error';

export interface Notice {
  readonly id: number;
  readonly level: NoticeLevel;
  readonly text: string;
  readonly at: number;
}

/** Notices in sight at once; older ones make room. */
export const MAX_NOTICES = 4;

export function createNoticeStore() {
  const store = createStore<{ readonly notices: readonly Notice[] }>(() => ({ notices: [] }));
  let lastId = 0;
  const add = (level: NoticeLevel, text: string, at: number): void => {
    lastId += 1;
    const notice: Notice = { id: lastId, level, text, at };
    // The same sentence again replaces the first: a repeated failure is one fact.
    store.setState((s) => ({
      notices: [...s.notices.filter((n) => n.text !== text), notice].slice(-MAX_NOTICES),
    }));
  };
  const dismiss = (id: number): void =>
    store.setState((s) => ({ notices: s.notices.filter((notice) => notice.id !== id) }));
  return { ...store, add, dismiss };
}

export type NoticeStore = ReturnType<typeof createNoticeStore>;
