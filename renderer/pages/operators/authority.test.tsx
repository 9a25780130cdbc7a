import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { AccessReviewState } from '../../../shared/http/access-review.ts';
import { NO_ADMINISTRATOR_LEFT, type Operator } from '../../../shared/http/operators.ts';
import { fakeDoor, refusal } from '../../../tests/fixtures/screen/door.ts';
import { ACCESS, BOB, PROPOSAL } from '../../../tests/fixtures/screen/proposals.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { AT, HASH, idOf, KEY_ID, OPERATOR } from '../../../tests/fixtures/screen/samples.ts';
import { OperatorsPage } from './page.tsx';

afterEach(cleanup);

const CAROL: Operator = {
  ...BOB,
  id: idOf('opr', 3),
  name: 'Carol',
  role: 'administrator',
  keyId: 'C'.repeat(43),
};

type Routes = NonNullable<NonNullable<Parameters<typeof fakeDoor>[0]>['routes']>;

function show(operators: readonly Operator[], routes: Routes = {}) {
  const fake = fakeDoor({
    routes: {
      'operators.list': () => ({ operators }),
      'proposals.list': () => ({ proposals: [], nextCursor: null }),
      'access.state': () => ACCESS,
      ...routes,
    },
    channels: { 'operators.inviteLocal': () => ({ path: '/srv/tool.json', expiresAt: AT }) },
  });
  renderScreen(<OperatorsPage />, fake);
  return fake;
}
const clickIn = async (name: string, button: string) => {
  const rows = await screen.findAllByTestId('operator-row');
  const row = rows.find(({ textContent }) => textContent?.includes(name)) as HTMLElement;
  const found = within(row).getByRole<HTMLButtonElement>('button', { name: button });
  await waitFor(() => expect(found.disabled).toBe(false));
  fireEvent.click(found);
};

describe('revoking an operator', () => {
  const revoked = {
    operator: { ...BOB, state: 'revoked', revokedAt: AT, revokedReason: 'x' },
    eventId: idOf('evt', 1),
  };

  it('asks why, waits for nobody, and says what it destroys', async () => {
    const fake = show([OPERATOR, BOB], { 'operators.revoke': () => revoked });
    await clickIn('Bob', 'Revoke');
    const dialog = await screen.findByTestId('revoke-operator');
    expect(dialog.textContent).toContain('It waits for no second person');
    expect(dialog.textContent).not.toContain(NO_ADMINISTRATOR_LEFT);
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and revoke Bob' }));
    expect(dialog.textContent).toContain('Say why');
    fireEvent.change(within(dialog).getByLabelText('Reason'), { target: { value: 'lost' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and revoke Bob' }));
    expect((await screen.findByTestId('revoke-operator-done')).textContent).toContain(
      'signs nothing any more',
    );
    expect(fake.calls('operators.revoke')).toEqual([
      { route: 'operators.revoke', params: { id: BOB.id }, body: { reason: 'lost' } },
    ]);
  });

  it('of the last administrator says so, and signs that it said so', async () => {
    const fake = show([OPERATOR, BOB], { 'operators.revoke': () => refusal('declined', 'Declined.') });
    await clickIn('Mara', 'Revoke');
    const dialog = await screen.findByTestId('revoke-operator');
    expect(dialog.textContent).toContain(NO_ADMINISTRATOR_LEFT);
    fireEvent.change(within(dialog).getByLabelText('Reason'), { target: { value: 'leaving' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and revoke Mara' }));
    await screen.findByTestId('signing-declined');
    expect(fake.calls('operators.revoke')[0]?.body).toEqual({
      reason: 'leaving',
      consequence: NO_ADMINISTRATOR_LEFT,
    });
    cleanup();
    show([OPERATOR, CAROL]);
    await clickIn('Mara', 'Revoke');
    expect((await screen.findByTestId('revoke-operator')).textContent).not.toContain(NO_ADMINISTRATOR_LEFT);
  });

  it('is over for a retired key, which stays in the list', async () => {
    show([OPERATOR, { ...BOB, state: 'revoked', revokedAt: AT, revokedReason: 'lost' }]);
    const rows = await screen.findAllByTestId('operator-row');
    const retired = rows.find(({ textContent }) => textContent?.includes('Bob')) as HTMLElement;
    expect(retired.textContent).toContain('retired');
    expect(within(retired).queryByRole('button', { name: 'Revoke' })).toBeNull();
    expect(within(retired).getByTestId('fingerprint')).toBeTruthy();
  });
});

describe('another role', () => {
  it('is proposed, and nothing has changed yet', async () => {
    const fake = show([OPERATOR, BOB], {
      'operators.changeRole': () => ({ proposal: PROPOSAL, eventId: idOf('evt', 1) }),
    });
    await clickIn('Bob', 'Change role');
    const dialog = await screen.findByTestId('change-role');
    fireEvent.change(within(dialog).getByLabelText('New role'), { target: { value: 'custodian' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and propose' }));
    expect((await screen.findByTestId('change-role-done')).textContent).toContain('Nothing has changed yet');
    expect(fake.calls('operators.changeRole')).toEqual([
      { route: 'operators.changeRole', params: { id: BOB.id }, body: { role: 'custodian' } },
    ]);
  });

  it('needs a second operator, and says so', async () => {
    show([OPERATOR], {
      'operators.changeRole': () =>
        refusal('request-failed', 'this takes a second operator who is responder'),
    });
    await clickIn('Mara', 'Change role');
    const dialog = await screen.findByTestId('change-role');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and propose' }));
    expect((await screen.findByTestId('signing-request-failed')).textContent).toContain('second operator');
  });
});

describe('a local invitation beside two operators', () => {
  it('says before and after that it leads to a proposal', async () => {
    show([OPERATOR, BOB]);
    const button = await screen.findByRole<HTMLButtonElement>('button', { name: 'Invite a local tool' });
    await waitFor(() => expect(button.disabled).toBe(false));
    fireEvent.click(button);
    const dialog = await screen.findByTestId('invite-local');
    expect(within(dialog).getByTestId('invitation-takes-two').textContent).toContain('becomes a proposal');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and invite' }));
    const done = await screen.findByTestId('invited');
    expect(within(done).getByTestId('invitation-takes-two').textContent).toContain('Pending proposals');
  });

  it('says nothing of the kind for the first tool', async () => {
    show([OPERATOR]);
    const button = await screen.findByRole<HTMLButtonElement>('button', { name: 'Invite a local tool' });
    await waitFor(() => expect(button.disabled).toBe(false));
    fireEvent.click(button);
    await screen.findByTestId('invite-local');
    expect(screen.queryByTestId('invitation-takes-two')).toBeNull();
  });
});

describe('the access review', () => {
  const review = {
    id: idOf('rev', 1),
    at: AT,
    operatorId: OPERATOR.id,
    name: 'Mara',
    keyId: KEY_ID,
    digest: HASH,
    rows: 2,
  };
  const openSigning = async () => {
    const button = await screen.findByRole<HTMLButtonElement>('button', { name: 'Sign this review' });
    await waitFor(() => expect(button.disabled).toBe(false));
    fireEvent.click(button);
    return screen.findByTestId('sign-access');
  };

  it('shows who can do what, since when, last used, and what was never used', async () => {
    show([OPERATOR, BOB]);
    const [first, second] = await screen.findAllByTestId('access-row');
    expect(first?.textContent).toContain('changeRole, invite, revoke');
    expect(first?.textContent).toContain('2026-11-20');
    expect(second?.textContent).toContain('never used');
    expect(screen.getByTestId('access-due').textContent).toContain('due in');
    expect(screen.getByTestId('no-reviews')).toBeTruthy();
  });

  it('is signed by the digest of the rows shown when it was opened', async () => {
    let state: AccessReviewState = ACCESS;
    const fake = show([OPERATOR, BOB], {
      'access.state': () => state,
      'access.sign': () => ({ review, eventId: idOf('evt', 1) }),
    });
    const dialog = await openSigning();
    expect(dialog.textContent).toContain('2 rows about 2 people');
    // What the service says meanwhile does not slip under the signature.
    state = { ...ACCESS, rows: ACCESS.rows.slice(1), digest: 'f'.repeat(64) };
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign the review' }));
    expect((await screen.findByTestId('sign-access-done')).textContent).toContain('2 rows');
    expect(fake.calls('access.sign')).toEqual([{ route: 'access.sign', body: { digest: HASH, rows: 2 } }]);
  });

  it('that changed meanwhile is refused in words', async () => {
    show([OPERATOR, BOB], {
      'access.sign': () =>
        refusal('request-failed', 'who can do what has changed since these rows were read'),
    });
    const dialog = await openSigning();
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign the review' }));
    expect((await screen.findByTestId('signing-request-failed')).textContent).toContain('has changed since');
  });

  it('lists past reviews with who and when, and shouts when one is overdue', async () => {
    const dueAt = '2026-01-01T00:00:00.000Z';
    show([OPERATOR, BOB], { 'access.state': () => ({ ...ACCESS, dueAt, overdue: true, reviews: [review] }) });
    expect((await screen.findByTestId('access-overdue')).textContent).toContain('overdue by');
    const row = screen.getByTestId('access-review-row');
    expect(row.textContent).toContain('Mara');
    expect(row.textContent).toContain(HASH.slice(0, 16));
  });
});
