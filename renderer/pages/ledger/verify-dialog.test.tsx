import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { VerifyStatus } from '../../../shared/ipc/evidence.ts';
import { fakeDoor, refusal } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { VerifyDialog } from './verify-dialog.tsx';

afterEach(cleanup);

const NONE: VerifyStatus = {
  files: { evidence: null, trust: null, older: null },
  ...{ state: 'none', bytes: 0, totalBytes: null, numbers: 0, of: 0, result: null, message: null },
};
const CHOSEN: VerifyStatus = { ...NONE, files: { ...NONE.files, evidence: 'ledger.evidence.jsonl' } };

function shown(status: VerifyStatus, verify: () => unknown = () => status) {
  let current = status;
  const become = (next: VerifyStatus) => {
    current = next;
    return next;
  };
  const fake = fakeDoor({
    channels: {
      'evidence.verifyStatus': () => current,
      'evidence.choose': () => become(CHOSEN),
      'evidence.verify': verify,
      'evidence.cancelVerify': () => become({ ...current, state: 'cancelled' }),
    },
  });
  renderScreen(<VerifyDialog onClose={() => undefined} />, fake);
  return { fake, become };
}

const says = (...texts: string[]) =>
  waitFor(() => {
    for (const text of texts) expect(screen.getByTestId('verify-status').textContent).toContain(text);
  });
const done = (result: NonNullable<VerifyStatus['result']>): VerifyStatus => ({
  ...CHOSEN,
  state: 'done',
  result,
});

describe('the dialog that verifies', () => {
  it('asks for a file without naming one, and verifies nothing before', async () => {
    const t = shown(NONE);
    expect((screen.getByRole('button', { name: 'Verify' }) as HTMLButtonElement).disabled).toBe(true);
    fireEvent.click(screen.getByRole('button', { name: 'Choose: Bundle or checkpoint' }));
    await screen.findByText('ledger.evidence.jsonl');
    expect(t.fake.asked.find(({ channel }) => channel === 'evidence.choose')?.payload).toEqual({
      file: 'evidence',
      act: 'choose',
    });
    await waitFor(() =>
      expect((screen.getByRole('button', { name: 'Verify' }) as HTMLButtonElement).disabled).toBe(false),
    );
  });

  it('shows the figure of a running one, and cancels it', async () => {
    shown({ ...CHOSEN, state: 'running', bytes: 1024, totalBytes: 4096, numbers: 25, of: 100 });
    await says('25 of 100 numbers', '1 KiB of 4 KiB');
    expect(screen.getByRole('progressbar').getAttribute('value')).toBe('1024');
    fireEvent.click(screen.getByRole('button', { name: 'Cancel the verification' }));
    await says('CANCELLED: nothing is known');
  });

  it('says VERIFIED in the words of the command line', async () => {
    shown(done({ verdict: 'verified', exit: 0, words: 'VERIFIED\norigin:     o', firstBad: null }));
    await says('VERIFIED', 'origin:', 'Exit status of the command line: 0, verified by the trust file');
  });

  it('never takes a bundle without a pinned origin for a verified one', async () => {
    shown(done({ verdict: 'consistent', exit: 3, words: 'CONSISTENT, ORIGIN UNVERIFIED', firstBad: null }));
    await says('CONSISTENT, ORIGIN UNVERIFIED', 'command line: 3', 'may be anybody’s');
  });

  it('names the first bad number of one that is refused', async () => {
    shown(
      done({ verdict: 'refused', exit: 1, words: 'NOT VERIFIED: x.\nfirst bad number: 321', firstBad: 321 }),
    );
    await says('NOT VERIFIED', 'First bad number: 321', 'command line: 1');
  });

  it('says why nothing was judged', async () => {
    shown({ ...CHOSEN, state: 'failed', message: 'The verification broke off.' });
    await says('nothing could be judged', 'The verification broke off.');
  });

  it('says that its progress cannot be read, and verifies nothing then', async () => {
    const fake = fakeDoor({
      channels: { 'evidence.verifyStatus': () => refusal('locked', 'The vault is locked.') },
    });
    renderScreen(<VerifyDialog onClose={() => undefined} />, fake);
    const unread = await screen.findByTestId('dialog-unread');
    expect(unread.textContent).toContain('The vault is locked.');
    expect((screen.getByRole('button', { name: 'Verify' }) as HTMLButtonElement).disabled).toBe(true);
  });

  it('says that another one runs', async () => {
    shown(CHOSEN, () => refusal('busy', 'A verification is running.'));
    fireEvent.click(await screen.findByRole('button', { name: 'Verify' }));
    expect((await screen.findByRole('alert')).textContent).toBe('A verification is running.');
  });
});
