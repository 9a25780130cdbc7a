import { useStores } from '../stores/stores.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { PAGE_GROUPS, PAGE_TABLE } from './page-table.ts';
import { digitOf, ELSEWHERE, SHORTCUTS } from './shortcuts.ts';

interface LineProps {
  readonly says: string;
  readonly keys: readonly string[];
}

const Line = ({ says, keys }: LineProps) => (
  <li className="flex h-6 items-center justify-between gap-3 text-body">
    <span className="min-w-0 truncate">{says}</span>
    <span className="flex shrink-0 gap-1">
      {keys.map((key) => (
        <Kbd key={key}>{key}</Kbd>
      ))}
    </span>
  </li>
);

function Group({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <section aria-label={title} className="break-inside-avoid pb-3">
      <h3 className="flex h-7 items-center border-line border-b font-medium text-faint text-small">
        {title}
      </h3>
      <ul>{children}</ul>
    </section>
  );
}

/** Every key of the console, drawn from the tables that the keyboard obeys. */
export function CheatSheet() {
  const { ui } = useStores();
  return (
    <Dialog
      open
      wide
      title="Keys"
      description="They work wherever nobody types."
      testId="cheat-sheet"
      onClose={() => ui.setCheatSheet(false)}
    >
      <div className="columns-2 gap-8 px-5 pt-3 pb-2">
        <Group title="Everywhere">
          {SHORTCUTS.map(({ id, says, keys }) => (
            <Line key={id} says={says} keys={[keys]} />
          ))}
          {ELSEWHERE.map(({ says, keys }) => (
            <Line key={keys} says={says} keys={[keys]} />
          ))}
        </Group>
        {PAGE_GROUPS.map((group) => (
          <Group key={group.id} title={group.label}>
            {PAGE_TABLE.map((page, index) => ({ page, digit: digitOf(index) }))
              .filter(({ page }) => page.group === group.id)
              .map(({ page, digit }) => (
                <Line
                  key={page.id}
                  says={page.label}
                  keys={[...(digit ? [digit] : []), `G ${page.letter}`]}
                />
              ))}
          </Group>
        ))}
      </div>
    </Dialog>
  );
}
