import { DocsError } from './docs-error.ts';

/** What a line is made of. A link leads to a page (`doc:ID`) or to a screen (`screen:ID`), never out of the console. */
export type Inline =
  | { readonly is: 'text' | 'code' | 'strong' | 'em'; readonly text: string }
  | { readonly is: 'link'; readonly text: string; readonly to: string };

export type Line = readonly Inline[];

export type Block =
  | { readonly is: 'heading'; readonly text: string; readonly anchor: string }
  | { readonly is: 'paragraph'; readonly line: Line }
  | { readonly is: 'note'; readonly line: Line }
  | { readonly is: 'list'; readonly from: number | null; readonly items: readonly Line[] }
  | { readonly is: 'code'; readonly text: string }
  | { readonly is: 'table'; readonly head: readonly Line[]; readonly rows: readonly (readonly Line[])[] };

const SPAN = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*|\[([^\]]+)\]\(([^)\s]+)\)/g;
const TARGET = /^(?:doc:[a-z][a-z0-9-]{1,40}|screen:[a-z]{2,20})$/;

function inline(text: string, page: string): Line {
  const spans: Inline[] = [];
  let at = 0;
  for (const match of text.matchAll(SPAN)) {
    if (match.index > at) spans.push({ is: 'text', text: text.slice(at, match.index) });
    const [all, code, strong, em, label, to] = match;
    if (code !== undefined) spans.push({ is: 'code', text: code });
    else if (strong !== undefined) spans.push({ is: 'strong', text: strong });
    else if (em !== undefined) spans.push({ is: 'em', text: em });
    else if (label !== undefined && to !== undefined) {
      if (!TARGET.test(to)) throw new DocsError('bad-markdown', `${page}: a link may not lead to ${to}`);
      spans.push({ is: 'link', text: label, to });
    }
    at = match.index + all.length;
  }
  if (at < text.length) spans.push({ is: 'text', text: text.slice(at) });
  return spans;
}

const anchorOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

const cells = (row: string, page: string): Line[] =>
  row
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => inline(cell.trim(), page));

const ITEM = /^(?:[-*]|\d+\.) +/;

/** Items of a list; a line that is indented goes on with the item before it. */
function listItems(lines: readonly string[], page: string): Line[] {
  const items: string[] = [];
  for (const line of lines) {
    if (ITEM.test(line)) items.push(line.replace(ITEM, ''));
    else if (items.length > 0) items.push(`${items.pop()} ${line.trim()}`);
  }
  return items.map((item) => inline(item, page));
}

function table(lines: readonly string[], page: string): Block {
  const [first = '', rule = '', ...rest] = lines;
  if (!/^\|[-| :]+\|$/.test(rule)) throw new DocsError('bad-markdown', `${page}: a table without its rule`);
  return { is: 'table', head: cells(first, page), rows: rest.map((row) => cells(row, page)) };
}

function block(lines: readonly string[], page: string): Block {
  const [first = ''] = lines;
  const joined = lines.map((line) => line.trim()).join(' ');
  if (first.startsWith('## ')) {
    if (lines.length > 1)
      throw new DocsError('bad-markdown', `${page}: an empty line is missing after ${first}`);
    return { is: 'heading', text: first.slice(3), anchor: anchorOf(first) };
  }
  if (first.startsWith('#'))
    throw new DocsError('bad-markdown', `${page}: headings are of the second level only`);
  if (first.startsWith('|')) return table(lines, page);
  if (first.startsWith('> ')) return { is: 'note', line: inline(joined.replace(/(^|\s)> /g, '$1'), page) };
  if (ITEM.test(first))
    return {
      is: 'list',
      from: /^\d/.test(first) ? Number.parseInt(first, 10) : null,
      items: listItems(lines, page),
    };
  return { is: 'paragraph', line: inline(joined, page) };
}

/** The part of Markdown that the docs are written in. Anything else is refused, so that no page looks other than it was meant. @throws DocsError */
export function parseMarkdown(text: string, page: string): Block[] {
  const blocks: Block[] = [];
  // Between fences nothing has a meaning, empty lines included.
  for (const [index, part] of text.split(/^```.*$/m).entries()) {
    if (index % 2 === 1) blocks.push({ is: 'code', text: part.replace(/^\n|\n$/g, '') });
    else
      for (const group of part.split(/\n\s*\n/)) {
        const lines = group.split('\n').filter((line) => line.trim() !== '');
        if (lines.length > 0) blocks.push(block(lines, page));
      }
  }
  return blocks;
}

export const textOf = (line: Line): string => line.map(({ text }) => text).join('');

/** Every line of a block, for those that look for something in it. */
export function linesOf(one: Block): readonly Line[] {
  switch (one.is) {
    case 'heading':
    case 'code':
      return [[{ is: 'text', text: one.text }]];
    case 'list':
      return one.items;
    case 'table':
      return [one.head, ...one.rows].flat();
    default:
      return [one.line];
  }
}
