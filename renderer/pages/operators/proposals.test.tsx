import { cleanup, fireEvent, screen, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { Proposal } from '../../../shared/http/proposal.ts';
import { fakeDoor, never, refusal } from '../../../tests/fixtures/screen/door.ts';
import { BOB, PROPOSAL } from '../../../tests/fixtures/screen/proposals.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { AT, ENROLLED, idOf, OPERATOR } from '../../../tests/fixtures/screen/samples.ts';
import { OperatorsPage } from './page.tsx';

afterEach(cleanup);

const EXECUTED: Proposal = { ...PROPOSAL, state: 'executed', closedAt: AT, subject: idOf('key', 7) };

function show(proposals: readonly Proposal[], more: Parameters<typeof fakeDoor>[0] = {}) {
  const fake = fakeDoor({
    ...more,
    routes: {
      'operators.list': () => ({ operators: [OPERATOR, BOB] }),
      'proposals.list': () => ({ proposals, nextCursor: null }),
      ...more.routes,
    },
  });
  renderScreen(<OperatorsPage />, fake);
  return fake;
}
const openReview = async (name = 'Review and approve') => {
  const row = await screen.findByTestId('proposal-row');
  fireEvent.click(await within(row).findByRole('button', { name }));
  return screen.findByTestId('approve-proposal');
};

describe('a pending proposal', () => {
  it('says what, about what, by whom, and how long it waits', async () => {
    const fake = show([PROPOSAL]);
    const row = await screen.findByTestId('proposal-row');
    expect(row.textContent).toContain('Raise the limit of a key');
    expect(row.textContent).toContain('requestsPerMinute 600');
    expect(row.textContent).toContain(idOf('key', 7));
    expect(row.textContent).toContain('Bob');
    expect(row.textContent).toContain('waits for another person');
    expect(row.textContent).toContain('left');
    expect(fake.calls('proposals.list')[0]?.query).toMatchObject({ state: 'open' });
  });

  it('is read whole, then approved by its id and digest and by nothing else', async () => {
    const fake = show([PROPOSAL], {
      routes: { 'proposals.approve': () => ({ proposal: EXECUTED, eventId: idOf('evt', 1) }) },
    });
    const dialog = await openReview();
    const card = within(dialog).getByTestId('signing-summary').textContent ?? '';
    expect(card).toContain('Approve as the second person');
    expect(card).toContain('600');
    expect(card).toContain('Bob');
    expect(card).toContain('verifies');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign as the second person' }));
    expect((await screen.findByTestId('approve-proposal-done')).textContent).toContain('Both signatures');
    expect(fake.calls('proposals.approve')).toEqual([
      { route: 'proposals.approve', params: { id: PROPOSAL.id }, body: { digest: PROPOSAL.digest } },
    ]);
  });

  it.each([
    ['request-failed', 'whoever proposed it cannot approve it, with whatever key'],
    ['request-failed', 'It was approved and executed already, so there is nothing left to approve.'],
    ['request-failed', 'It was withdrawn, so there is nothing left to approve.'],
    ['request-failed', 'It expired, so there is nothing left to approve.'],
  ] as const)('says a refusal: %s %s', async (code, message) => {
    show([PROPOSAL], { routes: { 'proposals.approve': () => refusal(code, message) } });
    const dialog = await openReview();
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign as the second person' }));
    expect((await screen.findByTestId(`signing-${code}`)).textContent).toContain(message);
  });

  it('waits in words for the signing window, and a decline is said', async () => {
    show([PROPOSAL], { routes: { 'proposals.approve': never } });
    const dialog = await openReview();
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign as the second person' }));
    expect(await screen.findByTestId('signing-waiting')).toBeTruthy();
    cleanup();
    show([PROPOSAL], { routes: { 'proposals.approve': () => refusal('declined', 'Declined.') } });
    const again = await openReview();
    fireEvent.click(within(again).getByRole('button', { name: 'Sign as the second person' }));
    expect((await screen.findByTestId('signing-declined')).textContent).toContain('Nothing was sent.');
  });

  it.each<[string, Proposal, string]>([
    [
      'of this very operator',
      {
        ...PROPOSAL,
        content: { ...PROPOSAL.content, proposer: { ...PROPOSAL.content.proposer, id: OPERATOR.id } },
      },
      'You proposed this',
    ],
    [
      'of the same person under another key',
      {
        ...PROPOSAL,
        content: { ...PROPOSAL.content, proposer: { ...PROPOSAL.content.proposer, name: ' MARA ' } },
      },
      'You proposed this',
    ],
    [
      'whose first signature does not verify',
      { ...PROPOSAL, proposed: { ...PROPOSAL.proposed, valid: false } },
      'does not fit',
    ],
    [
      'that no card can show',
      { ...PROPOSAL, content: { ...PROPOSAL.content, body: 'not JSON' } },
      'cannot show what this would do',
    ],
  ])('%s is shown and not offered', async (_, proposal, why) => {
    const fake = show([proposal]);
    const dialog = await openReview('Read');
    expect((await within(dialog).findByTestId('sign-blocked')).textContent).toContain(why);
    const button = within(dialog).getByRole('button', { name: 'Sign as the second person' });
    expect((button as HTMLButtonElement).disabled).toBe(true);
    expect(fake.calls('proposals.approve')).toEqual([]);
  });

  it('is not for a reviewer', async () => {
    const reviewer = { ...ENROLLED, operator: { id: idOf('opr', 3), name: 'Rita', role: 'reviewer' } };
    show([PROPOSAL], { channels: { 'enrolment.status': () => reviewer } });
    const dialog = await openReview('Read');
    expect((await within(dialog).findByTestId('sign-blocked')).textContent).toContain('reviewer');
  });

  it('is withdrawn with a reason', async () => {
    const withdrawn: Proposal = { ...PROPOSAL, state: 'withdrawn', closedAt: AT, closedReason: 'x' };
    const fake = show([PROPOSAL], {
      routes: { 'proposals.withdraw': () => ({ proposal: withdrawn, eventId: idOf('evt', 1) }) },
    });
    const row = await screen.findByTestId('proposal-row');
    const button = within(row).getByRole<HTMLButtonElement>('button', { name: 'Withdraw' });
    await within(row).findByRole('button', { name: 'Review and approve' });
    fireEvent.click(button);
    const dialog = await screen.findByTestId('withdraw-proposal');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and withdraw' }));
    expect(dialog.textContent).toContain('Say why');
    fireEvent.change(within(dialog).getByLabelText('Reason'), { target: { value: 'not needed' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and withdraw' }));
    expect(await screen.findByTestId('withdraw-proposal-done')).toBeTruthy();
    expect(fake.calls('proposals.withdraw')[0]).toMatchObject({
      params: { id: PROPOSAL.id },
      body: { reason: 'not needed' },
    });
  });
});

describe('the list of proposals', () => {
  it('shows what became of them, with both signatures', async () => {
    const approved = {
      ...PROPOSAL.proposed,
      operatorId: OPERATOR.id,
      name: 'Mara',
      keyState: 'retired' as const,
      carriedBy: 'Bob',
    };
    const fake = show([{ ...EXECUTED, approved }]);
    fireEvent.click(await screen.findByRole('button', { name: 'All' }));
    const row = await screen.findByTestId('proposal-row');
    expect(row.textContent).toContain('executed');
    expect(row.textContent).toContain('Mara');
    expect(row.textContent).toContain('key retired');
    expect(within(row).queryByRole('button', { name: 'Withdraw' })).toBeNull();
    expect(fake.calls('proposals.list').some(({ query }) => query?.state === undefined)).toBe(true);
  });

  it('says that nothing waits, and fails in words', async () => {
    show([]);
    expect((await screen.findByTestId('no-proposals')).textContent).toContain('Nothing waits');
    cleanup();
    show([], { routes: { 'proposals.list': () => refusal('request-failed', 'It failed.') } });
    expect(
      (await within(await screen.findByTestId('proposals')).findByTestId('error')).textContent,
    ).toContain('It failed.');
  });
});
