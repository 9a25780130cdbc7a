import { type Audience, type DocPage, LANES } from '../../../shared/docs/page.ts';
import { cx } from '../../ui/cx.ts';
import { docs } from './library.ts';
import { LANE_WORDS } from './words.ts';

interface IndexProps {
  readonly audience: Audience | '';
  readonly current: string | null;
  readonly onOpen: (id: string) => void;
}

interface EntryProps {
  readonly page: DocPage;
  readonly here: boolean;
  readonly onOpen: () => void;
}

const Entry = ({ page, here, onOpen }: EntryProps) => (
  <li>
    <button
      type="button"
      data-testid={`doc-entry-${page.id}`}
      aria-current={here ? 'page' : undefined}
      onClick={onOpen}
      className={cx(
        'flex min-h-7 w-full items-center rounded-sm px-2 py-0.5 text-left text-body',
        here ? 'bg-selected font-medium text-ink' : 'text-soft hover:bg-hover hover:text-ink',
      )}
    >
      {page.title}
    </button>
  </li>
);

/** Every page, lane by lane, in the order in which it is read. */
export const IndexList = ({ audience, current, onOpen }: IndexProps) => (
  <nav aria-label="Pages of the docs" className="flex flex-col gap-3">
    {LANES.map((lane) => {
      const pages = docs.pages.filter(
        (page) => page.lane === lane && (audience === '' || page.audience.includes(audience)),
      );
      if (pages.length === 0) return null;
      return (
        <section key={lane} aria-label={LANE_WORDS[lane]}>
          <h2 className="flex h-7 items-center px-2 font-medium text-faint text-small">{LANE_WORDS[lane]}</h2>
          <ul>
            {pages.map((page) => (
              <Entry key={page.id} page={page} here={page.id === current} onOpen={() => onOpen(page.id)} />
            ))}
          </ul>
        </section>
      );
    })}
  </nav>
);
