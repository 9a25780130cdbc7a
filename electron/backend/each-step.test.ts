import { describe, expect, it, vi } from 'vitest';
import { eachStep } from './each-step.ts';

describe('the steps of a lock', () => {
  it('run in order and report nothing when all is well', () => {
    const [ran, failed] = [vi.fn(), vi.fn()];
    eachStep({ first: () => ran(1), second: () => ran(2) }, failed);
    expect(ran.mock.calls).toEqual([[1], [2]]);
    expect(failed).not.toHaveBeenCalled();
  });

  it('run on past one that throws or rejects, and each failure is named', async () => {
    const [ran, failed] = [vi.fn(), vi.fn()];
    const [full, gone] = [new Error('ENOSPC'), new Error('ENOENT')];
    eachStep(
      {
        settings: () => {
          throw full;
        },
        clipboard: () => Promise.reject(gone),
        tokens: ran,
      },
      failed,
    );
    expect(ran).toHaveBeenCalledOnce();
    await vi.waitFor(() =>
      expect(failed.mock.calls).toEqual([
        ['settings', full],
        ['clipboard', gone],
      ]),
    );
  });
});
