import { cx } from './cx.ts';

interface KbdProps {
  /** On a filled button: its own colour, because a faint one is lost there. */
  readonly filled?: boolean;
  readonly children: string;
}

/** A key on the keyboard. */
export const Kbd = ({ filled = false, children }: KbdProps) => (
  <kbd
    className={cx(
      'inline-flex h-4.5 min-w-4.5 items-center justify-center whitespace-nowrap rounded-[3px] border px-1 font-mono text-note',
      filled ? 'border-current text-inherit' : 'border-line text-faint',
    )}
  >
    {children}
  </kbd>
);
