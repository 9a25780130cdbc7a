import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');

/** Custom properties of one rule, by its selector. */
function palette(selector: string): Map<string, string> {
  const start = css.indexOf(`${selector} {`);
  if (start < 0) throw new Error(`no rule ${selector}`);
  const body = css.slice(start, css.indexOf('}', start));
  return new Map(
    [...body.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name ?? '', value ?? '']),
  );
}

/** Relative luminance of `#rrggbb` (WCAG 2.2). */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const SURFACES = ['canvas', 'panel', 'raised', 'hover', 'selected'];
const TEXTS = ['ink', 'ink-soft', 'ink-faint', 'accent', 'ok', 'warn', 'bad'];

const TEXT_PAIRS = [
  ...SURFACES.flatMap((surface) => TEXTS.map((text) => [text, surface] as const)),
  ...['ok', 'warn', 'bad'].map((state) => ['ink', `${state}-wash`] as const),
  ...['ok', 'warn', 'bad'].map((state) => [state, `${state}-wash`] as const),
  ['on-accent', 'accent-fill'] as const,
  ['on-accent', 'accent-fill-hover'] as const,
  ['on-bad', 'bad-fill'] as const,
  ['on-bad', 'bad-fill-hover'] as const,
];

describe.each([
  ['dark', ":root[data-theme='dark']"],
  ['light', ":root[data-theme='light']"],
])('the %s palette', (_, selector) => {
  const colours = palette(selector);
  const colour = (name: string): string => {
    const value = colours.get(name);
    if (!value) throw new Error(`no colour ${name}`);
    return value;
  };

  it.each(TEXT_PAIRS)('%s on %s reads at 4.5 to 1 or better (WCAG AA)', (text, surface) => {
    expect(contrast(colour(text), colour(surface))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(['canvas', 'panel', 'raised'])('borders of controls stand out on %s at 3 to 1', (surface) => {
    expect(contrast(colour('line-strong'), colour(surface))).toBeGreaterThanOrEqual(3);
  });
});

describe('the palettes', () => {
  it('the light one is the same whether chosen or followed from the system', () => {
    expect(palette(':root:not([data-theme])')).toEqual(palette(":root[data-theme='light']"));
  });

  it('have the same names', () => {
    const names = (selector: string) => [...palette(selector).keys()].sort();
    expect(names(":root[data-theme='dark']")).toEqual(names(":root[data-theme='light']"));
  });

  it('measures contrast as WCAG does', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  });
});
