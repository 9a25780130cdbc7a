import { act, cleanup, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  errorMessage,
  openWindow,
  RECOVERY_CODE,
  statusMessage,
} from '../../tests/fixtures/trusted-window.tsx';

const PASSPHRASE = 'correct horse battery staple';
const PREVIOUS = { generation: 3, writtenAt: '2026-11-20T09:12:00.000Z' };
const DAMAGED = statusMessage(
  { state: 'damaged', generation: 3, warnings: ['The vault file is damaged.'] },
  PREVIOUS,
);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

describe('unlocking', () => {
  it('sends the passphrase and keeps nothing of it in the field', () => {
    const window = openWindow('unlock', statusMessage());
    expect(document.activeElement).toBe(screen.getByLabelText('Passphrase'));
    window.type('Passphrase', PASSPHRASE);
    window.press('Unlock');
    expect(window.said()).toEqual([{ type: 'unlock', passphrase: PASSPHRASE }]);
    expect(screen.getByLabelText<HTMLInputElement>('Passphrase').value).toBe('');
  });

  it('may be typed into before the keeper has spoken, and sends nothing until then', () => {
    const window = openWindow('unlock');
    expect(document.activeElement).toBe(screen.getByLabelText('Passphrase'));
    window.type('Passphrase', PASSPHRASE);
    expect(window.button('Unlock').disabled).toBe(true);
    window.hear(statusMessage());
    window.press('Unlock');
    expect(window.said()).toEqual([{ type: 'unlock', passphrase: PASSPHRASE }]);
  });

  it('says wrong at the field and is ready for the next attempt', () => {
    const window = openWindow('unlock', statusMessage(), { type: 'working', what: 'Deriving' });
    window.hear(errorMessage('wrong-passphrase', 'Wrong passphrase.'));
    const field = screen.getByLabelText('Passphrase');
    expect(field.getAttribute('aria-invalid')).toBe('true');
    expect(screen.getByRole('alert').textContent).toContain('Wrong passphrase.');
    expect(document.activeElement).toBe(field);
  });

  it('counts the wait down and takes no attempt before its end', () => {
    const window = openWindow('unlock', statusMessage(), errorMessage('too-many-attempts', 'Too many.', 3));
    expect(window.button('Wait 3 s').disabled).toBe(true);
    act(() => void vi.advanceTimersByTime(1000));
    expect(window.button('Wait 2 s').disabled).toBe(true);
    act(() => void vi.advanceTimersByTime(2000));
    window.type('Passphrase', PASSPHRASE);
    expect(window.button('Unlock').disabled).toBe(false);
  });

  it('shows how the vault is protected, and the downgrade with its reason', () => {
    openWindow(
      'unlock',
      statusMessage({ protection: 'passphrase-only', warnings: ['Guessable (passphrase-only).'] }),
    );
    expect(screen.getByText('Passphrase only')).toBeTruthy();
    expect(screen.getByText('Guessable (passphrase-only).')).toBeTruthy();
  });

  it('looks again for a keychain that is missing', () => {
    const window = openWindow(
      'unlock',
      statusMessage({ keychain: 'missing', warnings: ['The passphrase needs the keychain too.'] }),
      errorMessage('keychain-missing', 'The system keychain does not answer.'),
    );
    expect(screen.getByRole('alert').textContent).toContain('does not answer');
    window.press('Look again');
    expect(window.greetings()).toBe(2);
    window.hear(statusMessage());
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('says that the keychain lost its half, beside the way out', () => {
    const window = openWindow(
      'unlock',
      statusMessage(),
      errorMessage('keychain-half-missing', 'No half any more.'),
    );
    expect(screen.getByRole('alert').textContent).toContain('No half any more.');
    expect(window.button('Use the recovery code').disabled).toBe(false);
  });
});

describe('a vault that cannot be read', () => {
  it('asks for no passphrase until the user goes on with the generation before', () => {
    const window = openWindow('unlock', DAMAGED);
    expect(screen.queryByLabelText('Passphrase')).toBeNull();
    expect(screen.getByText(/2026-11-20 09:12 UTC/)).toBeTruthy();
    window.press('Use generation 3');
    window.type('Passphrase', PASSPHRASE);
    window.press('Unlock');
    expect(window.said()).toEqual([{ type: 'unlock', passphrase: PASSPHRASE, acceptOlder: true }]);
  });

  it('offers no generation where there is none, and starts anew only when told to', () => {
    const window = openWindow(
      'unlock',
      statusMessage({ state: 'damaged', protection: null, warnings: ['Missing.'] }),
    );
    expect(screen.queryByRole('button', { name: /Use generation/ })).toBeNull();
    window.press('Start a new vault');
    window.type('New passphrase', PASSPHRASE);
    window.type('Type it again', PASSPHRASE);
    expect(window.said()).toEqual([]);
    window.press('Create vault');
    expect(window.said()).toEqual([{ type: 'create', passphrase: PASSPHRASE, startAnew: true }]);
  });

  it('says a damage that its state does not show', () => {
    openWindow('unlock', statusMessage(), errorMessage('vault-damaged', 'An item does not open.'));
    expect(screen.getByRole('alert').textContent).toContain('An item does not open.');
  });
});

describe('a vault that was rolled back', () => {
  it('opens only after the user has read that it is older', () => {
    const window = openWindow('unlock', statusMessage(), errorMessage('vault-rolled-back', 'It is older.'));
    expect(screen.getByRole('alert').textContent).toContain('It is older.');
    window.press('Go on with this older vault');
    window.type('Passphrase', PASSPHRASE);
    window.press('Unlock');
    expect(window.said()).toEqual([{ type: 'unlock', passphrase: PASSPHRASE, acceptOlder: true }]);
  });
});

describe('recovery', () => {
  const typeAll = (window: ReturnType<typeof openWindow>) => {
    window.press('Use the recovery code');
    window.type('Recovery code', RECOVERY_CODE);
    window.type('New passphrase', PASSPHRASE);
    window.type('Type it again', PASSPHRASE);
    window.press('Recover');
  };

  it('sends code and new passphrase, and shows the new code', () => {
    const window = openWindow('unlock', statusMessage());
    typeAll(window);
    expect(window.said()).toEqual([
      { type: 'unlock-with-recovery', code: RECOVERY_CODE, newPassphrase: PASSPHRASE },
    ]);
    window.hear({ type: 'recovery-code', code: RECOVERY_CODE });
    expect(screen.getByText('Write down the recovery code')).toBeTruthy();
  });

  it('names the mistyped group at the code, and keeps what was typed', () => {
    const window = openWindow('unlock', statusMessage());
    typeAll(window);
    window.hear(errorMessage('wrong-recovery-code', 'Group 3 has a typing mistake.'));
    const field = screen.getByLabelText<HTMLInputElement>('Recovery code');
    expect(field.getAttribute('aria-invalid')).toBe('true');
    expect(field.value).toBe(RECOVERY_CODE);
  });

  it('goes on with an older vault when that was chosen before', () => {
    const window = openWindow('unlock', DAMAGED);
    window.press('Use generation 3');
    typeAll(window);
    expect(window.said()).toMatchObject([{ type: 'unlock-with-recovery', acceptOlder: true }]);
  });
});
