import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { openMarketBench, reasonOf, type Trader } from '../fixtures/market.ts';
import { operatorActs } from '../fixtures/operators.ts';
import { answered } from '../fixtures/treasury.ts';

const bench = await openMarketBench();
const { market } = bench;

describe('at the same time', () => {
  it('50 decisions, 50 settlements and the jobs of two instances make one payout and one state', async () => {
    const other = await bench.openApi();
    try {
      const { claim } = await market.submitted(bench.creator, bench.worker);
      const seats = await market.reviewers(claim, bench.crowd);
      const at = (n: number) => (n % 2 === 0 ? bench.api : other);
      const seat = (n: number) => seats[n % 3] as Trader;
      const all = await answered(110, async (n) => {
        if (n < 50) return { decided: await market.decide(claim, seat(n), 'approve', at(n)) };
        if (n < 100) return { settled: await market.settle(claim, bench.worker, at(n)) };
        await market.run(at(n));
        return {};
      });
      const oks = (key: 'decided' | 'settled') => all.filter((one) => one[key]?.status === 200).length;
      // The third seat may come too late to be counted, never twice.
      expect([2, 3]).toContain(oks('decided'));
      const later = oks('settled') === 1 ? [] : [await market.settle(claim, bench.worker)];
      expect(oks('settled') + later.length).toBe(1);
      // A machine that is too busy says so; who is told that has done nothing.
      for (const { decided, settled } of all) {
        if (decided) expect(['200', '409 conflict', '503 unavailable']).toContain(reasonOf(decided));
        if (settled)
          expect(['200', '404 not_found', '409 conflict', '503 unavailable']).toContain(reasonOf(settled));
      }
      expect(await market.balance(bench.worker)).toMatchObject({ posted: '5.00000000' });
      const kinds = (await bench.entries()).map(({ kind }) => kind);
      for (const once of ['review.drawn', 'claim.decided', 'reward.earned', 'reward.settled', 'hold.posted'])
        expect(
          kinds.filter((kind) => kind === once),
          once,
        ).toHaveLength(1);
      expect(await bench.books()).toMatchObject({ holds: true, pendingHolds: 0 });
      expect(await bench.contradictions()).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it('many claims on one bounty: one agent gets it', async () => {
    const bounty = (await market.offer(bench.creator)).body.bounty.id;
    const all = await answered(24, (n) =>
      market.claim(bounty, [bench.worker, ...bench.crowd][n % 5] as Trader),
    );
    expect(all.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(all.filter(({ status }) => status === 409)).toHaveLength(23);
  });

  it('a withdrawal and a claim: one of them', async () => {
    const bounty = (await market.offer(bench.creator)).body.bounty.id;
    const [taken, withdrawn] = await Promise.all([
      market.claim(bounty, bench.worker),
      market.post(`/api/v1/bounties/${bounty}/cancel`, { reason: 'x' }, bench.creator),
    ]);
    expect([taken.status, withdrawn.status].filter((status) => status < 300)).toHaveLength(1);
    expect(await bench.contradictions()).toEqual([]);
  });
});

describe('behaviour', () => {
  it('that is the same flags a pair once, with the figures that say so', async () => {
    const [twin, other] = bench.crowd as [Trader, Trader];
    for (const by of [bench.worker, twin, other]) {
      const bounty = (await market.offer(bench.creator, '1')).body.bounty.id;
      await market.claim(bounty, by);
    }
    for (let i = 0; i < 24; i += 1)
      for (const by of [bench.worker, twin]) await market.post('/api/v1/agents/identity-tokens', {}, by);
    const job = bench.api.jobs.find(({ name }) => name === 'correlation');
    const flags = async () => (await bench.api.get('/api/market/flags')).body.flags;
    await expect
      .poll(
        async () => {
          await Promise.all([job?.run(), job?.run()]);
          return (await flags()).length;
        },
        { timeout: 10_000, interval: 50 },
      )
      .toBe(1);
    const [flag] = await flags();
    expect([flag.agent, flag.other].sort()).toEqual([bench.worker.id, twin.id].sort());
    expect(flag).toMatchObject({ source: 'behaviour', raisedBy: 'market' });
    expect(flag.evidence.score).toBeGreaterThanOrEqual(0.97);
    // What two persons lift is not raised again.
    const body = { agent: flag.agent, other: flag.other, reason: 'two honest agents' };
    const bob = await bench.second();
    const { proposal } = (await bench.signed('market.unflag', `/api/market/flags/${flag.id}/lift`, body))
      .body;
    expect((await operatorActs(() => bench.api).approve(proposal, bob)).status).toBe(200);
    await job?.run();
    expect((await flags()).filter((one: { liftedAt: string | null }) => one.liftedAt === null)).toEqual([]);
  });
});

describe('the database refuses the api itself', () => {
  const attack = (statement: string) => sql.raw(statement).execute(bench.db.kysely);

  it('every step that is not the next one', async () => {
    const { bounty, claim } = await market.submitted(bench.creator, bench.worker);
    const [one] = (await market.reviewers(claim, bench.crowd)) as [Trader];
    await market.decide(claim, one, 'reject');
    const c = `'${claim}'`;
    const b = `'${bounty}'`;
    const attacks: readonly (readonly [string, string])[] = [
      [
        `UPDATE bounty_claims SET state = 'approved', ended_at = now() WHERE id = ${c}`,
        'bounty_claims_decided_by_two_thirds',
      ],
      [`UPDATE bounty_claims SET state = 'claimed' WHERE id = ${c}`, 'bounty_claims_only_move_forward'],
      [
        `UPDATE bounties SET state = 'approved', ended_at = now() WHERE id = ${b}`,
        'bounties_agree_with_their_claim',
      ],
      [`UPDATE bounties SET state = 'open' WHERE id = ${b}`, 'bounties_only_move_forward'],
      [
        `UPDATE claim_reviews SET state = 'approved' WHERE claim_id = ${c} AND state = 'rejected'`,
        'claim_reviews_are_decided_once',
      ],
      [
        `INSERT INTO claim_reviews (claim_id, reviewer, round, assigned_at, decide_by)
         VALUES (${c}, '${bench.worker.id}', 0, now(), now())`,
        'claim_reviews_are_drawn',
      ],
      [
        `UPDATE market_draws SET reviewers = '["x","y","z"]' WHERE claim_id = ${c}`,
        'market_draws_happen_once',
      ],
      [
        `INSERT INTO rewards (claim_id, agent_id, units, hold_id, state, earned_at, released_at)
         SELECT ${c}, '${bench.worker.id}', units, hold_id, 'claim_ready', now(), now() FROM bounties WHERE id = ${b}`,
        'rewards_follow_an_approval',
      ],
      [
        `UPDATE holds SET state = 'voided', ended_at = now(), reason = 'x' WHERE reference = ${b}`,
        'holds_of_bounties_end_with_them',
      ],
      [
        `INSERT INTO bounties (id, creator, title, description, units, hold_id, created_at, request_key, request_hash)
         SELECT 'bty_' || repeat('0', 26), creator, 'x', '', units, hold_id, now(), 'k', sha256('') FROM bounties`,
        'bounties_are_funded',
      ],
    ];
    for (const [statement, constraint] of attacks)
      await expect(attack(statement), statement).rejects.toMatchObject({ constraint });
    for (const table of ['bounties', 'bounty_claims', 'claim_reviews', 'market_draws', 'rewards'])
      await expect(attack(`DELETE FROM ${table}`)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('a second payout, and a settlement without its transfer', async () => {
    const { claim } = await market.submitted(bench.creator, bench.worker);
    for (const by of (await market.reviewers(claim, bench.crowd)).slice(0, 2))
      await market.decide(claim, by, 'approve');
    const unpaid = `UPDATE rewards SET state = 'settled', settled_at = now(), transfer_id = 'trf_' || repeat('0', 26)`;
    await expect(attack(unpaid)).rejects.toMatchObject({ constraint: 'rewards_settled_by_their_transfer' });
    await market.settle(claim, bench.worker);
    await expect(
      attack(`UPDATE rewards SET state = 'claim_ready', transfer_id = NULL`),
    ).rejects.toMatchObject({
      constraint: 'rewards_only_move_forward',
    });
  });
});
