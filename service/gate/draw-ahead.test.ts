import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { drawAhead } from './draw-ahead.ts';

describe('bytes drawn ahead', () => {
  it('are each given once, in order, over the end of a block', () => {
    const blocks: Uint8Array[] = [];
    const draw = drawAhead((bytes) => {
      const block = Uint8Array.from(randomBytes(bytes));
      blocks.push(block);
      return block;
    });
    const given = Array.from({ length: 1_000 }, () => Buffer.from(draw(10)).toString('hex'));
    const whole = blocks.flatMap((block) =>
      Array.from({ length: Math.floor(block.length / 10) }, (_, i) =>
        Buffer.from(block.subarray(10 * i, 10 * i + 10)).toString('hex'),
      ),
    );
    expect(given).toEqual(whole.slice(0, 1_000));
    expect(blocks).toHaveLength(3);
  });

  it('are refused beyond a block', () => {
    expect(() => drawAhead(randomBytes)(5_000)).toThrow(RangeError);
  });
});
