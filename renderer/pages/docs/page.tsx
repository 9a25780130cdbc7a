import { useEffect, useMemo, useRef, useState } from 'react';
import { AUDIENCES, type Audience } from '../../../shared/docs/page.ts';
import { type DocHit, searchDocs } from '../../../shared/docs/search.ts';
import { useStores, useUi } from '../../stores/stores.tsx';
import { Field, Input, Select } from '../../ui/field.tsx';
import { EmptyState } from '../../ui/message.tsx';
import { PageHeader } from '../../ui/section.tsx';
import { Article } from './article.tsx';
import { IndexList } from './index-list.tsx';
import { docs } from './library.ts';
import { KIND_WORDS } from './words.ts';

const READERS = [
  { value: '', label: 'Everybody' },
  ...AUDIENCES.map((audience) => ({ value: audience, label: `The ${audience}` })),
];

interface HitsProps {
  readonly hits: readonly DocHit[];
  readonly asked: string;
  readonly onOpen: (id: string) => void;
}

const Hits = ({ hits, asked, onOpen }: HitsProps) =>
  hits.length === 0 ? (
    <EmptyState title="No page has these words" testId="docs-nothing">
      <p>Every word of “{asked}” has to stand on a page. Leave one out, or choose a page from the list.</p>
    </EmptyState>
  ) : (
    <ol aria-label="Pages found" className="flex max-w-[76ch] flex-col">
      {hits.map(({ page, excerpt }) => (
        <li key={page.id} className="border-line border-b">
          <button
            type="button"
            data-testid={`doc-hit-${page.id}`}
            onClick={() => onOpen(page.id)}
            className="flex w-full flex-col gap-0.5 px-2 py-2 text-left hover:bg-hover"
          >
            <span className="flex items-baseline gap-2 text-body">
              <span className="text-accent">{page.title}</span>
              <span className="text-faint text-small">{KIND_WORDS[page.lane]}</span>
            </span>
            <span className="text-small text-soft">{excerpt}</span>
          </button>
        </li>
      ))}
    </ol>
  );

/** What is written about this console: by lane, by reader, by word. It is built in, so it is there when nothing else is. */
export function DocsPage() {
  const { ui } = useStores();
  const current = useUi((s) => s.doc);
  const [asked, setAsked] = useState('');
  const [audience, setAudience] = useState<Audience | ''>('');
  const hits = useMemo(() => searchDocs(docs, asked), [asked]);
  const place = useRef<HTMLDivElement>(null);
  const page = (current === null ? undefined : docs.get(current)) ?? docs.pages[0];
  const open = (id: string) => {
    setAsked('');
    ui.readDoc(id);
  };
  // A new page is read from its beginning.
  useEffect(() => {
    if (page?.id && place.current) place.current.scrollTop = 0;
  }, [page?.id]);
  const searching = asked.trim() !== '';
  return (
    <div className="flex h-full min-h-0 flex-col gap-4 p-(--page)">
      <PageHeader title="Docs" note={`${docs.pages.length} pages, built into this console`} />
      <div className="flex min-h-0 flex-1 gap-8">
        <div className="flex w-[248px] shrink-0 flex-col gap-3 overflow-y-auto pr-2 pb-4">
          <Field label="Search the docs">
            {(aria) => (
              <Input
                {...aria}
                type="search"
                value={asked}
                maxLength={200}
                placeholder="stolen key, freeze, fork"
                onChange={(event) => setAsked(event.target.value)}
              />
            )}
          </Field>
          <Field label="Written for">
            {(aria) => (
              <Select
                {...aria}
                value={audience}
                options={READERS}
                onValue={(value) => setAudience(AUDIENCES.find((one) => one === value) ?? '')}
              />
            )}
          </Field>
          <IndexList audience={audience} current={searching ? null : (page?.id ?? null)} onOpen={open} />
        </div>
        <div ref={place} className="min-w-0 flex-1 overflow-y-auto pr-2 pb-8" data-testid="docs-reading">
          {searching ? <Hits hits={hits} asked={asked.trim()} onOpen={open} /> : null}
          {!searching && page ? <Article page={page} onDoc={open} /> : null}
        </div>
      </div>
    </div>
  );
}
