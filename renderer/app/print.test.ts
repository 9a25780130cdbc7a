import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const FOLDER = join(import.meta.dirname, '..');

/** What stands between the braces of `@media print`. */
function onPaper(path: string): string {
  const css = readFileSync(join(FOLDER, path), 'utf8');
  const from = css.indexOf('@media print {');
  return from < 0 ? '' : css.slice(from);
}

describe('on paper', () => {
  it('the console leaves its frame out, cuts nothing off, and is black on white', () => {
    const rules = onPaper('app/styles.css');
    expect(rules).toMatch(/nav,[\s\S]*button,[\s\S]*display: none/);
    expect(rules).toMatch(/#content \{[^}]*overflow: visible/);
    expect(rules).toMatch(/background: #ffffff;\s*color: #000000/);
    expect(rules).toContain('.print-sheet');
  });

  it('a trusted window prints its sheet and nothing else', () => {
    const rules = onPaper('trusted/screens.css') + onPaper('trusted/trusted.css');
    expect(rules).toMatch(/\.body > :not\(\.sheet\)[^}]*display: none/);
    expect(rules).toMatch(/\.print-only \{[^}]*display: block/);
  });
});
