import { describe, expect, it } from 'vitest';
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
  it('is cleared when its time is up', () => {
    const t = loan();
    t.loan.copy('secret');
    expect(t.clipboard.readText()).toBe('secret');
    t.elapse();
    expect(t.clipboard.readText()).toBe('');
    expect(t.pending()).toBe(false);
  });

  it('is cleared at once on lock', () => {
    const t = loan();
    t.loan.copy('secret');
    t.loan.clear();
    expect(t.clipboard.readText()).toBe('');
  });

  it('leaves alone what the user copied since, and what it never held', () => {
    const t = loan();
    t.loan.clear();
    expect(t.clipboard.readText()).toBe('before');
    t.loan.copy('secret');
    t.clipboard.writeText('mine');
    t.elapse();
    expect(t.clipboard.readText()).toBe('mine');
  });
});
