import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { refusal } from '../../../tests/fixtures/screen/door.ts';
import { DONE, drawMinting, MADE, TOKEN } from '../../../tests/fixtures/screen/minting.tsx';
import { AT } from '../../../tests/fixtures/screen/samples.ts';
import { leaseWord } from './use-minting.ts';

afterEach(cleanup);

const openBatch = async () => {
  fireEvent.click(await screen.findByRole('button', { name: DONE.batchName }));
  await screen.findByTestId('token-row');
};

describe('minting', () => {
  it('asks nothing of the minting plane until a member has signed in, in another window', async () => {
    const fake = drawMinting('owner', null);
    expect((await screen.findByTestId('signed-out')).querySelector('input')).toBeNull();
    expect(fake.calls('brands.list')).toEqual([]);
    fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    expect((await screen.findAllByTestId('job-row'))[0]?.textContent).toContain('worker-1, fence 7');
  });

  it('says that the sign-in was declined', async () => {
    const fake = drawMinting('owner', null);
    fake.channels['member.signIn'] = () => refusal('declined', 'The window was closed.');
    fireEvent.click(await screen.findByRole('button', { name: 'Sign in' }));
    expect(await screen.findByTestId('signing-declined')).toBeTruthy();
  });

  it('shows a member what a member may do, and why not more', async () => {
    drawMinting('member');
    expect((await screen.findByTestId('brand-role')).textContent).toContain('Orders take owner or admin');
    expect(screen.getByRole('button', { name: 'Order a batch' }).hasAttribute('disabled')).toBe(true);
    await openBatch();
    expect(screen.getByRole('button', { name: 'Void ACME-000001' }).hasAttribute('disabled')).toBe(true);
    const download = await screen.findByRole('button', { name: 'Sign and download' });
    expect(download.hasAttribute('disabled')).toBe(false);
  });

  it('shows the proof of a batch, turns its pages, and voids one token under its own name', async () => {
    const fake = drawMinting();
    await openBatch();
    expect(screen.getByTestId('completeness').textContent).toContain('1,000 of 1,000');
    fireEvent.click(screen.getByRole('button', { name: 'Later' }));
    await waitFor(() =>
      expect(fake.calls('mint.tokens').at(-1)?.query).toEqual({ limit: 50, cursor: 'next-page' }),
    );
    fireEvent.click(await screen.findByRole('button', { name: 'Void ACME-000001' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Sign and void for ever' }));
    expect(fake.calls('mint.void')).toEqual([]);
    fireEvent.change(screen.getByLabelText('Reason'), { target: { value: 'torn' } });
    fireEvent.click(screen.getByRole('button', { name: 'Sign and void for ever' }));
    await screen.findByTestId('act-done');
    expect(fake.calls('mint.void')[0]).toMatchObject({
      params: { token: TOKEN.id },
      body: { serial: 'ACME-000001', reason: 'torn' },
    });
  });

  it('downloads through main and learns only where the file is', async () => {
    const fake = drawMinting();
    await openBatch();
    fireEvent.click(await screen.findByRole('button', { name: 'Sign and download' }));
    expect((await screen.findByTestId('download-saved')).textContent).toContain('/srv/exports/x.csv');
    expect(fake.asked.find(({ channel }) => channel === 'member.download')?.payload).toEqual({
      ...{ exportId: MADE.id, batchName: DONE.batchName },
    });
    expect(fake.calls('mint-exports.link')).toEqual([]);
  });

  it('orders nothing that the service would refuse', async () => {
    const fake = drawMinting();
    fireEvent.click(await screen.findByRole('button', { name: 'Order a batch' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Sign and order' }));
    expect(await screen.findByText('Name the batch.')).toBeTruthy();
    expect(fake.calls('mint.submit')).toEqual([]);
  });

  it('says when a lease has run out', () => {
    const lease = { owner: 'w', expiresAt: AT, fence: '1' };
    expect(leaseWord({ lease }, Date.parse(AT) + 1)).toContain('ran out');
    expect(leaseWord({ lease: null }, 0)).toBe('no worker');
  });
});
