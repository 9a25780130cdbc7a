import { PDFDocument } from '@cantoo/pdf-lib';
import { describe, expect, it } from 'vitest';
import { drawnIn } from '../../../tests/fixtures/pdf-text.ts';
import { type Block, quoted } from './blocks.ts';
import { pdfOf } from './pdf.ts';

const NOW = new Date('2030-01-02T03:04:05.000Z');
const drawn = (...blocks: Block[]) => pdfOf({ title: 'Post-incident report: T', blocks }, NOW);
const row = (text: string): Block => ({
  type: 'table',
  columns: ['Who', 'What'],
  widths: [1, 2],
  rows: [[quoted(text), 'did it']],
  none: 'nobody',
});

describe('a report as PDF', () => {
  it('draws words, quoted text, lists and notes, and numbers its pages', async () => {
    const text = drawnIn(
      await drawn(
        { type: 'heading', text: 'Timeline' },
        row('Ada Lovelace’s agent'),
        { type: 'list', items: ['Who has to be told?'], open: true },
        { type: 'lines', text: 'line one\n  line two' },
      ),
    );
    for (const word of ['Timeline', 'Ada', 'did', 'told?', '[', '  line two']) expect(text).toContain(word);
    expect(text).toContain('Post-incident report: T, page 1 of 1');
  });

  it('goes on on the next page, with a cell that is longer than a page too', async () => {
    const rows = Array.from({ length: 120 }, (_, i) => [`row ${i}`, 'x']);
    const table: Block = { type: 'table', columns: ['a', 'b'], widths: [1, 1], rows, none: '' };
    const pdf = await drawn(table, { type: 'lines', text: 'y\n'.repeat(200) }, row('w'.repeat(390)));
    expect((await PDFDocument.load(pdf)).getPageCount()).toBeGreaterThan(4);
    expect(drawnIn(pdf)).toContain('119');
  });

  it('writes what its fonts lack, and what hides itself, as numbers', async () => {
    const text = drawnIn(
      await drawn(row('Ада \u202efdp 名'), { type: 'lines', text: '\u0007 Ω' }),
    ).replaceAll('\n', '');
    for (const number of ['\\u{410}', '\\u{202e}fdp', '\\u{540d}', '\\u{7} \\u{3a9}'])
      expect(text).toContain(number);
  });

  it('holds no link, no script and no markup of what others wrote', async () => {
    const hostile = ') Tj ET /JS (app.alert(1)) <a href="https://evil.example"> https://evil.example';
    const pdf = await drawn(row(hostile), { type: 'lines', text: hostile });
    const raw = Buffer.from(pdf).toString('latin1');
    expect(raw).not.toMatch(/\/(?:JS|JavaScript|URI|Subtype \/Link|OpenAction|Launch|EmbeddedFile)\b/);
    expect(raw).not.toContain('evil.example');
    const loaded = await PDFDocument.load(pdf);
    for (const page of loaded.getPages()) expect(page.node.Annots()?.size() ?? 0).toBe(0);
  });
});
