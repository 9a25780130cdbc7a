import { useStores, useUi } from '../stores/stores.tsx';
import { cx } from '../ui/cx.ts';
import { DoorMark, SearchIcon } from '../ui/icons.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { PAGE_TABLE } from './page-table.ts';

const digitOf = (index: number): string | undefined => (index < 9 ? String(index + 1) : undefined);

/** The screens, the first nine with the digit that leads to each. */
export function Navigation() {
  const { ui } = useStores();
  const current = useUi((s) => s.page);
  return (
    <nav aria-label="Screens" className="flex w-[184px] shrink-0 flex-col border-line border-r bg-panel">
      <div className="flex h-11 items-center gap-2 border-line border-b px-4 font-semibold text-ink text-lead">
        <DoorMark />
        Sallyport
      </div>
      <ul className="flex flex-1 flex-col gap-0.5 p-2">
        {PAGE_TABLE.map((page, index) => (
          <li key={page.id}>
            <button
              type="button"
              data-testid={`nav-${page.id}`}
              aria-current={page.id === current ? 'page' : undefined}
              aria-keyshortcuts={digitOf(index)}
              onClick={() => ui.go(page.id)}
              className={cx(
                'flex h-8 w-full items-center justify-between rounded-sm px-2 text-body',
                page.id === current
                  ? 'bg-selected font-medium text-ink'
                  : 'text-soft hover:bg-hover hover:text-ink',
              )}
            >
              {page.label}
              {index < 9 ? <Kbd>{String(index + 1)}</Kbd> : null}
            </button>
          </li>
        ))}
      </ul>
      <div className="border-line border-t p-2">
        <button
          type="button"
          data-testid="open-palette"
          aria-keyshortcuts="Control+K Meta+K"
          onClick={() => ui.setPalette(true)}
          className="flex h-8 w-full items-center gap-2 rounded-sm px-2 text-body text-soft hover:bg-hover hover:text-ink"
        >
          <SearchIcon />
          <span className="flex-1 text-left">Commands</span>
          <Kbd>Ctrl K</Kbd>
        </button>
      </div>
    </nav>
  );
}
