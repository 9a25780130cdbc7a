import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { CorrelationFlag, Overlap, QueuedClaim } from '../../../shared/http/market-admin.ts';
import type { Draw } from '../../../shared/http/market-parts.ts';
import { sha256 } from '../../../shared/ledger/pure-sha256.ts';
import { type Candidate, drawReviewers, hashPool, seedOf } from '../../../shared/market/draw.ts';
import { fakeDoor, never, refusal } from '../../../tests/fixtures/screen/door.ts';
import { PROPOSAL } from '../../../tests/fixtures/screen/proposals.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { AT, ENROLLED, HASH, idOf, NOT_ENROLLED } from '../../../tests/fixtures/screen/samples.ts';
import { heatMap, heatOf } from './heat.ts';
import { ReviewsPage } from './page.tsx';

afterEach(cleanup);

const agent = (n: number) => idOf('agt', n);
const CLAIM_ID = idOf('clm', 1);
const candidate = (n: number, excluded: Candidate['excluded'] = null): Candidate => ({
  ...{ agentId: agent(n), excluded, flagId: excluded === 'flagged' ? idOf('flg', 1) : null },
});
const POOL = [
  ...[candidate(1, 'submitter'), candidate(2, 'creator'), candidate(3, 'flagged'), candidate(4)],
  ...[candidate(5), candidate(6), candidate(7)],
];

function drawOf(change: Partial<Draw> = {}): Draw {
  const seed = seedOf(sha256, HASH, CLAIM_ID);
  const reviewers = drawReviewers(sha256, { seed, pool: POOL, seats: 3 });
  return {
    ...{ round: 0, seats: 3, state: 'drawn', pool: POOL, poolHash: hashPool(sha256, POOL) },
    ...{ judgedAt: AT, anchor: idOf('evt', 1) },
    drawn: { epoch: 1, size: 42, root: HASH, seed, reviewers, at: AT },
    replay: { seed, reviewers, differs: [] },
    ...change,
  };
}

const claimOf = (change: Partial<QueuedClaim> = {}): QueuedClaim => ({
  ...{ id: CLAIM_ID, bountyId: idOf('bty', 1), agentId: agent(1), state: 'submitted' },
  ...{ claimedAt: AT, submitBy: AT, submittedAt: AT, endedAt: null, waiting: null },
  bounty: { title: 'Translate a page', amount: '12.50000000', creator: agent(2), state: 'submitted' },
  reviews: [
    {
      ...{ reviewer: agent(4), round: 0, state: 'approved', assignedAt: AT, decideBy: AT, endedAt: AT },
      reason: 'good',
    },
    {
      ...{ reviewer: agent(5), round: 0, state: 'assigned', assignedAt: AT, decideBy: AT, endedAt: null },
      reason: null,
    },
  ],
  ...change,
});
const FLAG: CorrelationFlag = {
  ...{ id: idOf('flg', 1), agent: agent(1), other: agent(3), source: 'behaviour', reason: 'alike at 0.99' },
  evidence: { score: 0.99, threshold: 0.97 },
  ...{ raisedAt: AT, raisedBy: 'market', liftedAt: null, liftedWhy: null },
};
const pairOf = (change: Partial<Overlap> = {}): Overlap => ({
  ...{ reviewer: agent(4), submitter: agent(1), decisions: 5, approvals: 5, flagged: false },
  ...change,
});

type Script = NonNullable<Parameters<typeof fakeDoor>[0]>;
const ROUTES: NonNullable<Script['routes']> = {
  'market.queue': () => ({ claims: [claimOf()], nextCursor: null }),
  'market.draw': () => ({ draws: [drawOf()] }),
  'market.overlap': () => ({ pairs: [pairOf()] }),
  'market.flags': () => ({ flags: [FLAG], nextCursor: null }),
};

async function full(script: Script = {}) {
  const fake = fakeDoor({ ...script, routes: { ...ROUTES, ...script.routes } });
  renderScreen(<ReviewsPage />, fake);
  await screen.findAllByTestId('claim-row');
  return fake;
}
const show = (name: string) => fireEvent.click(screen.getByRole('button', { name }));
const openDraw = async () => {
  show(`Draw of ${CLAIM_ID}`);
  const detail = await screen.findByTestId('claim-detail');
  await within(detail).findAllByTestId('round');
  return detail;
};
const enabled = async (name: string) => {
  const button = (await screen.findByRole('button', { name })) as HTMLButtonElement;
  await waitFor(() => expect(button.disabled).toBe(false));
  return button;
};
const type = (form: HTMLElement, label: string, value: string) =>
  fireEvent.change(within(form).getByLabelText(label), { target: { value } });

describe('the queue', () => {
  it('shows the state of each claim and of each of its reviewers', async () => {
    await full();
    const row = screen.getByTestId('claim-row');
    for (const text of ['submitted', 'Translate a page', '12.50000000', 'approved', 'reading'])
      expect(row.textContent).toContain(text);
  });

  it('says why a claim waits', async () => {
    const waiting = { for: 'reviewers', alive: 5, eligible: 2, seats: 3, judgedAt: AT } as const;
    await full({
      routes: { 'market.queue': () => ({ claims: [claimOf({ waiting, reviews: [] })], nextCursor: null }) },
    });
    expect(screen.getByTestId('claim-row').textContent).toContain(
      'waits for 3 reviewers: 2 of 5 agents alive may review',
    );
  });

  it('is narrowed by state, and says when nothing is left', async () => {
    const fake = await full();
    fake.routes['market.queue'] = () => ({ claims: [], nextCursor: null });
    show('rejected');
    expect((await screen.findByTestId('empty-claims')).textContent).toContain('No claim is rejected');
    expect(fake.calls('market.queue').at(-1)?.query).toMatchObject({ state: 'rejected' });
  });
});

describe('the draw', () => {
  it('is replayed on the screen, with seed, checkpoint and the reason of every exclusion', async () => {
    await full();
    const detail = await openDraw();
    expect(detail.textContent).toContain('drawn again here: the same reviewers');
    expect(detail.textContent).toContain('size 42');
    expect(within(detail).getByTitle(HASH)).toBeTruthy();
    const rows = within(detail)
      .getAllByTestId('pool-row')
      .map((row) => row.textContent ?? '');
    expect(rows[0]).toContain('made the submission');
    expect(rows[1]).toContain('offers the bounty');
    expect(rows[2]).toContain('flagged with the submitter');
    expect(rows.filter((row) => row.endsWith('drawn') && !row.includes('not'))).toHaveLength(3);
    expect(rows.filter((row) => row.includes('not drawn'))).toHaveLength(1);
  });

  it.each([
    [
      'a pool that was changed',
      { pool: POOL.map((one) => ({ ...one, excluded: null, flagId: null })) },
      'pool',
    ],
    ['a root that the ledger does not have', { replay: { ...drawOf().replay, differs: ['root'] } }, 'root'],
  ])('with %s is told in red', async (_what, change, word) => {
    await full({ routes: { 'market.draw': () => ({ draws: [drawOf(change as Partial<Draw>)] }) } });
    const detail = await openDraw();
    const verdict = within(detail).getByText(/the record does not hold/);
    expect(verdict.textContent).toContain(word);
  });

  it('that waits shows its pool and no seed', async () => {
    const draw = drawOf({ state: 'waiting', anchor: null, drawn: null, replay: null });
    await full({ routes: { 'market.draw': () => ({ draws: [draw] }) } });
    const detail = await openDraw();
    expect(detail.textContent).toContain('waits for reviewers');
    expect(detail.textContent).not.toContain('Seed');
    expect(within(detail).getAllByTestId('pool-row')).toHaveLength(7);
  });
});

describe('the overlap', () => {
  it.each([
    [pairOf(), 'nearly always approves'],
    [pairOf({ approvals: 4 }), 'mixed'],
    [pairOf({ decisions: 2, approvals: 2 }), 'few'],
    [pairOf({ flagged: true }), 'flagged'],
  ])('has a word for each pair', (pair, word) => {
    expect(heatOf(pair).word).toBe(word);
  });

  it('puts the busiest first and leaves the rest out', () => {
    const pairs = Array.from({ length: 20 }, (_, n) => pairOf({ reviewer: agent(n), decisions: n + 1 }));
    const map = heatMap(pairs);
    expect(map.reviewers).toHaveLength(12);
    expect(map.reviewers[0]).toBe(agent(19));
    expect(map.at(agent(19), agent(1))?.decisions).toBe(20);
    expect(map.at(agent(1), agent(19))).toBeUndefined();
  });

  it('shows approvals of decisions and leads to the flag of the pair', async () => {
    const fake = await full({
      routes: {
        'market.flag': () => ({
          flag: { ...FLAG, source: 'manual', evidence: null },
          eventId: idOf('evt', 9),
        }),
      },
    });
    show('Overlap');
    expect((await screen.findByTestId('heat-cell')).textContent).toContain('5 of 5');
    fireEvent.click(await enabled(`Flag ${agent(4)} with ${agent(1)}`));
    const form = await screen.findByTestId('flag-form');
    const sign = within(form).getByRole('button', { name: 'Sign and flag' });
    fireEvent.click(sign);
    expect(form.textContent).toContain('Say why');
    expect(fake.calls('market.flag')).toEqual([]);
    type(form, 'Reason', 'they approve each other');
    expect(within(form).getByTestId('signing-summary').textContent).toContain(agent(4));
    fireEvent.click(sign);
    await screen.findByTestId('flag-done');
    expect(fake.calls('market.flag')).toEqual([
      {
        route: 'market.flag',
        body: { agent: agent(4), other: agent(1), reason: 'they approve each other' },
      },
    ]);
  });
});

describe('flags', () => {
  it('are shown with their figures, and lifting one is proposed by a signature over their names', async () => {
    const fake = await full({
      routes: {
        'market.unflag': () => ({ proposal: PROPOSAL, eventId: idOf('evt', 9) }),
      },
    });
    show('Flags');
    const row = await screen.findByTestId('flag-row');
    expect(row.textContent).toContain('in force');
    expect(within(row).getByTitle(/score 0.99/)).toBeTruthy();
    fireEvent.click(await enabled(`Lift ${FLAG.id}`));
    const form = await screen.findByTestId('lift-form');
    expect(form.textContent).toContain('until a second person approves');
    type(form, 'Reason', 'x');
    fireEvent.click(within(form).getByRole('button', { name: 'Sign and propose' }));
    expect((await screen.findByTestId('lift-done')).textContent).toContain('in force still');
    expect(fake.calls('market.unflag')).toEqual([
      {
        route: 'market.unflag',
        params: { id: FLAG.id },
        body: { agent: agent(1), other: agent(3), reason: 'x' },
      },
    ]);
  });

  it('are for those who may sign them', async () => {
    await full({ channels: { 'enrolment.status': () => NOT_ENROLLED } });
    expect(await screen.findByTestId('enrolment-call')).toBeTruthy();
    expect((screen.getByRole('button', { name: 'Flag two agents' }) as HTMLButtonElement).disabled).toBe(
      true,
    );
    cleanup();
    const responder = { ...ENROLLED, operator: { id: idOf('opr', 1), name: 'R', role: 'responder' } };
    await full({ channels: { 'enrolment.status': () => responder } });
    await enabled('Flag two agents');
    show('Flags');
    const lift = await screen.findByRole('button', { name: `Lift ${FLAG.id}` });
    expect([(lift as HTMLButtonElement).disabled, lift.title]).toEqual([
      true,
      expect.stringContaining('administrator'),
    ]);
  });
});

describe('a bounty', () => {
  it('is cancelled by a signature over its title, and a refusal is told', async () => {
    const fake = await full({
      routes: { 'market.cancel': () => refusal('request-failed', 'this bounty is approved') },
    });
    await openDraw();
    fireEvent.click(await enabled('Cancel this bounty'));
    const form = await screen.findByTestId('cancel-form');
    type(form, 'Reason', 'fraud');
    fireEvent.click(within(form).getByRole('button', { name: 'Sign and cancel the bounty' }));
    expect((await screen.findByTestId('signing-request-failed')).textContent).toContain('is approved');
    expect(fake.calls('market.cancel')[0]).toMatchObject({
      params: { id: idOf('bty', 1) },
      body: { title: 'Translate a page', reason: 'fraud' },
    });
  });
});

describe('what is not there', () => {
  it('is waited for, offline, failed or empty in words', async () => {
    const only = (routes: NonNullable<Script['routes']>) =>
      renderScreen(<ReviewsPage />, fakeDoor({ routes }));
    only({ ...ROUTES, 'market.queue': never });
    expect(screen.getByTestId('skeleton').textContent).toContain('the claims');
    cleanup();
    only({ ...ROUTES, 'market.queue': () => refusal('service-down', 'Down.') });
    expect(await screen.findByTestId('offline')).toBeTruthy();
    cleanup();
    only({ ...ROUTES, 'market.queue': () => refusal('internal', 'It failed.') });
    expect((await screen.findByTestId('error')).textContent).toContain('It failed.');
    cleanup();
    only({
      'market.queue': () => ({ claims: [], nextCursor: null }),
      'market.overlap': () => ({ pairs: [] }),
      'market.flags': () => ({ flags: [], nextCursor: null }),
    });
    expect((await screen.findByTestId('empty-claims')).textContent).toContain('Nobody has taken a bounty');
    show('Overlap');
    await screen.findByTestId('empty-overlap');
    show('Flags');
    await screen.findByTestId('empty-flags');
  });
});
