import type { DocGraph } from './graph.ts';
import { linesOf, textOf } from './markdown.ts';
import type { DocPage } from './page.ts';

export interface DocHit {
  readonly page: DocPage;
  /** The line that was found, or the summary. */
  readonly excerpt: string;
}

const WORD = /[\p{L}\p{N}]+/gu;
const wordsOf = (text: string): string[] => text.toLowerCase().match(WORD) ?? [];

/** Where a word stands tells how much the page is about it. */
const WORTH = { title: 8, summary: 4, heading: 3, text: 1 } as const;
/** A word of the text counts so often at most: a long page is not a better one. */
const MOST_OF_TEXT = 4;

/** @returns 0 when a word stands nowhere on the page */
function worthOf(page: DocPage, word: string): number {
  const has = (text: string): boolean => wordsOf(text).some((one) => one.startsWith(word));
  let inText = 0;
  let worth = (has(page.title) ? WORTH.title : 0) + (has(page.summary) ? WORTH.summary : 0);
  for (const block of page.blocks) {
    if (block.is === 'heading') worth += has(block.text) ? WORTH.heading : 0;
    else inText += linesOf(block).filter((line) => has(textOf(line))).length;
  }
  return worth + Math.min(inText, MOST_OF_TEXT) * WORTH.text;
}

function excerptOf(page: DocPage, words: readonly string[]): string {
  const lines = page.blocks.flatMap(linesOf).map(textOf);
  const count = (line: string): number =>
    words.filter((word) => wordsOf(line).some((one) => one.startsWith(word))).length;
  const best = lines.reduce((found, line) => (count(line) > count(found) ? line : found), page.summary);
  return best.length > 160 ? `${best.slice(0, 157)}…` : best;
}

/** Pages on which every word stands, or begins one that does; the best first. Nothing asked for finds nothing. */
export function searchDocs(graph: Pick<DocGraph, 'pages'>, asked: string): DocHit[] {
  const words = wordsOf(asked.slice(0, 200));
  if (words.length === 0) return [];
  return graph.pages
    .map((page) => ({ page, worths: words.map((word) => worthOf(page, word)) }))
    .filter(({ worths }) => worths.every((worth) => worth > 0))
    .map(({ page, worths }) => ({ page, worth: worths.reduce((sum, worth) => sum + worth, 0) }))
    .sort((a, b) => b.worth - a.worth)
    .map(({ page }) => ({ page, excerpt: excerptOf(page, words) }));
}
