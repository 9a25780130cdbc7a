import { describe, expect, it, vi } from 'vitest';
import { createClipboardLoan } from './clipboard.ts';

function loan() {
  let text = 'before';
  let run: (() => void) | null = null;
  const clipboard = {
    readText: () => text,
    writeText: (next: string) => {
      text = next;
    },
    clear: () => {
      text = '';
    },
  };
  const setTimer = (next: () => void) => {
    run = next;
    return {
      cancel: () => {
        run = null;
      },
    };
  };
  return {
    loan: createClipboardLoan({ clipboard, setTimer }),
    clipboard,
    elapse: () => run?.(),
    pending: () => run !== null,
  };
}

describe('clipboard loan', () => {
  it('is cleared when its time is up', async () => {
    const t = loan();
    await t.loan.copy('secret');
    expect(t.clipboard.readText()).toBe('secret');
    t.elapse();
    await vi.waitFor(() => expect(t.clipboard.readText()).toBe(''));
    expect(t.pending()).toBe(false);
  });

  it('is cleared at once on lock', async () => {
    const t = loan();
    await t.loan.copy('secret');
    await t.loan.clear();
    expect(t.clipboard.readText()).toBe('');
  });

  it('leaves alone what the user copied since, and what it never held', async () => {
    const t = loan();
    await t.loan.clear();
    expect(t.clipboard.readText()).toBe('before');
    await t.loan.copy('secret');
    t.clipboard.writeText('mine');
    t.elapse();
    await new Promise((resolve) => setImmediate(resolve));
    expect(t.clipboard.readText()).toBe('mine');
  });
});
