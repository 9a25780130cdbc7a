import { act, cleanup, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FromKeeper } from '../../shared/ipc/trusted.ts';
import { errorMessage, openWindow } from '../../tests/fixtures/trusted-window.tsx';

const REVEAL: FromKeeper = {
  type: 'reveal',
  id: 'r1',
  title: 'New inference key',
  note: 'This is the whole key.',
  values: [
    { label: 'Key', value: 'th_secret' },
    { label: 'Name', value: 'billing' },
  ],
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

describe('a secret that is shown once', () => {
  it('is shown, with what it is', () => {
    openWindow('reveal', REVEAL);
    expect(screen.getByText('th_secret')).toBeTruthy();
    expect(screen.getByText('This is the only time')).toBeTruthy();
  });

  it('gives the focus to no button, so that a stray Enter neither closes nor copies', () => {
    openWindow('reveal', REVEAL);
    expect(document.activeElement).toBe(document.body);
  });

  it('is copied by its own button only, and the clipboard’s time is counted down', () => {
    const window = openWindow('reveal', REVEAL);
    expect(window.said()).toEqual([]);
    window.press('Copy Name');
    expect(window.said()).toEqual([{ type: 'copy-revealed', id: 'r1', index: 1 }]);
    expect(screen.getByText('On the clipboard for 30 s')).toBeTruthy();
    act(() => void vi.advanceTimersByTime(30_000));
    expect(screen.getByText('Taken off the clipboard')).toBeTruthy();
  });

  it('is gone from the page when it is closed', () => {
    const window = openWindow('reveal', REVEAL);
    window.press('I have stored it');
    expect(window.said()).toEqual([{ type: 'close-revealed', id: 'r1' }]);
    expect(document.body.textContent).not.toContain('th_secret');
  });

  it('that was shown already is said to be gone', () => {
    openWindow('reveal', errorMessage('unexpected', 'This was shown already.'));
    expect(screen.getByRole('alert').textContent).toContain('shown already');
    expect(screen.queryByRole('button')).toBeNull();
  });
});
