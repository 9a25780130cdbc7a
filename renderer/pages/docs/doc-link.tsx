import type { DocPage } from '../../../shared/docs/page.ts';
import { KIND_WORDS } from './words.ts';

interface DocLinkProps {
  readonly page: DocPage;
  readonly onOpen: () => void;
}

/** One page by its kind and title. */
export const DocLink = ({ page, onOpen }: DocLinkProps) => (
  <button
    type="button"
    data-testid={`doc-link-${page.id}`}
    onClick={onOpen}
    className="flex h-7 items-center gap-2 rounded-sm px-2 text-left text-body hover:bg-hover"
  >
    <span className="w-[76px] shrink-0 text-faint text-small">{KIND_WORDS[page.lane]}</span>
    <span className="min-w-0 flex-1 truncate text-accent">{page.title}</span>
  </button>
);
