import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cell, type Document, quoted } from './blocks.ts';
import { markdownOf } from './markdown.ts';

const tableOf = (...cells: Cell[]): Document => ({
  title: 'T',
  blocks: [{ type: 'table', columns: ['a', 'b'], widths: [1, 1], rows: [cells], none: 'none' }],
});
const rowOf = (text: string): string => markdownOf(tableOf(quoted(text), 'own')).split('\n')[4] ?? '';

/** What a code span shows (CommonMark 6.1), when all of the cell is one. */
function spanIn(cell: string): string | null {
  const [, fence = '', content = ''] = /^(`+) (.*) \1$/s.exec(cell) ?? [];
  return fence !== '' && !content.match(/`+/g)?.includes(fence) ? content : null;
}

describe('text of others in Markdown', () => {
  it.each([
    '<script>alert(1)</script>',
    '[click](javascript:alert(1))',
    '![x](https://evil.example/a.png)',
    'www.evil.example and mail@evil.example',
    '`` ` ``` end',
    'a\\| b | c',
    '# heading\n- item\n| x |',
    '*bold* ~~gone~~ &lt;b&gt;',
    'gpj.exe\u202efdp \u200b\u0000\u001b[31m',
    '\\u{202e}',
    '',
    '   ',
  ])('%j stays in its cell, and is no markup', (text) => {
    const row = rowOf(text);
    // The borders of the row, and no pipe besides.
    expect(row.match(/\|/g)).toHaveLength(3);
    const [, cell = '', own] = row.split('|');
    expect(own).toBe(' own ');
    if (text.trim() === '') expect(cell).toBe(' (empty) ');
    else expect(spanIn(cell.trim())).not.toBeNull();
    expect(row).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('of any kind stays in its cell', () => {
    const nasty = fc.constantFrom(...'`|\\\n <>[]()*_u{}#a\u202e\u0000\u{1f600}');
    fc.assert(
      fc.property(fc.array(nasty, { maxLength: 40 }), (characters) => {
        const row = rowOf(characters.join(''));
        expect(row.match(/\|/g)).toHaveLength(3);
        const cell = row.split('|')[1]?.trim() ?? '';
        expect(cell === '(empty)' || spanIn(cell) !== null).toBe(true);
      }),
    );
  });

  it('that hides what it is stands as numbers, and cannot be taken for one', () => {
    expect(rowOf('a\u202eb')).toContain('a\\u{202e}b');
    expect(rowOf('a\\u{202e}b')).toContain('a\\u{5c}u{202e}b');
  });

  it('of several lines cannot end its block', () => {
    const note = 'seen\n```\n# no heading\n````\n<b>';
    const text = markdownOf({ title: 'T', blocks: [{ type: 'lines', text: note }] });
    expect(text.split('\n').slice(2)).toEqual(['`````text', ...note.split('\n'), '`````', '']);
  });

  it('is cut when it is endless', () => {
    expect(rowOf('x'.repeat(100_000)).length).toBeLessThan(500);
  });
});

describe('our own words in Markdown', () => {
  it('are escaped where they would mean something, and are read as they are elsewhere', () => {
    const text = markdownOf({
      title: 'A *T* <t>',
      blocks: [
        { type: 'heading', text: 'H_1' },
        { type: 'list', items: ['2030-01-02 03:04', ['with', quoted('a|b')]], open: true },
      ],
    });
    expect(text).toBe(
      '# A \\*T\\* \\<t\\>\n\n## H\\_1\n\n- [ ] 2030-01-02 03:04\n- [ ] with ` a\\u{7c}b `\n',
    );
  });
});
