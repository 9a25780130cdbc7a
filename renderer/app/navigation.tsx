import { useStores, useUi } from '../stores/stores.tsx';
import { cx } from '../ui/cx.ts';
import { DoorMark, PanelIcon, SearchIcon } from '../ui/icons.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { PAGE_GROUPS, PAGE_TABLE, type PageEntry, type PageGroup } from './page-table.ts';
import { digitOf } from './shortcuts.ts';

interface EntryProps {
  readonly page: PageEntry;
  readonly index: number;
  readonly narrow: boolean;
}

function Entry({ page, index, narrow }: EntryProps) {
  const { ui } = useStores();
  const here = useUi((s) => s.page) === page.id;
  const digit = digitOf(index);
  return (
    <li>
      <button
        type="button"
        data-testid={`nav-${page.id}`}
        aria-current={here ? 'page' : undefined}
        aria-label={narrow ? page.label : undefined}
        aria-keyshortcuts={digit}
        title={narrow ? `${page.label} (G ${page.letter})` : `G ${page.letter}`}
        onClick={() => ui.go(page.id)}
        className={cx(
          'flex h-[26px] w-full items-center rounded-sm px-2 text-body',
          narrow ? 'justify-center font-mono' : 'justify-between',
          here ? 'bg-selected font-medium text-ink' : 'text-soft hover:bg-hover hover:text-ink',
        )}
      >
        {narrow ? page.letter : page.label}
        {digit && !narrow ? <Kbd>{digit}</Kbd> : null}
      </button>
    </li>
  );
}

interface GroupProps {
  readonly id: PageGroup;
  readonly label: string;
  readonly narrow: boolean;
}

/** The screens that answer one question. Narrow, a line stands where its heading was; it is still read out. */
function Group({ id, label, narrow }: GroupProps) {
  const heading = `screens-${id}`;
  return (
    <li className={cx('pb-1', narrow && 'border-line border-t pt-1 first:border-t-0')}>
      <h2
        id={heading}
        className={narrow ? 'sr-only' : 'flex h-6 items-center px-2 font-medium text-faint text-note'}
      >
        {label}
      </h2>
      <ul aria-labelledby={heading}>
        {PAGE_TABLE.map((page, index) =>
          page.group === id ? <Entry key={page.id} page={page} index={index} narrow={narrow} /> : null,
        )}
      </ul>
    </li>
  );
}

interface ToolProps {
  readonly label: string;
  readonly keys: string;
  readonly shortcuts: string;
  readonly testId: string;
  readonly narrow: boolean;
  readonly onClick: () => void;
  readonly children: React.ReactNode;
}

const Tool = ({ label, keys, shortcuts, testId, narrow, onClick, children }: ToolProps) => (
  <button
    type="button"
    data-testid={testId}
    aria-label={narrow ? label : undefined}
    aria-keyshortcuts={shortcuts}
    title={narrow ? `${label} (${keys})` : undefined}
    onClick={onClick}
    className={cx(
      'flex h-7 w-full items-center gap-2 rounded-sm px-2 text-body text-soft hover:bg-hover hover:text-ink',
      narrow && 'justify-center',
    )}
  >
    {children}
    {narrow ? null : (
      <>
        <span className="flex-1 text-left">{label}</span>
        <Kbd>{keys}</Kbd>
      </>
    )}
  </button>
);

/** The screens by the question that they answer; as a rail, with one letter each. */
export function Navigation() {
  const { ui } = useStores();
  const narrow = useUi((s) => s.navigation) === 'rail';
  return (
    <nav
      aria-label="Screens"
      data-width={narrow ? 'rail' : 'wide'}
      className={cx(
        'flex shrink-0 flex-col border-line border-r bg-panel',
        narrow ? 'w-[52px]' : 'w-[184px]',
      )}
    >
      <div
        className={cx(
          'flex h-11 shrink-0 items-center gap-2 border-line border-b font-semibold text-ink text-lead',
          narrow ? 'justify-center' : 'px-4',
        )}
      >
        <DoorMark />
        {narrow ? <span className="sr-only">Sallyport</span> : 'Sallyport'}
      </div>
      <ul className="flex min-h-0 flex-1 flex-col overflow-y-auto p-2">
        {PAGE_GROUPS.map((group) => (
          <Group key={group.id} {...group} narrow={narrow} />
        ))}
      </ul>
      <div className="shrink-0 border-line border-t p-2">
        <Tool
          label="Commands"
          keys="Ctrl K"
          shortcuts="Control+K Meta+K"
          testId="open-palette"
          narrow={narrow}
          onClick={() => ui.setPalette(true)}
        >
          <SearchIcon />
        </Tool>
        <Tool
          label={narrow ? 'Widen' : 'Narrow'}
          keys="["
          shortcuts="["
          testId="toggle-navigation"
          narrow={narrow}
          onClick={() => ui.prefer({ navigation: narrow ? 'wide' : 'rail' })}
        >
          <PanelIcon />
        </Tool>
      </div>
    </nav>
  );
}
