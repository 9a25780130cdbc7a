import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { refusal } from '../../../tests/fixtures/screen/door.ts';
import { DONE, drawMinting, jobOf, TOKEN } from '../../../tests/fixtures/screen/minting.tsx';
import { AT, idOf } from '../../../tests/fixtures/screen/samples.ts';

afterEach(cleanup);

const press = (name: string | RegExp) => fireEvent.click(screen.getByRole('button', { name }));
const fill = (label: string, value: string) =>
  fireEvent.change(screen.getByLabelText(label), { target: { value } });
const openBatch = async () => {
  fireEvent.click(await screen.findByRole('button', { name: DONE.batchName }));
  await screen.findByTestId('token-row');
};
const MEMBER = idOf('acc', 2);
const brand = { params: { brand: idOf('brd', 1) } };

describe('a brand', () => {
  it('is created by whoever belongs to none yet, and is shown from then on', async () => {
    const fake = drawMinting();
    const brands: object[] = [];
    const made = { id: idOf('brd', 7), name: 'Nordwind', createdAt: AT, role: 'owner' };
    fake.routes['brands.list'] = () => ({ brands, nextCursor: null });
    fake.routes['brands.create'] = () => {
      brands.push(made);
      return { brand: made, eventId: idOf('evt', 7) };
    };
    await screen.findByTestId('no-brands');
    press('Create a brand');
    fireEvent.click(await screen.findByRole('button', { name: 'Sign and create' }));
    expect(screen.getByText('Name the brand.')).toBeTruthy();
    expect(fake.calls('brands.create')).toEqual([]);
    fill('Name', ' Nordwind ');
    press('Sign and create');
    await screen.findByTestId('brand-done');
    press('Done');
    expect((await screen.findByTestId('brand-role')).textContent).toContain('owner');
    expect(fake.calls('brands.create')[0]?.body).toEqual({ name: 'Nordwind' });
  });

  it('gets a member by the identifier or the e-mail address of an account, in a role that is spelt out', async () => {
    const fake = drawMinting();
    const added = {
      member: { accountId: idOf('acc', 3), role: 'admin', addedAt: AT },
      eventId: idOf('evt', 8),
    };
    fake.routes['brands.addMember'] = () => added;
    await screen.findAllByTestId('member-row');
    press('Add a member');
    await screen.findByTestId('member-form');
    for (const typed of ['mina', 'acc_1', '@example.org']) {
      fill('Account', typed);
      press('Sign and add');
      expect(screen.getByText(/acc_ and 26 characters, or by an e-mail/)).toBeTruthy();
    }
    expect(fake.calls('brands.addMember')).toEqual([]);
    fill('Account', ` ${idOf('acc', 3)} `);
    fill('Role', 'admin');
    press('Sign and add');
    const done = async () => (await screen.findByTestId('member-done')).textContent;
    expect(await done()).toContain('orders and voids, and exports');
    press('Done');
    press('Add a member');
    fill('Account', ' mina@example.org ');
    press('Sign and add');
    expect(await done()).toContain(`${idOf('acc', 3)} as member: Sees batches`);
    const sent = (account: object, role: string) => ({
      ...{ route: 'brands.addMember', ...brand },
      body: { brandName: 'Acme', ...account, role },
    });
    expect(fake.calls('brands.addMember')).toEqual([
      sent({ accountId: idOf('acc', 3) }, 'admin'),
      sent({ email: 'mina@example.org' }, 'member'),
    ]);
  });

  it('changes a role and removes a member, and keeps its only owner', async () => {
    const fake = drawMinting();
    fake.routes['brands.removeMember'] = () => refusal('request-failed', 'a brand keeps an owner');
    fake.routes['brands.changeRole'] = () => ({
      ...{ member: { accountId: MEMBER, role: 'owner', addedAt: AT }, eventId: idOf('evt', 9) },
    });
    const [owner, member] = await screen.findAllByTestId('member-row');
    const own = within(owner as HTMLElement).getByRole('button', { name: /^Remove/ });
    expect([own.hasAttribute('disabled'), own.title]).toEqual([
      true,
      expect.stringContaining('keeps an owner'),
    ]);
    fireEvent.click(within(member as HTMLElement).getByRole('button', { name: /^Change the role/ }));
    press('Sign and change');
    expect(screen.getByText('The account is member already.')).toBeTruthy();
    fill('Role', 'owner');
    press('Sign and change');
    await screen.findByTestId('member-done');
    expect(fake.calls('brands.changeRole')[0]?.body).toEqual({
      ...{ brandName: 'Acme', accountId: MEMBER, role: 'owner' },
    });
    press('Done');
    press(`Remove ${MEMBER}`);
    press('Sign and remove');
    expect((await screen.findByTestId('signing-request-failed')).textContent).toContain('keeps an owner');
  });

  it('says to whoever is no owner why the members stay as they are', async () => {
    drawMinting('admin');
    await screen.findAllByTestId('member-row');
    expect(screen.getByTestId('members').textContent).toContain(
      'Your role in this brand is admin. Only an owner',
    );
    for (const name of ['Add a member', `Remove ${MEMBER}`, `Change the role of ${MEMBER}`])
      expect(screen.getByRole('button', { name }).hasAttribute('disabled')).toBe(true);
  });
});

describe('a batch', () => {
  it('shows how many tokens are in which state, and only those of one', async () => {
    const fake = drawMinting();
    await openBatch();
    expect((await screen.findByTestId('counts')).textContent).toBe(
      '1,000 tokensissued 700active 290voided 10',
    );
    fireEvent.click(screen.getByRole('button', { name: 'Later' }));
    fake.routes['mint.tokens'] = () => ({ tokens: [], nextCursor: null });
    fill('Tokens shown', 'voided');
    expect((await screen.findByTestId('no-tokens')).textContent).toContain('is voided');
    expect(fake.calls('mint.tokens').at(-1)?.query).toEqual({ limit: 50, state: 'voided' });
  });

  it('activates a token by hand where the batch says so, and re-issues a voided one', async () => {
    const fake = drawMinting();
    const manual = { ...TOKEN, activation: 'manual' };
    fake.routes['mint.tokens'] = () => ({ tokens: [manual], nextCursor: null });
    fake.routes['mint.activate'] = () => ({
      token: { ...manual, state: 'active', activatedAt: AT },
      eventId: idOf('evt', 1),
    });
    await openBatch();
    press('Activate ACME-000001');
    press('Sign and activate');
    await screen.findByTestId('act-done');
    expect(fake.calls('mint.activate')[0]).toMatchObject({
      ...{ params: { token: TOKEN.id }, body: { serial: 'ACME-000001' } },
    });
    press('Done');
    const voided = { ...manual, state: 'voided', voidedAt: AT };
    fake.routes['mint.tokens'] = () => ({ tokens: [voided], nextCursor: null });
    expect(await screen.findByRole('button', { name: 'Re-issue ACME-000001' })).toBeTruthy();
  });

  it('is exported as a list of all of it, or as a sheet of a part of it', async () => {
    const fake = drawMinting();
    const made = { ...(fake.routes['mint-exports.list']?.({ route: '' }) as { exports: object[] }) }
      .exports[0];
    fake.routes['mint-exports.create'] = () => ({ export: made });
    await openBatch();
    press('Export the batch');
    await screen.findByTestId('export-form');
    expect(screen.queryByLabelText('From position')).toBeNull();
    // Nothing of it was re-issued: there is nothing to choose.
    expect(screen.queryByLabelText('Holds')).toBeNull();
    fill('File', 'pdf');
    fill('From position', '1001');
    expect(screen.getByText('A position from 1 to 1,000.')).toBeTruthy();
    fill('From position', '901');
    expect(screen.getByText('From 1 to 100 from there.')).toBeTruthy();
    press('Sign and export');
    expect(fake.calls('mint-exports.create')).toEqual([]);
    fill('Codes', '100');
    press('Sign and export');
    await screen.findByTestId('export-done');
    expect(fake.calls('mint-exports.create')[0]?.body).toEqual({
      ...{ brandId: idOf('brd', 1), jobId: DONE.id, format: 'pdf', first: 901, rows: 100 },
    });
  });

  it('is exported as its re-issued tokens alone, when there are some', async () => {
    const fake = drawMinting();
    const made = { ...(fake.routes['mint-exports.list']?.({ route: '' }) as { exports: object[] }) }
      .exports[0];
    fake.routes['mint-exports.create'] = () => ({ export: made });
    fake.routes['mint.jobs'] = () => ({ jobs: [{ ...DONE, reissued: 3 }], nextCursor: null });
    await openBatch();
    press('Export the batch');
    await screen.findByTestId('export-form');
    fill('Holds', 'reissued');
    expect(screen.getByText(/take the place of voided ones/)).toBeTruthy();
    press('Sign and export');
    await screen.findByTestId('export-done');
    expect(fake.calls('mint-exports.create')[0]?.body).toEqual({
      ...{ brandId: idOf('brd', 1), jobId: DONE.id, format: 'jsonl', first: 1001 },
    });
  });

  it('is ordered with its product, whose GTIN has the digit that belongs to it', async () => {
    const fake = drawMinting();
    fake.routes['mint.submit'] = () => ({ job: jobOf(3), eventId: idOf('evt', 3) });
    fireEvent.click(await screen.findByRole('button', { name: 'Order a batch' }));
    await screen.findByTestId('submit-form');
    for (const [label, value] of [
      ['Batch', 'Autumn'],
      ['Quantity', '10'],
      ['Serial pattern', 'ACME-AUTUMN-{n:9}'],
      ['Product', 'Tea'],
      ['GTIN', '4006381333932'],
      ['More about it', 'http://example.org'],
    ] as const)
      fill(label, value);
    press('Sign and order');
    for (const said of [/check digit would be 1, not 2/, /An https address/])
      expect(screen.getByText(said)).toBeTruthy();
    fill('GTIN', '4006381333931');
    expect(screen.getByText(/^Serials of a product with a GTIN/)).toBeTruthy();
    fill('Serial pattern', 'ACME-{n:9}');
    fill('More about it', '');
    fill('First number', '500');
    press('Sign and order');
    await screen.findByTestId('submit-done');
    await waitFor(() =>
      expect(fake.calls('mint.submit')[0]?.body).toEqual({
        ...{ brandId: idOf('brd', 1), batchName: 'Autumn', quantity: 10, serialPattern: 'ACME-{n:9}' },
        ...{ firstNumber: 500, activation: 'first_scan', product: { name: 'Tea', gtin: '4006381333931' } },
      }),
    );
  });
});
