import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { MintJob } from '../../../shared/http/mint-jobs.ts';
import type { BrandRole } from '../../../shared/http/minting.ts';
import { fakeDoor, refusal } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { AT, HASH, idOf } from '../../../tests/fixtures/screen/samples.ts';
import { MintingPage } from './page.tsx';
import { leaseWord } from './use-minting.ts';

afterEach(cleanup);

const jobOf = (n: number, change: Partial<MintJob> = {}): MintJob => ({
  ...{ id: idOf('mjb', n), brandId: idOf('brd', 1), batchName: `Spring ${n}`, quantity: 1000 },
  ...{ serialPattern: 'ACME-{n:6}', firstNumber: 1, activation: 'first_scan', product: { name: 'Tea' } },
  ...{ state: 'running', done: 250, reissued: 0, root: null, failure: null, createdBy: idOf('acc', 1) },
  lease: { owner: 'worker-1', expiresAt: '2999-01-01T00:00:00.000Z', fence: '7' },
  ...{ createdAt: AT, finishedAt: null },
  ...change,
});
const DONE = jobOf(2, { state: 'completed', done: 1000, lease: null, root: HASH, finishedAt: AT });

const token = {
  ...{ id: idOf('mtk', 1), jobId: DONE.id, position: 1, serial: 'ACME-000001', codeHash: HASH },
  ...{ activation: 'first_scan', state: 'issued', activatedAt: null, voidedAt: null, replacedBy: null },
};
const made = {
  ...{ id: idOf('mex', 1), brandId: idOf('brd', 1), jobId: DONE.id, format: 'csv', first: 1, rows: 1000 },
  ...{ state: 'ready', done: 1000, attempts: 1, problem: null, bytes: 4096, sha256: HASH },
  ...{ requestedBy: idOf('acc', 1), createdAt: AT, finishedAt: AT },
};

function draw(role: BrandRole = 'owner', who: string | null = 'mina@example.org') {
  let signedIn = who;
  const fake = fakeDoor({
    routes: {
      'brands.list': () => ({
        brands: [{ id: idOf('brd', 1), name: 'Acme', createdAt: AT, role }],
        nextCursor: null,
      }),
      'mint.jobs': () => ({ jobs: [jobOf(1), DONE], nextCursor: null }),
      'mint.tokens': ({ query }) => ({ tokens: [token], nextCursor: query?.cursor ? null : 'next-page' }),
      'mint.events': () => ({ events: [], nextCursor: null }),
      'mint-exports.list': () => ({ exports: [made], nextCursor: null }),
      'mint.void': () => ({ token: { ...token, state: 'voided', voidedAt: AT }, eventId: idOf('evt', 1) }),
      'mint.pause': () => ({ job: jobOf(1, { state: 'paused' }), eventId: idOf('evt', 2) }),
    },
    channels: {
      'member.status': () => ({ who: signedIn }),
      'member.signIn': () => {
        signedIn = 'mina@example.org';
        return { who: signedIn };
      },
      'member.download': () => ({ state: 'saved', path: '/srv/exports/x.csv', bytes: 4096, sha256: HASH }),
    },
  });
  renderScreen(<MintingPage />, fake);
  return fake;
}
const openBatch = async () => {
  fireEvent.click(await screen.findByRole('button', { name: DONE.batchName }));
  await screen.findByTestId('token-row');
};

describe('minting', () => {
  it('asks nothing of the minting plane until a member has signed in, in another window', async () => {
    const fake = draw('owner', null);
    expect((await screen.findByTestId('signed-out')).querySelector('input')).toBeNull();
    expect(fake.calls('brands.list')).toEqual([]);
    fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    expect((await screen.findAllByTestId('job-row'))[0]?.textContent).toContain('worker-1, fence 7');
  });

  it('says that the sign-in was declined', async () => {
    const fake = draw('owner', null);
    fake.channels['member.signIn'] = () => refusal('declined', 'The window was closed.');
    fireEvent.click(await screen.findByRole('button', { name: 'Sign in' }));
    expect(await screen.findByTestId('signing-declined')).toBeTruthy();
  });

  it('shows a member what a member may do, and why not more', async () => {
    draw('member');
    expect((await screen.findByTestId('brand-role')).textContent).toContain('Orders take owner or admin');
    expect(screen.getByRole('button', { name: 'Order a batch' }).hasAttribute('disabled')).toBe(true);
    await openBatch();
    expect(screen.getByRole('button', { name: 'Void ACME-000001' }).hasAttribute('disabled')).toBe(true);
    const download = await screen.findByRole('button', { name: 'Sign and download' });
    expect(download.hasAttribute('disabled')).toBe(false);
  });

  it('shows the proof of a batch, turns its pages, and voids one token under its own name', async () => {
    const fake = draw();
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
      params: { token: token.id },
      body: { serial: 'ACME-000001', reason: 'torn' },
    });
  });

  it('downloads through main and learns only where the file is', async () => {
    const fake = draw();
    await openBatch();
    fireEvent.click(await screen.findByRole('button', { name: 'Sign and download' }));
    expect((await screen.findByTestId('download-saved')).textContent).toContain('/srv/exports/x.csv');
    expect(fake.asked.find(({ channel }) => channel === 'member.download')?.payload).toEqual({
      ...{ exportId: made.id, batchName: DONE.batchName },
    });
    expect(fake.calls('mint-exports.link')).toEqual([]);
  });

  it('orders nothing that the service would refuse', async () => {
    const fake = draw();
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
