import { cleanup, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  errorMessage,
  openWindow,
  RECOVERY_CODE,
  statusMessage,
} from '../../tests/fixtures/trusted-window.tsx';

const ABSENT = statusMessage({
  state: 'absent',
  protection: null,
  items: 0,
  generation: 0,
  recovery: 'none',
});
const PASSPHRASE = 'correct horse battery staple';

afterEach(cleanup);

describe('the first run', () => {
  it('creates a vault with a passphrase that was typed twice', () => {
    const window = openWindow('first-run', ABSENT);
    expect(window.greetings()).toBe(1);
    window.type('New passphrase', PASSPHRASE);
    window.type('Type it again', PASSPHRASE);
    window.press('Create vault');
    expect(window.said()).toEqual([{ type: 'create', passphrase: PASSPHRASE }]);
  });

  it('has the keeper judge what is typed, and shows its word', () => {
    const window = openWindow('first-run', ABSENT);
    window.type('New passphrase', PASSPHRASE);
    expect(window.rated()).toEqual([PASSPHRASE]);
    window.hear({ type: 'strength', level: 3, text: 'Strong.' });
    expect(screen.getByLabelText('Strength: Strong')).toBeTruthy();
  });

  it('sends nothing that is too short or typed in two ways, and says which', () => {
    const window = openWindow('first-run', ABSENT);
    window.type('New passphrase', 'elevenchars');
    window.type('Type it again', 'elevenchars');
    window.press('Create vault');
    expect(screen.getByRole('alert').textContent).toContain('12 characters');
    window.type('New passphrase', PASSPHRASE);
    window.press('Create vault');
    expect(screen.getByRole('alert').textContent).toContain('not the same');
    expect(window.said()).toEqual([]);
  });

  it('says what the keychain adds, and warns when there is none', () => {
    openWindow('first-run', ABSENT);
    expect(screen.getByText(/keychain will hold half/)).toBeTruthy();
    openWindow('first-run', statusMessage({ state: 'absent', protection: null, keychain: 'missing' }));
    expect(screen.getByText(/will protect this vault alone/)).toBeTruthy();
  });

  it('offers a practice console to whoever only looks around, and says where it opens', () => {
    const window = openWindow('first-run', ABSENT);
    window.press('Open a practice console');
    expect(window.said()).toEqual([{ type: 'open-practice' }]);
    expect(screen.getByText(/opens in a window of its own/)).toBeTruthy();
    expect(window.button('Create vault').disabled).toBe(false);
  });

  it('of a practice console says what it is before a passphrase is typed, and offers no second one', () => {
    openWindow('first-run', statusMessage({ state: 'absent', protection: null }, null, true));
    expect(screen.getByText(/Do not type the passphrase of your real console/)).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Open a practice console' })).toBeNull();
    openWindow('unlock', statusMessage({}, null, true));
    expect(screen.getByText('Practice console: sample data only')).toBeTruthy();
    openWindow('unlock', statusMessage());
    expect(screen.queryByText(/Practice console/)).toBeNull();
  });

  it('shows what is being waited for, and takes no second order meanwhile', () => {
    const window = openWindow('first-run', ABSENT, { type: 'working', what: 'Deriving the key' });
    expect(screen.getByText('Deriving the key…')).toBeTruthy();
    expect(window.button('Create vault').disabled).toBe(true);
  });

  it('says why creation failed, and lets the user try again', () => {
    const window = openWindow('first-run', ABSENT, errorMessage('write-failed', 'The disk is full.'));
    expect(screen.getByRole('alert').textContent).toContain('The disk is full.');
    expect(window.button('Create vault').disabled).toBe(false);
  });
});

describe('the recovery code', () => {
  it('is shown in groups, can be printed, and is hidden while its last group is typed back', () => {
    const print = vi.fn();
    vi.stubGlobal('print', print);
    const window = openWindow('first-run', ABSENT, { type: 'recovery-code', code: RECOVERY_CODE });
    for (const group of RECOVERY_CODE.split('-')) expect(screen.getByText(group)).toBeTruthy();
    window.press('Print');
    expect(print).toHaveBeenCalledOnce();
    window.press('I have written it down');
    expect(screen.queryByText('7ZK4M')).toBeNull();
    expect(window.button('Confirm').disabled).toBe(true);
    window.type('Group 8 of 8', 'gb7yf');
    window.press('Confirm');
    expect(window.said()).toEqual([{ type: 'confirm-recovery', lastGroup: 'gb7yf' }]);
  });

  it('can be looked at again after a wrong group, which is said', () => {
    const window = openWindow('first-run', ABSENT, { type: 'recovery-code', code: RECOVERY_CODE });
    window.press('I have written it down');
    window.hear(errorMessage('wrong-recovery-code', 'This is not the last group.'));
    expect(screen.getByRole('alert').textContent).toContain('not the last group');
    window.press('Show the code again');
    expect(screen.getByText('GB7YF')).toBeTruthy();
  });

  it('is gone from the page once the vault is open', () => {
    const window = openWindow('first-run', ABSENT, { type: 'recovery-code', code: RECOVERY_CODE });
    window.hear({ type: 'unlocked' });
    expect(screen.getByText('The vault is open')).toBeTruthy();
    expect(document.body.textContent).not.toContain('7ZK4M');
  });
});
