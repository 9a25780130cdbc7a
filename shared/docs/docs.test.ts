import { describe, expect, it } from 'vitest';
import { DocsError } from './docs-error.ts';
import { jsonExport, markdownExport } from './exports.ts';
import { readGraph } from './graph.ts';
import { limitNamed, spell } from './limits.ts';
import { linesOf, parseMarkdown, textOf } from './markdown.ts';
import { readPage } from './page.ts';
import { searchDocs } from './search.ts';

const HEAD = {
  title: 'Freeze spending',
  summary: 'How to stop every path on which money leaves.',
  audience: 'responder, administrator',
  lane: 'runbook',
  surface: 'incidents',
  status: 'current',
  legacySource: 'none',
  previous: 'none',
  next: 'none',
  related: '',
};

const fileOf = (body: string, change: Partial<Record<keyof typeof HEAD, string>> = {}): string =>
  `---\n${Object.entries({ ...HEAD, ...change })
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')}\n---\n\n${body}\n`;

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return error instanceof DocsError ? error.code : String(error);
  }
  return 'fine';
};

describe('a page', () => {
  it('is a head and its text, with the figures in place', () => {
    const page = readPage('freeze', fileOf('Asks {{limits.key}} at most.'));
    expect(page).toMatchObject({
      id: 'freeze',
      audience: ['responder', 'administrator'],
      next: null,
      related: [],
    });
    expect(page.markdown).toBe('Asks 60 a minute at most.');
  });

  it.each([
    ['no head', 'Only text.'],
    ['a line of the head missing', fileOf('Text.').replace(/^lane: .*\n/m, '')],
    ['a line that nobody knows', fileOf('Text.').replace('lane:', 'colour: red\nlane:')],
    ['an unknown reader', fileOf('Text.', { audience: 'everybody' })],
    ['no reader', fileOf('Text.', { audience: '' })],
    ['an unknown lane', fileOf('Text.', { lane: 'blog' })],
    ['a status of its own', fileOf('Text.', { status: 'soon' })],
  ])('is refused with %s', (_what, text) => {
    expect(codeOf(() => readPage('freeze', text))).toBe('bad-head');
  });

  it('is refused with a figure that no code stands behind', () => {
    expect(codeOf(() => readPage('freeze', fileOf('{{limits.imagined}}')))).toBe('unknown-limit');
    expect(codeOf(() => limitNamed('constructor', 'freeze'))).toBe('unknown-limit');
  });

  it('spells times as people say them', () => {
    expect([1, 60, 90, 900, 3600, 86_400, 2_592_000].map(spell)).toEqual([
      '1 second',
      '1 minute',
      '90 seconds',
      '15 minutes',
      '1 hour',
      '1 day',
      '30 days',
    ]);
  });
});

describe('its Markdown', () => {
  it('is headings, paragraphs, lists, tables, notes and code', () => {
    const text =
      '## Steps\n\nPress `F`, **then** [look](screen:ledger).\n\n1. One\n   goes on\n2. Two\n\n| a | b |\n|---|---|\n| 1 | `2` |\n\n> Mind\n> this.\n\n```\nnpm run\n\nit\n```';
    const blocks = parseMarkdown(text, 'x');
    expect(blocks.map(({ is }) => is)).toEqual(['heading', 'paragraph', 'list', 'table', 'note', 'code']);
    expect(blocks[1]).toEqual({
      is: 'paragraph',
      line: [
        { is: 'text', text: 'Press ' },
        { is: 'code', text: 'F' },
        { is: 'text', text: ', ' },
        { is: 'strong', text: 'then' },
        { is: 'text', text: ' ' },
        { is: 'link', text: 'look', to: 'screen:ledger' },
        { is: 'text', text: '.' },
      ],
    });
    expect(blocks.map((block) => linesOf(block).map(textOf))).toEqual([
      ['Steps'],
      ['Press F, then look.'],
      ['One goes on', 'Two'],
      ['a', 'b', '1', '2'],
      ['Mind this.'],
      ['npm run\n\nit'],
    ]);
  });

  it.each([
    'see [this](https://example.org)',
    'see [this](javascript:alert)',
    'see [this](file:///etc/passwd)',
    '# A title of its own',
    '## Glued\nto its text',
    '| a | b |\n| 1 | 2 |',
  ])('is refused where it is something else: %s', (text) => {
    expect(codeOf(() => parseMarkdown(text, 'x'))).toBe('bad-markdown');
  });

  it('goes on with the number that a list begins with, and knows emphasis', () => {
    expect(parseMarkdown('4. *Four*', 'x')).toEqual([
      { is: 'list', from: 4, items: [[{ is: 'em', text: 'Four' }]] },
    ]);
  });

  it('keeps markup as text', () => {
    expect(parseMarkdown('<img src=x onerror=alert(1)>', 'x')).toEqual([
      { is: 'paragraph', line: [{ is: 'text', text: '<img src=x onerror=alert(1)>' }] },
    ]);
  });
});

describe('the graph', () => {
  const two = {
    one: fileOf('See [the other](doc:two).', {
      title: 'Zebra',
      next: 'two',
      lane: 'screen',
      surface: 'keys',
    }),
    two: fileOf('Text.', { title: 'Aardvark', previous: 'one', lane: 'screen', surface: 'keys' }),
    run: fileOf('Text.', { surface: 'keys, incidents', related: 'one' }),
  };

  it('reads along the chain, and knows what serves a screen, its guide first', () => {
    const graph = readGraph(two);
    expect(graph.pages.map(({ id }) => id)).toEqual(['run', 'one', 'two']);
    expect(graph.ofSurface('keys').map(({ id }) => id)).toEqual(['one', 'two', 'run']);
    expect(graph.ofSurface('incidents').map(({ id }) => id)).toEqual(['run']);
  });

  it.each([
    ['a chain that does not lead back', { ...two, two: fileOf('Text.', { lane: 'screen' }) }],
    ['a page before that knows nothing of it', { ...two, run: fileOf('Text.', { previous: 'two' }) }],
    ['a related page that is missing', { run: fileOf('Text.', { related: 'gone' }) }],
    ['a page related to itself', { run: fileOf('Text.', { related: 'run' }) }],
    ['a link to nothing', { run: fileOf('[x](doc:gone)') }],
    ['the guide of no screen', { run: fileOf('Text.', { lane: 'screen', surface: '' }) }],
  ])('is refused with %s', (_what, files) => {
    expect(codeOf(() => readGraph(files))).toBe('loose-end');
  });

  it('is found by words: all of them, or their beginnings, the title before the text', () => {
    const graph = readGraph({
      ...two,
      other: fileOf('Somebody will freeze here, too.', {
        title: 'Something else',
        summary: 'Nothing of the kind is said here.',
      }),
    });
    expect(searchDocs(graph, 'FREEZ').map(({ page }) => page.id)).toEqual(['run', 'other']);
    expect(searchDocs(graph, 'freeze somebody').map(({ page, excerpt }) => [page.id, excerpt])).toEqual([
      ['other', 'Somebody will freeze here, too.'],
    ]);
    for (const nothing of ['', '  ', '!?', 'freeze zzz']) expect(searchDocs(graph, nothing)).toEqual([]);
  });

  it('leaves as two files whose links lead within them', () => {
    const graph = readGraph(two);
    expect(markdownExport(graph)).toContain('See [the other](#two).');
    expect(JSON.parse(jsonExport(graph)).pages[1]).toMatchObject({
      id: 'one',
      canonical: 'sallyport://docs/one',
    });
  });
});
