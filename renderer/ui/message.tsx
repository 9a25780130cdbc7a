import { cx } from './cx.ts';
import { Shape, type Tone } from './state.tsx';

interface EmptyStateProps {
  readonly title: string;
  readonly tone?: Tone;
  /** What to do to get data. */
  readonly children?: React.ReactNode;
  readonly actions?: React.ReactNode;
  readonly testId?: string;
}

/** Where data would be: says why there is none and what to do about it. */
export function EmptyState({ title, tone = 'idle', children, actions, testId }: EmptyStateProps) {
  return (
    <div
      data-testid={testId}
      className="flex min-h-40 flex-col items-start justify-center gap-2 py-8 text-soft"
    >
      <p className="flex items-center gap-2 font-medium text-ink text-lead">
        <Shape tone={tone} size={12} />
        {title}
      </p>
      {children ? <div className="flex max-w-[68ch] flex-col gap-2 text-body">{children}</div> : null}
      {actions ? <div className="mt-2 flex gap-2">{actions}</div> : null}
    </div>
  );
}

const WASH: Record<'info' | 'warn' | 'bad', string> = {
  info: 'border-accent bg-selected',
  warn: 'border-warn bg-warn-wash',
  bad: 'border-bad bg-bad-wash',
};

interface BannerProps {
  readonly tone: 'info' | 'warn' | 'bad';
  readonly children: React.ReactNode;
  readonly action?: React.ReactNode;
  readonly role?: 'status' | 'alert';
  readonly testId?: string;
}

/** One thing that a person should know about the whole page, and what to do about it. */
export function Banner({ tone, children, action, role = 'status', testId }: BannerProps) {
  return (
    <div
      role={role}
      data-testid={testId}
      className={cx('flex items-center gap-3 border-l-2 px-3 py-2 text-body text-ink', WASH[tone])}
    >
      <Shape tone={tone === 'info' ? 'busy' : tone} />
      <div className="min-w-0 flex-1">{children}</div>
      {action}
    </div>
  );
}

/** A command to type, on a line of its own. */
export const Command = ({ children }: { readonly children: string }) => (
  <code className="block select-all whitespace-pre-wrap break-words rounded-sm border border-line bg-canvas px-3 py-2 font-mono text-ink text-small">
    {children}
  </code>
);
