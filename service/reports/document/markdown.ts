import { type Block, type Cell, type Document, linesOf, type Said, saidIn, shortened } from './blocks.ts';

/** What can mean something inside our own sentences; the rest stays readable where nobody renders it. */
const MEANING = /[\\`*_[\]<>|&~]/g;

const own = (text: string): string => text.replace(MEANING, '\\$&');

const fenceFor = (text: string, least: number): string => {
  const runs = text.match(/`+/g) ?? [];
  return '`'.repeat(Math.max(least, ...runs.map((run) => run.length + 1)));
};

/**
 * A code span: nothing in it is a link, a tag or an emphasis in any dialect. A pipe would end the cell of a table even there, so it
 * stands as its number.
 */
function literal(text: string): string {
  const shown = shortened(text).replaceAll('|', '\\u{7c}');
  if (shown.trim() === '') return own('(empty)');
  const fence = fenceFor(shown, 1);
  return `${fence} ${shown} ${fence}`;
}

const said = (one: Said): string => (typeof one === 'string' ? own(one) : literal(one.quoted));
const inline = (cell: Cell): string => saidIn(cell).map(said).join(' ');
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function block(one: Block): string {
  switch (one.type) {
    case 'heading':
      return `## ${own(one.text)}`;
    case 'text':
      return inline(one.said);
    case 'list':
      return one.items.map((item) => `- ${one.open ? '[ ] ' : ''}${inline(item)}`).join('\n');
    case 'table':
      if (one.rows.length === 0) return own(one.none);
      return [
        row(one.columns.map(own)),
        row(one.columns.map(() => '---')),
        ...one.rows.map((cells) => row(cells.map(inline))),
      ].join('\n');
    case 'lines': {
      const text = linesOf(one.text).join('\n');
      const fence = fenceFor(text, 3);
      return `${fence}text\n${text}\n${fence}`;
    }
  }
}

/** The document as GitHub-flavoured Markdown. */
export const markdownOf = ({ title, blocks }: Document): string =>
  `${[`# ${own(title)}`, ...blocks.map(block)].join('\n\n')}\n`;
