import { describe, expect, it } from 'vitest';
import { ROOT } from '../paths.mjs';
import { licenceTexts, mayBeShipped } from './licences.mjs';
import { productionDependencies } from './lockfile.mjs';

describe('licences', () => {
  it.each(['MIT', '(MIT OR GPL-3.0-only)', 'MIT AND ISC', 'GPL-2.0-only OR Apache-2.0'])(
    '%s may be shipped',
    (license) => {
      expect(mayBeShipped(license)).toBe(true);
    },
  );

  it.each([
    'GPL-3.0-only',
    'MIT AND GPL-3.0-only',
    'UNLICENSED',
    '',
    'SEE LICENSE IN X',
    '(MIT OR ISC) AND (X)',
  ])('%j is a decision', (license) => {
    expect(mayBeShipped(license)).toBe(false);
  });

  it('are given in the words of their authors', () => {
    const texts = licenceTexts(
      ROOT,
      productionDependencies(ROOT).filter(({ name }) => name === 'zod'),
    );
    expect(texts).toMatch(/^zod \d/);
    expect(texts).toContain('Permission is hereby granted');
  });
});
