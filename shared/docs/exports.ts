import { canonicalOf, type DocGraph } from './graph.ts';
import type { DocPage } from './page.ts';

const MARK =
  'Generated from resources/docs for readers without the console; do not edit. The originals are in the console, ' +
  'under the canonical link of each page.';

const COMMAND = 'node build/docs.mjs';

/** Links of the console mean nothing outside of it; here they lead within the file, or name the screen. */
const outside = (markdown: string): string =>
  markdown
    .replace(/\]\(doc:([a-z0-9-]+)\)/g, '](#$1)')
    .replace(/\[([^\]]+)\]\(screen:[a-z]+\)/g, '**$1**')
    .replace(/^## /gm, '#### ');

function section(page: DocPage): string {
  const facts = [
    ['Canonical', canonicalOf(page.id)],
    ['Audience', page.audience.join(', ')],
    ['Lane', page.lane],
    ['Surface', page.surface.join(', ') || 'none'],
    ['Status', page.status],
    ['Legacy source', page.legacySource ?? 'none'],
  ].map(([name, value]) => `- ${name}: ${value}`);
  return [
    ...[`<a id="${page.id}"></a>`, '', `### ${page.title}`, '', page.summary, ''],
    ...[...facts, '', outside(page.markdown), ''],
  ].join('\n');
}

/** All pages as one Markdown file. */
export const markdownExport = ({ pages }: Pick<DocGraph, 'pages'>): string =>
  [
    ...[
      '# Operator docs (compatibility export)',
      '',
      `> ${MARK}`,
      '>',
      `> To write it anew: \`${COMMAND}\``,
      '',
    ],
    ...pages.map(section),
  ].join('\n');

/** All pages as one JSON file. */
export const jsonExport = ({ pages }: Pick<DocGraph, 'pages'>): string =>
  `${JSON.stringify(
    {
      format: 'sallyport-operator-docs/1',
      compatibilityExport: true,
      note: MARK,
      pages: pages.map(({ blocks: _blocks, markdown, ...page }) => ({
        ...page,
        canonical: canonicalOf(page.id),
        markdown,
      })),
    },
    null,
    2,
  )}\n`;
