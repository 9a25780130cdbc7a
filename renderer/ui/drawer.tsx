import { Button } from './button.tsx';
import { cx } from './cx.ts';
import { CloseIcon } from './icons.tsx';

interface DrawerProps {
  readonly title: React.ReactNode;
  readonly label: string;
  readonly onClose: () => void;
  readonly children: React.ReactNode;
  readonly testId?: string;
  /** For text that is read beside a whole screen. */
  readonly narrow?: boolean;
}

/** Detail beside the list it belongs to. Not modal: the list stays in reach of keyboard and pointer. */
export function Drawer({ title, label, onClose, children, testId, narrow = false }: DrawerProps) {
  return (
    <aside
      aria-label={label}
      data-testid={testId}
      className={cx(
        'flex shrink-0 flex-col border-line border-l bg-panel',
        narrow ? 'w-[340px]' : 'w-[432px]',
      )}
    >
      <header className="flex h-11 shrink-0 items-center justify-between gap-2 border-line border-b pr-2 pl-4">
        <div className="min-w-0 truncate font-medium text-body">{title}</div>
        <Button kind="quiet" small aria-label="Close details" onClick={onClose}>
          <CloseIcon />
        </Button>
      </header>
      <div className="min-h-0 flex-1 overflow-auto">{children}</div>
    </aside>
  );
}
