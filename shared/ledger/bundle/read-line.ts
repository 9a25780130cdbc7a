import type { z } from 'zod';
import { jcs } from '../commitment.ts';
import { BundleProblem } from './problem.ts';

/** A line that is JSON of this shape, in its one spelling (RFC 8785). @throws BundleProblem `format` */
export function readJsonLine<S extends z.ZodType>(line: Uint8Array, schema: S, number: number): z.output<S> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line);
    const value = JSON.parse(text);
    if (jcs(value) === text) return schema.parse(value);
  } catch (cause) {
    throw new BundleProblem('format', number, 'a line is not one of a bundle', { cause });
  }
  throw new BundleProblem('format', number, 'a line is not written as lines of a bundle are');
}
