import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { MirrorStatus } from '../../../shared/ipc/evidence.ts';
import { fakeDoor, refusal } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { MirrorState } from './mirror.tsx';

afterEach(cleanup);

const OFF: MirrorStatus = { state: 'off', folder: null, reach: 0, size: 0, at: null, message: null };

function shown(status: Partial<MirrorStatus> = {}) {
  const now = { ...OFF, ...status };
  const answer = async () => now;
  const fake = fakeDoor({
    channels: {
      'evidence.mirrorStatus': answer,
      'evidence.mirrorChoose': answer,
      'evidence.mirrorNow': answer,
      'evidence.mirrorStop': answer,
    },
  });
  renderScreen(<MirrorState />, fake);
  return fake;
}

describe('the mirror on the ledger’s screen', () => {
  it('is off until a person chooses a folder, of which the page names none', async () => {
    const fake = shown();
    await screen.findByText('no mirror');
    fireEvent.click(screen.getByRole('button', { name: 'Mirror…' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Choose a folder…' }));
    await waitFor(() => expect(fake.asked.map(({ channel }) => channel)).toContain('evidence.mirrorChoose'));
    expect(fake.asked.find(({ channel }) => channel === 'evidence.mirrorChoose')?.payload).toBeUndefined();
    expect(screen.queryByRole('button', { name: 'Stop mirroring' })).toBeNull();
  });

  it('says how far it is, and can be run now or stopped', async () => {
    const fake = shown({
      state: 'waiting',
      folder: '/media/w',
      reach: 700,
      size: 712,
      at: '2030-01-01T00:00:00.000Z',
    });
    await screen.findByText('700 entries');
    fireEvent.click(screen.getByRole('button', { name: 'Mirror…' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Mirror now' }));
    await waitFor(() => expect(fake.asked.map(({ channel }) => channel)).toContain('evidence.mirrorNow'));
    expect(screen.getByTestId('mirror-facts').textContent).toContain('712 entries');
  });

  it('that cannot be read is not known, says why, and is read again on demand', async () => {
    const fake = fakeDoor({
      channels: { 'evidence.mirrorStatus': () => refusal('locked', 'The vault is locked.') },
    });
    renderScreen(<MirrorState />, fake);
    const state = await screen.findByText('not known');
    expect(state.closest('[title]')?.getAttribute('title')).toBe('The vault is locked.');
    fireEvent.click(screen.getByRole('button', { name: 'Mirror…' }));
    const unread = await screen.findByTestId('dialog-unread');
    expect(unread.textContent).toContain('The vault is locked.');
    expect(screen.queryByTestId('mirror-facts')).toBeNull();
    fake.channels['evidence.mirrorStatus'] = () => OFF;
    fireEvent.click(within(unread).getByRole('button', { name: 'Retry' }));
    await screen.findByTestId('mirror-facts');
  });

  it('says why the last round failed', async () => {
    shown({
      state: 'failed',
      folder: '/media/w',
      reach: 700,
      message: 'FORK: the mirror holds another head.',
    });
    await screen.findByText('mirror failed at 700');
    fireEvent.click(screen.getByRole('button', { name: 'Mirror…' }));
    expect((await screen.findByRole('alert')).textContent).toContain('FORK');
  });
});
