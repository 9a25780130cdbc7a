import { describe, expect, it } from 'vitest';
import { sideBySide } from './checks.mjs';

describe('the checks before the tests', () => {
  it('run side by side, are told in their order, and their outputs are not mixed', async () => {
    const written: string[] = [];
    let resolve = (): void => undefined;
    const gate = new Promise<void>((done) => {
      resolve = done;
    });
    const finished = await sideBySide(
      [
        // Ends only when the second one has run: one after the other they would wait for ever.
        ['types', () => gate.then(() => ({ status: 0, output: 'types\n' }))],
        [
          'lint',
          async () => {
            resolve();
            return { status: 0, output: 'lint\n' };
          },
        ],
      ],
      (text) => written.push(text),
    );
    expect(finished.map(({ name, status }) => [name, status])).toEqual([
      ['types', 0],
      ['lint', 0],
    ]);
    expect(written).toEqual(['lint\n', 'types\n']);
  });

  it('all come to their end when one of them fails', async () => {
    const finished = await sideBySide(
      [
        ['types', async () => ({ status: 2, output: '' })],
        ['lint', async () => ({ status: 0, output: '' })],
        ['build', async () => ({ status: 1, output: '' })],
      ],
      () => undefined,
    );
    expect(finished.map(({ status }) => status)).toEqual([2, 0, 1]);
  });
});
