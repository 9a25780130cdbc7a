import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bounded } from '../fixtures/fuzz/bounded.ts';
import { corpusNames, keepFound, readCorpus } from '../fixtures/fuzz/corpus.ts';
import { mutated } from '../fixtures/fuzz/mutate.ts';
import type { Parser } from '../fixtures/fuzz/parser.ts';
import { PARSERS } from '../fixtures/fuzz/parsers.ts';

/** 100,000 cases a parser is the requirement; `npm test` tries the first ones, the same every time. */
const FULL = process.env.SALLYPORT_FAULTS === 'full';
const CASES = Number(process.env.SALLYPORT_FUZZ_CASES ?? (FULL ? 100_000 : 60));
const SEED = Number(process.env.SALLYPORT_FUZZ_SEED ?? 20_300_111);
const PATIENCE_MS = 60 * 60_000;

/** Whether it was accepted. What a parser refuses it refuses by its own name; anything else is thrown on. */
async function accepts({ run, refusals }: Parser, input: Buffer): Promise<boolean> {
  try {
    return await bounded(() => run(input));
  } catch (error) {
    if (refusals.some((refusal) => error instanceof refusal)) return false;
    throw error;
  }
}

describe.each(PARSERS)('$name', (parser) => {
  const corpus = readCorpus(parser.name);

  it('takes what was recorded as valid, and stands what once broke it', async () => {
    expect(corpus.some(({ valid }) => valid)).toBe(true);
    for (const { file, valid, bytes } of corpus) {
      const accepted = await accepts(parser, bytes);
      if (valid) expect(accepted, file).toBe(true);
    }
  });

  it(`takes or refuses each of ${CASES} changed inputs (seed ${SEED})`, {
    timeout: PATIENCE_MS,
  }, async () => {
    const inputs = mutated(corpus.flatMap(({ valid, bytes }) => (valid ? [bytes] : [])));
    const property = fc.asyncProperty(inputs, async (input) => {
      await accepts(parser, input);
    });
    const tried = await fc.check(property, { numRuns: CASES, seed: SEED });
    if (!tried.failed) return;
    const kept = tried.counterexample ? keepFound(parser.name, tried.counterexample[0]) : 'nothing';
    throw new Error(`${parser.name} broke; the input is kept as ${kept}`, { cause: tried.errorInstance });
  });
});

describe('the corpus', () => {
  it('belongs to parsers that are tried', () => {
    expect(corpusNames().sort()).toEqual(PARSERS.map(({ name }) => name).sort());
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
