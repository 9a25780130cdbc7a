import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ItemTask, VaultTask } from '../../../shared/http/vault-items.ts';
import type { FromKeeper } from '../../../shared/ipc/trusted.ts';
import {
  errorMessage,
  openWindow,
  RECOVERY_CODE,
  statusMessage,
} from '../../../tests/fixtures/trusted-window.tsx';

afterEach(cleanup);

const item = {
  ...{ id: 'i', type: 'provider-secret', label: 'billing\u202egnp', createdAt: '2026-01-01T00:00:00.000Z' },
  canary: true,
};
const task = (name: VaultTask | ItemTask, change: object = {}): FromKeeper => ({
  ...{ type: 'task', task: name, item: null, shares: null },
  ...change,
});
const PASSPHRASE = 'correct horse battery staple';

describe('a window for one act', () => {
  it('adds what was typed under a label that can be read', () => {
    const window = openWindow('vault', task('add'));
    window.type('Secret', 'the secret');
    window.type('Label', 'bad\u202elabel');
    expect(window.button('Add').disabled).toBe(true);
    window.type('Label', ' billing ');
    window.press('Add');
    expect(window.said()).toEqual([
      {
        type: 'add-item',
        itemType: 'provider-secret',
        label: 'billing',
        secret: 'the secret',
        canary: false,
      },
    ]);
    window.hear({ type: 'task-done', message: '“billing” is in the vault.' });
    expect(screen.queryByDisplayValue('the secret')).toBeNull();
    window.press('Close');
    expect(window.said().at(-1)).toEqual({ type: 'close-task' });
  });

  it('shows a value only when it is asked for, names a canary, and writes out what deceives', () => {
    const window = openWindow('vault', task('reveal', { item }));
    expect(screen.getByText('This is a canary')).toBeTruthy();
    expect(screen.getByText('billing⟨U+202E⟩gnp')).toBeTruthy();
    expect(window.said()).toEqual([]);
    window.press('Reveal');
    window.hear({ type: 'item-value', value: 'the value' });
    expect(screen.getByText('the value')).toBeTruthy();
    window.press('Copy for 30 s');
    expect(window.said()).toEqual([{ type: 'reveal-item' }, { type: 'copy-item' }]);
  });

  it('shows a step of a rotation as the keeper says it, and sends what was typed', () => {
    const window = openWindow('vault', {
      ...{ type: 'ceremony', title: 'Sign this transaction', act: 'Sign and send', danger: true },
      facts: [{ label: 'Send', value: '1 SOL to bad\u202eaddress' }],
      warning: 'It cannot be taken back.',
      fields: [{ name: 'fingerprint', label: 'Fingerprint', hint: 'as shown there' }],
    });
    expect(screen.getByText('1 SOL to bad⟨U+202E⟩address')).toBeTruthy();
    window.type('Fingerprint (as shown there)', 'abc');
    window.press('Sign and send');
    expect(window.said()).toEqual([{ type: 'ceremony-act', values: { fingerprint: 'abc' } }]);
    window.hear({ type: 'task-done', message: 'It is sealed.', qr: ['01', '10'] });
    expect(screen.getByRole('img', { name: 'The same as a QR code' })).toBeTruthy();
    window.press('Close');
    expect(window.said().at(-1)).toEqual({ type: 'close-task' });
  });

  it('shows the key of a wallet of two persons as a secret, and copies it for a while', () => {
    const window = openWindow('vault', {
      ...{ type: 'ceremony', title: '“Omar” has to approve this', act: 'Open with both keys' },
      ...{ danger: false, facts: [], warning: null, fields: [] },
    });
    window.hear({ type: 'item-value', value: 'the\u202ekey' });
    expect(screen.getByText('the⟨U+202E⟩key').className).toBe('secret-value');
    expect(screen.queryByText('Open with both keys')).toBeNull();
    window.press('Copy for 30 s');
    window.press('Close');
    expect(window.said()).toEqual([{ type: 'copy-item' }, { type: 'close-task' }]);
  });

  it('reads a file in the window, and begins anew when the same window asks the next thing', async () => {
    const window = openWindow('vault', {
      ...{ type: 'ceremony', title: 'Open a sealed package', act: 'Check it', danger: false, warning: null },
      facts: [{ label: 'Recipient of this vault', value: 'age1xyz' }],
      fields: [{ name: 'package', label: 'Sealed package', hint: 'a .sealed file', file: true }],
    });
    const file = new File(['{"format":"sallyport-sealed-package"}'], 'x.sealed');
    fireEvent.change(screen.getByLabelText('Sealed package (a .sealed file)'), { target: { files: [file] } });
    await waitFor(() => {
      window.press('Check it');
      expect(window.said().at(-1)).toEqual({
        type: 'ceremony-act',
        values: { package: '{"format":"sallyport-sealed-package"}' },
      });
    });
    window.hear({
      ...{ type: 'ceremony', title: 'Take this wallet?', act: 'Put it into the vault', danger: false },
      ...{ warning: null, facts: [{ label: 'Sealed by', value: 'somebody' }], fields: [] },
    });
    expect(screen.getByText('somebody')).toBeTruthy();
    window.press('Put it into the vault');
    expect(window.said().at(-1)).toEqual({ type: 'ceremony-act', values: {} });
  });

  it('imports what is pasted under its label, and says when a file cannot be read', async () => {
    const window = openWindow('vault', task('import'));
    const unreadable = new File([''], 'wallet.json');
    unreadable.text = () => Promise.reject(new Error('gone'));
    fireEvent.change(screen.getByLabelText('File'), { target: { files: [unreadable] } });
    expect((await screen.findByRole('alert')).textContent).toBe('This file cannot be read.');
    expect(window.button('Import').disabled).toBe(true);
    window.type('Or paste it', '[1,2]');
    window.press('Import');
    expect(window.said()).toEqual([{ type: 'import-items', text: '[1,2]', label: 'Imported wallet' }]);
  });

  it('shows a code for another console, and takes what a scanner reads in the place of a file', () => {
    const window = openWindow('vault', {
      ...{ type: 'ceremony', title: 'Omar has to approve this', act: 'Open with both keys', danger: false },
      ...{ warning: null, facts: [], qr: ['01', '10'] },
      fields: [{ name: 'answer', label: 'Answer', hint: 'the file', file: true }],
    });
    expect(screen.getByRole('img', { name: 'The same as a QR code' }).outerHTML).not.toContain('style');
    window.type('Or what its QR code says', '{"nonce":"n"}');
    window.press('Open with both keys');
    expect(window.said()).toEqual([{ type: 'ceremony-act', values: { answer: '{"nonce":"n"}' } }]);
    window.hear(errorMessage('refused', 'This answers another request.'));
    expect(screen.getByRole('alert').textContent).toContain('another request');
  });

  it('says what removing destroys, and why it was refused', () => {
    const window = openWindow('vault', task('remove', { item }));
    expect(screen.getByText('This destroys the secret')).toBeTruthy();
    window.press('Remove it for ever');
    window.hear(errorMessage('write-failed', 'The disk is full.'));
    expect(screen.getByRole('alert').textContent).toContain('The disk is full.');
  });

  it('shows one share at a time, as words and as a code without a style, and keeps them after the last', () => {
    const window = openWindow('vault', task('shares'));
    window.type('Current passphrase', PASSPHRASE);
    window.type('How many open', '2');
    window.type('How many there are', '2');
    window.press('Make shares');
    expect(window.said()).toEqual([{ type: 'make-shares', passphrase: PASSPHRASE, threshold: 2, count: 2 }]);
    window.hear({ type: 'shares-made', threshold: 2, count: 2 });
    window.press('Show share 1');
    window.hear({ type: 'share', index: 1, words: 'abandon zoo abandon', qr: ['10', '01'] });
    expect(screen.getAllByRole('listitem')).toHaveLength(3);
    expect(screen.getByRole('img', { name: /QR/ }).outerHTML).not.toContain('style');
    const print = vi.fn();
    vi.stubGlobal('print', print);
    window.press('Print');
    expect(print).toHaveBeenCalledOnce();
    const sheet = document.querySelector('.sheet');
    for (const part of ['recovery share 1 of 2', 'abandon', 'zoo', 'Any 2 of 2 shares'])
      expect(sheet?.textContent).toContain(part);
    expect(sheet?.querySelector('svg')).toBeTruthy();
    window.press('Written down: next share');
    window.hear({ type: 'share', index: 2, words: 'zoo', qr: ['1'] });
    expect(screen.queryByText('abandon')).toBeNull();
    window.press('All are written down');
    expect(window.said().slice(1)).toEqual([
      { type: 'show-share', index: 1 },
      { type: 'show-share', index: 2 },
      { type: 'keep-shares' },
    ]);
  });

  it('drills only with enough shares of this vault, each entered by itself', () => {
    const window = openWindow(
      'vault',
      task('drill', { shares: { threshold: 2, count: 3, set: 'a1b2c3d4' } }),
    );
    const enter = (text: string) => {
      window.type('Words of a share', text);
      window.press('Enter this share');
    };
    enter('first');
    window.hear({ type: 'share-read', index: 1, threshold: 2 });
    enter('foreign');
    window.hear(errorMessage('wrong-share', 'This is share 2 of another set.'));
    expect(screen.getByRole('alert').textContent).toContain('another set');
    expect(window.button('Prove them').disabled).toBe(true);
    enter('third');
    window.hear({ type: 'share-read', index: 3, threshold: 2 });
    expect(screen.getByText(/Entered: share 1, 3/)).toBeTruthy();
    window.press('Prove them');
    expect(window.said().at(-1)).toEqual({ type: 'drill', shares: ['first', 'third'] });
  });

  it('re-keys with the passphrase and has the new code typed back', () => {
    const window = openWindow('vault', task('rekey'));
    window.type('Current passphrase', PASSPHRASE);
    window.press('Make new keys');
    window.hear({ type: 'recovery-code', code: RECOVERY_CODE });
    window.press('I have written it down');
    window.type('Group 8 of 8', 'GB7YF');
    window.press('Confirm');
    expect(window.said()).toEqual([
      { type: 'rekey', passphrase: PASSPHRASE },
      { type: 'confirm-recovery', lastGroup: 'GB7YF' },
    ]);
  });

  it('exports to a recipient or to a passphrase typed twice, never in the clear', () => {
    const window = openWindow('vault', task('export', { item: { ...item, type: 'wallet-key' } }));
    window.type('Write it as', 'solana-cli');
    window.type('Encrypt to', 'recipient');
    window.type('Recipient', 'age1abc');
    window.press('Encrypt');
    expect(window.said()).toEqual([
      { type: 'export-item', to: { recipient: 'age1abc' }, format: 'solana-cli' },
    ]);
  });
});

describe('unlocking with shares', () => {
  it('takes a new passphrase when a quorum was entered', () => {
    const window = openWindow('unlock', statusMessage());
    window.press('Use recovery shares');
    for (const [index, text] of [
      [2, 'second'],
      [1, 'first'],
    ] as const) {
      window.type('Words of a share', text);
      window.press('Enter this share');
      window.hear({ type: 'share-read', index, threshold: 2 });
    }
    window.type('New passphrase', PASSPHRASE);
    window.type('Type it again', PASSPHRASE);
    window.press('Recover');
    expect(window.said().at(-1)).toEqual({
      ...{ type: 'unlock-with-shares', shares: ['second', 'first'], newPassphrase: PASSPHRASE },
    });
  });
});
