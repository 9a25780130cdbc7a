import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { readRequest, writeApproval } from '../../../shared/http/carried.ts';
import type { Proposal } from '../../../shared/http/proposal.ts';
import { fakeDoor, refusal } from '../../../tests/fixtures/screen/door.ts';
import { BOB, PROOF, PROPOSAL } from '../../../tests/fixtures/screen/proposals.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { AT, ENROLLED, idOf, OPERATOR } from '../../../tests/fixtures/screen/samples.ts';
import { textIn } from '../parts/qr-text.ts';
import { OperatorsPage } from './page.tsx';

afterEach(cleanup);

const CARRIED = {
  idempotencyKey: 'idem-0001',
  card: 'c'.repeat(64),
  signatureInput: 'sallyport=()',
  signature: 'sallyport=:AA:',
};
const SECOND = { ...PROPOSAL.proposed, operatorId: OPERATOR.id, name: 'Mara', carriedBy: 'Bob' };
const EXECUTED: Proposal = {
  ...PROPOSAL,
  ...{ state: 'executed', approved: SECOND, closedAt: AT, subject: idOf('key', 7) },
};
const approvalOf = ({ id, digest }: Pick<Proposal, 'id' | 'digest'>) =>
  writeApproval({ id, digest, approval: CARRIED });

async function opened(more: Parameters<typeof fakeDoor>[0] = {}) {
  const fake = fakeDoor({
    ...more,
    routes: {
      'operators.list': () => ({ operators: [OPERATOR, BOB] }),
      'proposals.list': () => ({ proposals: [PROPOSAL], nextCursor: null }),
      'proposals.get': () => ({ proposal: PROPOSAL, proof: PROOF }),
      'proposals.deliver': () => ({ proposal: EXECUTED, eventId: idOf('evt', 1) }),
      ...more.routes,
    },
  });
  renderScreen(<OperatorsPage />, fake);
  const row = await screen.findByTestId('proposal-row');
  fireEvent.click(within(row).getByRole('button', { name: 'By file…' }));
  return { fake, dialog: await screen.findByTestId('carry-proposal') };
}

async function take(dialog: HTMLElement, text: string, key: object = { key: 'Enter', ctrlKey: true }) {
  const field = await within(dialog).findByRole('textbox', { name: 'Approval that you received' });
  fireEvent.change(field, { target: { value: text } });
  const button = within(dialog).getByRole<HTMLButtonElement>('button', { name: 'Take the approval' });
  await waitFor(() => expect(button.disabled).toBe(false));
  fireEvent.keyDown(field, key);
}

/** What a camera reads from a symbol on the screen. */
function readSymbol(symbol: Element): string | null {
  const across = Number(symbol.getAttribute('viewBox')?.split(' ')[2]);
  const width = across * 4;
  const data = new Uint8ClampedArray(width * width * 4).fill(255);
  const dark = [...(symbol.querySelector('path')?.getAttribute('d') ?? '').matchAll(/M(\d+) (\d+)h/g)];
  for (const [, x, y] of dark)
    for (let i = 0; i < 16; i += 1) {
      const at = (Number(y) * 4 + (i >> 2)) * width + Number(x) * 4 + (i & 3);
      data.fill(0, at * 4, at * 4 + 3);
    }
  return textIn({ width, height: width, data });
}

describe('a proposal that goes to a second person elsewhere', () => {
  it('is shown as a code that another console reads, and saved by main, which is told its id alone', async () => {
    const { fake, dialog } = await opened({
      channels: { 'operators.saveProposal': () => ({ path: '/media/stick/proposal.json' }) },
    });
    const symbol = await within(dialog).findByRole('img', { name: 'The proposal as a QR code' });
    expect(readRequest(readSymbol(symbol) ?? '')).toMatchObject({
      id: PROPOSAL.id,
      content: PROPOSAL.content,
      proof: PROOF,
    });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Save as a file…' }));
    expect(await within(dialog).findByText('Saved: /media/stick/proposal.json')).toBeTruthy();
    expect(fake.asked.find(({ channel }) => channel === 'operators.saveProposal')?.payload).toEqual({
      id: PROPOSAL.id,
    });
  });

  it('too long for a code goes by file', async () => {
    const body = JSON.stringify({ note: 'n'.repeat(2_000) });
    const long = { ...PROPOSAL, content: { ...PROPOSAL.content, body } };
    const { dialog } = await opened({
      routes: { 'proposals.get': () => ({ proposal: long, proof: PROOF }) },
    });
    expect(await within(dialog).findByText(/too long for a QR code/)).toBeTruthy();
  });
});

describe('an approval that came back', () => {
  it('is taken by keyboard alone, and brought to the service for what it is', async () => {
    const { fake, dialog } = await opened();
    await take(dialog, approvalOf(PROPOSAL), { key: 'Enter' });
    expect(fake.calls('proposals.deliver')).toEqual([]);
    await take(dialog, approvalOf(PROPOSAL));
    expect((await screen.findByTestId('carry-done')).textContent).toContain('Approved by Mara');
    expect(fake.calls('proposals.deliver')).toEqual([
      {
        route: 'proposals.deliver',
        params: { id: PROPOSAL.id },
        body: { route: 'limits.raise', digest: PROPOSAL.digest, approval: CARRIED },
      },
    ]);
  });

  it.each([
    ['of another proposal', approvalOf({ ...PROPOSAL, id: idOf('prp', 2) }), 'another proposal'],
    ['of another content', approvalOf({ ...PROPOSAL, digest: 'd'.repeat(64) }), 'another proposal'],
    ['cut off', approvalOf(PROPOSAL).slice(0, -20), 'a part of it is missing'],
    ['that is the proposal itself', '{"format":"sallyport-proposal"}', 'no approval'],
  ])('%s is not brought', async (_what, text, why) => {
    const { fake, dialog } = await opened();
    await take(dialog, text);
    expect((await within(dialog).findByRole('alert')).textContent).toContain(why);
    expect(fake.calls('proposals.deliver')).toEqual([]);
  });

  it('that the service refuses is said in its words', async () => {
    const message = 'whoever proposed it cannot approve it, with whatever key';
    const { dialog } = await opened({
      routes: { 'proposals.deliver': () => refusal('request-failed', message) },
    });
    await take(dialog, approvalOf(PROPOSAL));
    expect((await within(dialog).findByRole('alert')).textContent).toBe(message);
  });

  it('is brought by no reviewer', async () => {
    const reviewer = { ...ENROLLED, operator: { id: idOf('opr', 3), name: 'Rita', role: 'reviewer' } };
    const { dialog } = await opened({ channels: { 'enrolment.status': () => reviewer } });
    expect(await within(dialog).findByText(/reviewer/)).toBeTruthy();
    const button = await within(dialog).findByRole<HTMLButtonElement>('button', {
      name: 'Take the approval',
    });
    expect(button.disabled).toBe(true);
  });
});

describe('the console of the second person', () => {
  it('opens its trusted window while no service answers', async () => {
    const fake = fakeDoor({
      routes: { 'operators.list': () => refusal('service-down', 'Down.') },
      channels: { 'custody.act': () => refusal('request-failed', 'Another step waits.') },
    });
    renderScreen(<OperatorsPage />, fake);
    fireEvent.click(await screen.findByRole('button', { name: 'Approve from a file…' }));
    expect(await screen.findByText('Another step waits.')).toBeTruthy();
    expect(fake.asked.find(({ channel }) => channel === 'custody.act')?.payload).toEqual({
      act: 'approve-proposal',
    });
  });
});
