import { cx } from './cx.ts';

/** What a state means to the person who reads it. Every tone has its own shape, so colour is never the only sign. */
export type Tone = 'ok' | 'warn' | 'bad' | 'busy' | 'idle' | 'absent';

const COLOUR: Record<Tone, string> = {
  ok: 'text-ok',
  warn: 'text-warn',
  bad: 'text-bad',
  busy: 'text-accent',
  idle: 'text-faint',
  absent: 'text-faint',
};

const PATHS: Record<Tone, React.ReactNode> = {
  ok: <circle cx="6" cy="6" r="4.5" fill="currentColor" />,
  warn: <path d="M6 1 11.5 11H.5Z" fill="currentColor" />,
  bad: <path d="M3.8.8h4.4l3 3v4.4l-3 3H3.8l-3-3V3.8Z" fill="currentColor" />,
  busy: (
    <>
      <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M6 2a4 4 0 0 1 0 8Z" fill="currentColor" />
    </>
  ),
  idle: <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.5" />,
  absent: (
    <circle
      cx="6"
      cy="6"
      r="4"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeDasharray="1.8 2.2"
    />
  ),
};

/** The word itself is coloured only where somebody should look. */
const WORD: Record<Tone, string> = {
  ok: 'text-ink',
  warn: 'text-warn',
  bad: 'text-bad',
  busy: 'text-ink',
  idle: 'text-soft',
  absent: 'text-faint',
};

interface ShapeProps {
  readonly tone: Tone;
  readonly size?: number;
}

export function Shape({ tone, size = 10 }: ShapeProps) {
  return (
    <svg
      viewBox="0 0 12 12"
      width={size}
      height={size}
      aria-hidden="true"
      data-shape={tone}
      className={cx('shrink-0', COLOUR[tone])}
    >
      {PATHS[tone]}
    </svg>
  );
}

interface StateProps {
  readonly tone: Tone;
  readonly word: string;
  readonly size?: number;
  readonly className?: string | undefined;
  readonly title?: string | undefined;
}

/** Shape and word together: the only way a state is shown. */
export function State({ tone, word, size, className, title }: StateProps) {
  return (
    <span
      className={cx('inline-flex items-center gap-1.5 whitespace-nowrap', WORD[tone], className)}
      title={title}
    >
      <Shape tone={tone} {...(size === undefined ? {} : { size })} />
      <span>{word}</span>
    </span>
  );
}
