import { createContext, useContext } from 'react';
import { cx } from './cx.ts';

interface SectionProps {
  readonly title: string;
  readonly aside?: React.ReactNode;
  readonly children: React.ReactNode;
  readonly className?: string;
  readonly testId?: string;
}

/** A part of a page under its own heading: a rule above, no box around. */
export function Section({ title, aside, children, className, testId }: SectionProps) {
  return (
    <section aria-label={title} data-testid={testId} className={cx('min-w-0', className)}>
      <header className="flex h-9 items-center justify-between gap-3 border-line border-b">
        <h2 className="font-semibold text-body text-ink">{title}</h2>
        {aside ? <div className="text-faint text-small">{aside}</div> : null}
      </header>
      {children}
    </section>
  );
}

interface FactProps {
  readonly label: string;
  readonly children: React.ReactNode;
}

/** A list of facts: names left, values right, one line each. */
export const Facts = ({ children }: { readonly children: React.ReactNode }) => (
  <dl className="grid grid-cols-[max-content_minmax(0,1fr)] items-baseline gap-x-6">{children}</dl>
);

export const Fact = ({ label, children }: FactProps) => (
  <div className="col-span-2 grid min-h-8 grid-cols-subgrid items-baseline border-line border-b py-1.5 last:border-b-0">
    <dt className="text-faint text-small">{label}</dt>
    <dd className="min-w-0 text-body text-ink">{children}</dd>
  </div>
);

interface PageHeaderProps {
  readonly title: string;
  /** What is measured and how old it is. */
  readonly note?: React.ReactNode;
  readonly actions?: React.ReactNode;
}

/** What the shell puts at the end of every page's heading. */
const HeaderEnd = createContext<React.ReactNode>(null);
export const HeaderEndProvider = HeaderEnd.Provider;

/** Beside an open help panel a heading may be too narrow for its actions: they go onto a line of their own, and nothing sticks out. */
export function PageHeader({ title, note, actions }: PageHeaderProps) {
  const end = useContext(HeaderEnd);
  return (
    <header className="flex min-h-8 shrink-0 flex-wrap items-center gap-x-4 gap-y-2">
      <h1 className="font-semibold text-ink text-title" tabIndex={-1}>
        {title}
      </h1>
      <div className="min-w-0 flex-1 truncate text-faint text-small">{note}</div>
      {actions ? <div className="flex min-w-0 flex-wrap items-center gap-2">{actions}</div> : null}
      {end}
    </header>
  );
}
