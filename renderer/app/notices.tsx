import { useEffect } from 'react';
import type { Notice, NoticeLevel } from '../stores/notices.ts';
import { useNotices, useStores } from '../stores/stores.tsx';
import { Button } from '../ui/button.tsx';
import { CloseIcon } from '../ui/icons.tsx';
import { Shape, type Tone } from '../ui/state.tsx';

/** News leaves by itself; warnings and errors stay until they are read. */
const INFO_MS = 8000;

const TONE: Record<NoticeLevel, Tone> = { info: 'busy', warning: 'warn', error: 'bad' };
const WORD: Record<NoticeLevel, string> = { info: 'Note', warning: 'Warning', error: 'Error' };

function NoticeLine({ notice }: { readonly notice: Notice }) {
  const { notices } = useStores();
  const { id, level, text } = notice;
  useEffect(() => {
    if (level !== 'info') return;
    const timer = setTimeout(() => notices.dismiss(id), INFO_MS);
    return () => clearTimeout(timer);
  }, [notices, id, level]);
  return (
    <li
      data-testid={`notice-${level}`}
      className="flex items-start gap-2 rounded-md border border-line-strong bg-raised py-2 pr-2 pl-3 text-body shadow-panel"
    >
      <span className="flex h-5 items-center">
        <Shape tone={TONE[level]} />
        <span className="sr-only">{WORD[level]}:</span>
      </span>
      <span className="min-w-0 flex-1 break-words">{text}</span>
      <Button
        kind="quiet"
        small
        aria-label="Dismiss"
        className="-my-0.5 w-6 px-0"
        onClick={() => notices.dismiss(id)}
      >
        <CloseIcon size={12} />
      </Button>
    </li>
  );
}

/** What main or the screen has to say now, read out as it comes. */
export function Notices() {
  const list = useNotices();
  return (
    <section
      aria-label="Notices"
      aria-live="polite"
      className="pointer-events-none fixed right-4 bottom-4 z-30 w-[400px]"
    >
      <ul className="pointer-events-auto flex flex-col gap-2">
        {list.map((notice) => (
          <NoticeLine key={notice.id} notice={notice} />
        ))}
      </ul>
    </section>
  );
}
