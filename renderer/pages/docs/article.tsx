import { canonicalOf } from '../../../shared/docs/graph.ts';
import type { DocPage } from '../../../shared/docs/page.ts';
import { CopyButton } from '../../ui/copy.tsx';
import { Banner } from '../../ui/message.tsx';
import { Blocks, type LinkProps } from './blocks.tsx';
import { DocLink } from './doc-link.tsx';
import { docs } from './library.ts';
import { KIND_WORDS } from './words.ts';

const PLANNED = 'This describes what is planned. It is not built yet; do not rely on it.';
const SUPERSEDED = 'This page is kept for those who look for it. Read the pages that follow instead.';

interface TurnProps extends LinkProps {
  readonly label: string;
  readonly id: string | null;
}

function Turn({ label, id, onDoc }: TurnProps) {
  const page = id === null ? undefined : docs.get(id);
  if (!page) return <span />;
  return (
    <button
      type="button"
      onClick={() => onDoc(page.id)}
      className="flex min-w-0 flex-col rounded-sm px-2 py-1 text-left text-body hover:bg-hover"
    >
      <span className="text-faint text-small">{label}</span>
      <span className="truncate text-accent">{page.title}</span>
    </button>
  );
}

/** One page of the docs: what it is, its text, and where to go from it. */
export function Article({ page, onDoc }: LinkProps & { readonly page: DocPage }) {
  const canonical = canonicalOf(page.id);
  const related = page.related.flatMap((id) => docs.get(id) ?? []);
  return (
    <article
      aria-label={page.title}
      data-testid={`doc-${page.id}`}
      className="flex min-w-0 max-w-[76ch] flex-col gap-4"
    >
      <header className="flex flex-col gap-1">
        <p className="text-faint text-small">
          {KIND_WORDS[page.lane]} for {page.audience.join(', ')}
        </p>
        <h2 className="font-semibold text-ink text-title">{page.title}</h2>
        <p className="text-body text-soft">{page.summary}</p>
        <p className="flex items-center gap-1 text-faint text-small">
          <code className="min-w-0 truncate font-mono">{canonical}</code>
          <CopyButton text={canonical} what="the link to this page" />
        </p>
      </header>
      {page.status === 'planned' ? <Banner tone="warn">{PLANNED}</Banner> : null}
      {page.status === 'superseded' ? <Banner tone="warn">{SUPERSEDED}</Banner> : null}
      <Blocks blocks={page.blocks} onDoc={onDoc} />
      {page.legacySource === null ? null : (
        <p className="text-faint text-small">
          Stood before in <code className="font-mono">{page.legacySource}</code>.
        </p>
      )}
      {related.length > 0 ? (
        <nav aria-label="Related pages" className="flex flex-col gap-1 border-line border-t pt-3">
          {related.map((one) => (
            <DocLink key={one.id} page={one} onOpen={() => onDoc(one.id)} />
          ))}
        </nav>
      ) : null}
      {page.previous || page.next ? (
        <nav aria-label="Before and after" className="grid grid-cols-2 gap-4 border-line border-t pt-3">
          <Turn label="Before" id={page.previous} onDoc={onDoc} />
          <Turn label="After" id={page.next} onDoc={onDoc} />
        </nav>
      ) : null}
    </article>
  );
}
