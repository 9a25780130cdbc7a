import { cx } from './cx.ts';

/** The place of a value that is being waited for, as large as the value will be. It does not move. */
export const Skeleton = ({ className }: { readonly className?: string }) => (
  <span aria-hidden="true" className={cx('block h-3 rounded-[2px] bg-line', className)} />
);

interface SkeletonRowsProps {
  readonly rows: number;
  /** What is being waited for, for those who hear the screen. */
  readonly waitingFor: string;
  readonly height?: number;
}

const WIDTHS = ['w-2/3', 'w-1/2', 'w-3/5', 'w-5/12'] as const;

/** A table before its rows: the rows keep their height, so nothing shifts when they come. */
export function SkeletonRows({ rows, waitingFor, height = 36 }: SkeletonRowsProps) {
  return (
    <div role="status" data-testid="skeleton">
      <span className="sr-only">Waiting for {waitingFor}</span>
      {Array.from({ length: rows }, (_, row) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: the rows have no content and never change places.
          key={row}
          className="flex items-center border-line border-b"
          style={{ height }}
        >
          <Skeleton className={WIDTHS[row % WIDTHS.length] ?? 'w-1/2'} />
        </div>
      ))}
    </div>
  );
}
