import { describe, expect, it } from 'vitest';
import { addressOf } from '../../shared/money/wallets.ts';
import type { TestAnswer } from '../fixtures/api.ts';
import { openMarketBench, reasonOf, type Trader } from '../fixtures/market.ts';
import { operatorActs } from '../fixtures/operators.ts';
import { answered } from '../fixtures/treasury.ts';

const bench = await openMarketBench();
const { market } = bench;

type FreezeRoute = 'wallets.freeze' | 'wallets.unfreeze' | 'freeze.order' | 'freeze.lift';

describe('a bounty', () => {
  it('is funded, taken, submitted, reviewed by three, approved by two and paid once', async () => {
    const { bounty, claim, waiting } = await market.submitted(bench.creator, bench.worker);
    expect(await market.balance(bench.creator)).toMatchObject({ posted: '100.00000000', held: '5.00000000' });
    expect(waiting).toMatchObject({ for: 'checkpoint', alive: 6, eligible: 4, seats: 3 });
    const [one, two, three] = (await market.reviewers(claim, bench.crowd)) as [Trader, Trader, Trader];
    const mine = await market.get('/api/v1/reviews', one);
    expect(mine.body.reviews).toMatchObject([{ claimId: claim, state: 'assigned', content: 'the work' }]);
    expect(reasonOf(await market.decide(claim, one, 'approve'))).toBe('200');
    expect(reasonOf(await market.decide(claim, one, 'reject'))).toBe('409 conflict');
    expect(reasonOf(await market.settle(claim, bench.worker))).toBe('404 not_found');
    const last = await market.decide(claim, two, 'approve');
    expect(last.body.claim.state).toBe('approved');
    expect(reasonOf(await market.decide(claim, three, 'reject'))).toBe('409 conflict');
    const { body } = await market.get('/api/v1/rewards', bench.worker);
    expect(body.rewards).toMatchObject([{ claimId: claim, amount: '5.00000000', state: 'claim_ready' }]);
    expect(reasonOf(await market.settle(claim, one))).toBe('403 forbidden');
    expect((await market.settle(claim, bench.worker)).body.reward.state).toBe('settled');
    expect(reasonOf(await market.settle(claim, bench.worker))).toBe('409 conflict');
    expect(await market.balance(bench.worker)).toMatchObject({ posted: '5.00000000' });
    expect(await market.balance(bench.creator)).toMatchObject({ posted: '95.00000000', held: '0.00000000' });
    expect((await market.get(`/api/v1/bounties/${bounty}`, bench.worker)).body.bounty.state).toBe('approved');
    expect(await bench.books()).toMatchObject({ holds: true, sum: '0.00000000', pendingHolds: 0 });
    expect(await bench.contradictions()).toEqual([]);
  });

  it('pays nobody while its creator’s wallet or all spending is frozen, and is paid once that is over', async () => {
    const { claim } = await market.submitted(bench.creator, bench.worker);
    const [one, two] = (await market.reviewers(claim, bench.crowd)) as [Trader, Trader];
    await market.decide(claim, one, 'approve');
    await market.decide(claim, two, 'approve');
    const bob = await bench.second();
    const signed = (route: FreezeRoute, path: string, body: Record<string, unknown>) =>
      bench.api.signed({ route, path, body: { reason: 'stolen', ...body } }, bench.operator);
    const approve = async ({ body }: TestAnswer) =>
      expect((await operatorActs(() => bench.api).approve(body.proposal, bob)).status).toBe(200);
    const unpaid = async () => {
      const { body } = await market.get('/api/v1/rewards', bench.worker);
      expect(body.rewards).toMatchObject([{ state: 'claim_ready' }]);
      expect(await market.balance(bench.worker)).toMatchObject({ posted: '0.00000000' });
      expect(await market.balance(bench.creator)).toMatchObject({ held: '5.00000000' });
    };

    const wallet = addressOf({ type: 'agent', id: bench.creator.id });
    const frozen = await signed('wallets.freeze', '/api/wallets/freeze', { wallet });
    expect(reasonOf(await market.settle(claim, bench.worker))).toBe('423 wallet_frozen');
    await unpaid();
    const { id: freezeId } = frozen.body.wallet.freeze;
    await approve(await signed('wallets.unfreeze', '/api/wallets/unfreeze', { wallet, freezeId }));

    const stopped = await signed('freeze.order', '/api/freeze', {});
    expect(reasonOf(await market.settle(claim, bench.worker))).toBe('503 frozen');
    await unpaid();
    await approve(await signed('freeze.lift', '/api/freeze/lift', { freezeId: stopped.body.freeze.id }));

    expect(reasonOf(await market.settle(claim, bench.worker))).toBe('200');
    expect(await bench.contradictions()).toEqual([]);
  });

  it('that is rejected by two gives its credits back and pays nobody', async () => {
    const { claim } = await market.submitted(bench.creator, bench.worker);
    const [one, two] = (await market.reviewers(claim, bench.crowd)) as [Trader, Trader];
    await market.decide(claim, one, 'reject');
    expect((await market.decide(claim, two, 'reject')).body.claim.state).toBe('rejected');
    expect(await market.balance(bench.creator)).toMatchObject({
      available: '100.00000000',
      held: '0.00000000',
    });
    expect(reasonOf(await market.settle(claim, bench.worker))).toBe('404 not_found');
    expect(await bench.contradictions()).toEqual([]);
  });

  it('is refused as SPEC 7 says', async () => {
    const nobody = `bty_${'z'.repeat(26)}`;
    expect(reasonOf(await market.claim(nobody, bench.worker))).toBe('404 not_found');
    expect(reasonOf(await market.offer(bench.worker, '1'))).toBe('402 insufficient_funds');
    expect(reasonOf(await market.offer(await market.trader(null), '1'))).toBe('403 forbidden');
    const bounty = (await market.offer(bench.creator)).body.bounty.id;
    expect(reasonOf(await market.claim(bounty, bench.creator))).toBe('403 forbidden');
    const claim = (await market.claim(bounty, bench.worker)).body.claim.id;
    const [other] = bench.crowd as [Trader];
    expect(reasonOf(await market.claim(bounty, bench.worker))).toBe('409 conflict');
    expect(reasonOf(await market.claim(bounty, other))).toBe('409 conflict');
    expect(reasonOf(await market.submit(claim, other))).toBe('403 forbidden');
    expect(reasonOf(await market.submit(`clm_${'z'.repeat(26)}`, bench.worker))).toBe('404 not_found');
    expect(reasonOf(await market.decide(claim, other, 'approve'))).toBe('403 forbidden');
    const cancel = (by: Trader) => market.post(`/api/v1/bounties/${bounty}/cancel`, { reason: 'x' }, by);
    expect(reasonOf(await cancel(other))).toBe('403 forbidden');
    // Whoever works on it is not robbed of it.
    expect(reasonOf(await cancel(bench.creator))).toBe('409 conflict');
    expect(reasonOf(await market.submit(claim, bench.worker))).toBe('200');
    expect(reasonOf(await market.submit(claim, bench.worker))).toBe('409 conflict');
    expect(reasonOf(await market.decide(claim, bench.worker, 'approve'))).toBe('403 forbidden');
  });

  it('is offered once for one Idempotency-Key, also by many at once, and withdrawn with its credits', async () => {
    const many = await answered(12, () => market.offer(bench.creator, '5', { key: 'order-0001' }));
    const made = new Set(many.filter(({ status }) => status === 201).map(({ body }) => body.bounty.id));
    expect(made.size).toBe(1);
    for (const answer of many) expect(['201', '409 conflict']).toContain(reasonOf(answer));
    expect(reasonOf(await market.offer(bench.creator, '6', { key: 'order-0001' }))).toBe(
      '422 idempotency_mismatch',
    );
    expect(await market.balance(bench.creator)).toMatchObject({ held: '5.00000000' });
    const [id] = [...made];
    const cancel = () => market.post(`/api/v1/bounties/${id}/cancel`, { reason: 'done' }, bench.creator);
    expect((await cancel()).body.bounty.state).toBe('cancelled');
    expect(reasonOf(await cancel())).toBe('409 conflict');
    expect(await market.balance(bench.creator)).toMatchObject({ held: '0.00000000' });
    expect(reasonOf(await market.claim(id ?? '', bench.worker))).toBe('409 conflict');
  });

  it('whose agent lets its time pass is open for another, and not for the same again', async () => {
    const bounty = (await market.offer(bench.creator)).body.bounty.id;
    const claim = (await market.claim(bounty, bench.worker)).body.claim.id;
    await market.run();
    expect((await market.get(`/api/v1/bounties/${bounty}`, bench.worker)).body.bounty.state).toBe('claimed');
    bench.clock.advance(7 * 86_400_000);
    expect(reasonOf(await market.submit(claim, bench.worker))).toBe('409 conflict');
    await Promise.all([market.run(), market.run()]);
    expect((await market.get(`/api/v1/bounties/${bounty}`, bench.worker)).body.bounty.state).toBe('open');
    expect(reasonOf(await market.claim(bounty, bench.worker))).toBe('409 conflict');
    expect(reasonOf(await market.claim(bounty, bench.crowd[0] as Trader))).toBe('201');
    expect(await bench.contradictions()).toEqual([]);
  });
});

describe('a draw', () => {
  it('can be replayed by anybody, with the reason of every exclusion', async () => {
    const sibling = await market.trader(bench.worker.owner);
    const stray = await market.trader(null);
    const flag = { agent: bench.crowd[0]?.id, other: bench.worker.id, reason: 'same fingerprint' };
    expect((await bench.signed('market.flag', '/api/market/flags', flag)).status).toBe(201);
    expect(reasonOf(await bench.signed('market.flag', '/api/market/flags', flag))).toBe('409 conflict');
    const { claim } = await market.submitted(bench.creator, bench.worker);
    await market.drawn(claim);
    const { body } = await market.get(`/api/v1/claims/${claim}/draw`, stray);
    const [draw] = body.draws;
    const reasons = new Map<string, string | null>(
      draw.pool.map((one: { agentId: string; excluded: string | null }) => [one.agentId, one.excluded]),
    );
    expect(reasons.get(bench.worker.id)).toBe('submitter');
    expect(reasons.get(bench.creator.id)).toBe('creator');
    expect(reasons.get(sibling.id)).toBe('same-owner');
    expect(reasons.get(stray.id)).toBe('unclaimed');
    expect(reasons.get(bench.crowd[0]?.id ?? '')).toBe('flagged');
    expect(draw.replay).toMatchObject({ differs: [], reviewers: draw.drawn.reviewers });
    const [told] = (await bench.entries()).filter(({ kind }) => kind === 'review.drawn');
    expect(told?.data).toMatchObject({
      seed: draw.drawn.seed,
      root: draw.drawn.root,
      poolHash: draw.poolHash,
    });
  });

  it('waits and says why when too few may review, and happens once they can', async () => {
    bench.clock.advance(3 * 3600_000 + 1);
    await market.beat(bench.worker);
    await market.beat(bench.crowd[0] as Trader);
    const { claim, waiting } = await market.submitted(bench.creator, bench.worker);
    expect(waiting).toMatchObject({ for: 'reviewers', alive: 2, eligible: 1, seats: 3 });
    await market.run();
    const [queued] = (await bench.api.get('/api/market/claims?state=submitted')).body.claims;
    expect(queued.waiting).toMatchObject({ for: 'reviewers', eligible: 1 });
    for (const one of bench.crowd) await market.beat(one);
    bench.clock.advance(6_000);
    const [draw] = await market.drawn(claim);
    expect(draw?.replay?.differs).toEqual([]);
    expect((await bench.entries()).filter(({ kind }) => kind === 'review.pool-set')).toHaveLength(1);
  });

  it('gives the seat of an idle reviewer to another, so that nobody blocks a claim for ever', async () => {
    const { claim } = await market.submitted(bench.creator, bench.worker);
    const [one, two, idle] = (await market.reviewers(claim, bench.crowd)) as [Trader, Trader, Trader];
    await market.decide(claim, one, 'approve');
    await market.decide(claim, two, 'reject');
    bench.clock.advance(86_400_000);
    for (const trader of bench.crowd) await market.beat(trader);
    await Promise.all([market.run(), market.run()]);
    const [other] = (await market.reviewers(claim, bench.crowd, 2)) as [Trader];
    expect([one.id, two.id, idle.id]).not.toContain(other.id);
    expect(reasonOf(await market.decide(claim, idle, 'approve'))).toBe('403 forbidden');
    expect((await market.decide(claim, other, 'approve')).body.claim.state).toBe('approved');
    expect((await market.draws(claim)).map(({ replay }) => replay?.differs)).toEqual([[], []]);
    expect((await bench.entries()).filter(({ kind }) => kind === 'review.replaced')).toHaveLength(1);
  });
});

describe('a reward', () => {
  it('of an agent that nobody has claimed is locked until somebody does', async () => {
    const stray = await market.trader(null);
    const { claim } = await market.submitted(bench.creator, stray);
    const [one, two] = (await market.reviewers(claim, [...bench.crowd, bench.worker])) as [Trader, Trader];
    await market.decide(claim, one, 'approve');
    await market.decide(claim, two, 'approve');
    const state = async () => (await market.get('/api/v1/rewards', stray)).body.rewards[0].state;
    expect(await state()).toBe('locked_unclaimed');
    expect(reasonOf(await market.settle(claim, stray))).toBe('409 conflict');
    await market.run();
    expect(await state()).toBe('locked_unclaimed');
    await market.own(stray, bench.creator.owner ?? '');
    await Promise.all([market.run(), market.run()]);
    expect(await state()).toBe('claim_ready');
    expect(reasonOf(await market.settle(claim, stray))).toBe('200');
    expect(await bench.contradictions()).toEqual([]);
  });
});

describe('operators', () => {
  it('lift a flag together, by the names that they signed, once', async () => {
    const pair = { agent: bench.worker.id, other: bench.creator.id };
    const raised = await bench.signed('market.flag', '/api/market/flags', { ...pair, reason: 'x' });
    const lift = `/api/market/flags/${raised.body.flag.id}/lift`;
    const wrong = { agent: bench.worker.id, other: bench.crowd[0]?.id, reason: 'x' };
    const right = { ...pair, reason: 'a mistake' };
    const inForce = async () =>
      (await bench.api.get('/api/market/flags')).body.flags.map(
        (one: { liftedAt: unknown }) => one.liftedAt === null,
      );
    expect(reasonOf(await bench.signed('market.unflag', lift, right))).toBe('409 second_operator_needed');
    const bob = await bench.second();
    expect(reasonOf(await bench.signed('market.unflag', lift, wrong))).toBe('409 name_mismatch');
    const proposals = [];
    for (let i = 0; i < 2; i += 1) {
      const proposed = await bench.signed('market.unflag', lift, right);
      expect(reasonOf(proposed)).toBe('202');
      proposals.push(proposed.body.proposal);
    }
    const { approve } = operatorActs(() => bench.api);
    expect(reasonOf(await approve(proposals[0], bench.operator))).toBe('403 same_person');
    expect(await inForce()).toEqual([true]);
    // Two proposals of one flag, approved at once: it is lifted by one of them.
    const approved = await Promise.all(proposals.map((one) => approve(one, bob)));
    expect(approved.map(reasonOf).sort()).toEqual(['200', '409 conflict']);
    expect(await inForce()).toEqual([false]);
    expect(reasonOf(await bench.signed('market.unflag', lift, right))).toBe('409 conflict');
    const lifted = (await bench.entries()).filter(({ kind }) => kind === 'flag.lifted');
    expect(lifted.map(({ data }) => data)).toMatchObject([
      { reason: 'a mistake', proposalId: expect.any(String) },
    ]);
  });

  it('flag nobody who is unknown, and cancel what is not decided', async () => {
    const stranger = { agent: `agt_${'z'.repeat(26)}`, other: bench.worker.id, reason: 'x' };
    expect(reasonOf(await bench.signed('market.flag', '/api/market/flags', stranger))).toBe('404 not_found');

    const { bounty, claim } = await market.submitted(bench.creator, bench.worker);
    const [one] = (await market.reviewers(claim, bench.crowd)) as [Trader];
    const path = `/api/market/bounties/${bounty}/cancel`;
    expect(reasonOf(await bench.signed('market.cancel', path, { title: 'another', reason: 'x' }))).toBe(
      '409 name_mismatch',
    );
    const cancelled = { title: 'translate a page', reason: 'fraud' };
    expect(reasonOf(await bench.signed('market.cancel', path, cancelled))).toBe('200');
    expect(reasonOf(await bench.signed('market.cancel', path, cancelled))).toBe('409 conflict');
    expect(reasonOf(await market.decide(claim, one, 'approve'))).toBe('409 conflict');
    expect(await market.balance(bench.creator)).toMatchObject({ held: '0.00000000' });
    expect(await bench.contradictions()).toEqual([]);
  });

  it('see who decided on whose work, and pairs that are flagged', async () => {
    const { claim } = await market.submitted(bench.creator, bench.worker);
    const [one, two] = (await market.reviewers(claim, bench.crowd)) as [Trader, Trader];
    await market.decide(claim, one, 'approve');
    await market.decide(claim, two, 'reject');
    await bench.signed('market.flag', '/api/market/flags', {
      agent: bench.worker.id,
      other: two.id,
      reason: 'x',
    });
    const { pairs } = (await bench.api.get('/api/market/overlap')).body;
    const pair = (reviewer: string) => pairs.find((p: { reviewer: string }) => p.reviewer === reviewer);
    expect(pair(one.id)).toMatchObject({
      submitter: bench.worker.id,
      decisions: 1,
      approvals: 1,
      flagged: false,
    });
    expect(pair(two.id)).toMatchObject({ decisions: 1, approvals: 0, flagged: true });
  });
});
