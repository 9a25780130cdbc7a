import { randomBytes } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { type Tx, transact } from '../../service/db/database.ts';
import { agentHealth, answerChallenge, beat } from '../../service/limits/heartbeat/heartbeat.ts';
import { answerOf, SLOT_MS, WINDOW_MS } from '../../service/limits/heartbeat/rules.ts';
import { purgeHeartbeats } from '../../service/limits/heartbeat/store.ts';
import { TestClock } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api', 8);

let clock: TestClock;
beforeEach(async () => {
  await cluster.reset();
  clock = new TestClock();
});

const AGENT = 'agt_one';
/** Four bytes are the draw of a challenge: all zero carries one, all ones does not. */
const deps = (challenged: boolean) => ({
  now: () => clock.now(),
  random: (n: number) => (n === 4 ? Buffer.alloc(4, challenged ? 0 : 255) : randomBytes(n)),
});
const beats = (echo: string | null, agentId = AGENT, challenged = false) =>
  transact(db, (tx: Tx) => beat(deps(challenged), tx, agentId, echo));
const challenged = async (agentId = AGENT) => {
  const { challenge } = await beats(null, agentId, true);
  if (!challenge) throw new Error('no challenge was given');
  return challenge;
};
const answers = (id: string, answer: string, agentId = AGENT) =>
  transact(db, (tx: Tx) => answerChallenge(deps(false), tx, { agentId, id, answer }));
const rightAnswer = (bytes: string) => answerOf(Buffer.from(bytes, 'base64url'));
const unknown = expect.objectContaining({ code: 'challenge-unknown' });

describe('the chain of an agent', () => {
  it('grows by echoes and restarts at 1 without', async () => {
    let { nonce, chain } = await beats(null);
    const chains = [chain];
    for (let i = 0; i < 3; i += 1) {
      ({ nonce, chain } = await beats(nonce));
      chains.push(chain);
    }
    const stale = nonce;
    ({ nonce, chain } = await beats(nonce));
    expect([...chains, chain]).toEqual([1, 2, 3, 4, 5]);
    expect((await beats(stale)).chain).toBe(1);
  });

  it('is nobody else’s to extend', async () => {
    const { nonce } = await beats(null);
    await beats(null, 'agt_two');
    expect((await beats(nonce, 'agt_two')).chain).toBe(1);
    expect((await beats(nonce)).chain).toBe(2);
  });

  it('is extended once by one nonce, however many heartbeats echo it at once', async () => {
    const { nonce } = await beats(null);
    const all = await Promise.all(Array.from({ length: 8 }, () => beats(nonce)));
    expect(all.map(({ chain }) => chain).sort()).toEqual([1, 1, 1, 1, 1, 1, 1, 2]);
  });

  it('starts once when the first heartbeats come at once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => beats(null)));
    expect(all.every(({ chain }) => chain === 1)).toBe(true);
    expect((await agentHealth(db, AGENT, clock.now()))?.confidence).toBeCloseTo((0.6 * 8) / 48, 10);
  });

  it('cannot be extended from what the database holds', async () => {
    const { nonce } = await beats(null);
    const row = await db.kysely.selectFrom('agent_heartbeats').selectAll().executeTakeFirstOrThrow();
    expect(row.nonce_hash).toHaveLength(32);
    expect(JSON.stringify(row)).not.toContain(Buffer.from(nonce, 'base64url').toString('hex'));
  });
});

describe('a challenge', () => {
  it('is answered once', async () => {
    const { id, bytes, answerBy } = await challenged();
    expect(answerBy.getTime() - clock.ms).toBe(10_000);
    clock.advance(400);
    expect(await answers(id, rightAnswer(bytes))).toEqual({ outcome: 'passed', latencyMs: 400 });
    await expect(answers(id, rightAnswer(bytes))).rejects.toEqual(unknown);
  });

  it('answered wrongly or late is over as well', async () => {
    const wrong = await challenged();
    expect((await answers(wrong.id, 'nonsense')).outcome).toBe('wrong');
    await expect(answers(wrong.id, rightAnswer(wrong.bytes))).rejects.toEqual(unknown);
    const late = await challenged();
    clock.advance(10_001);
    expect((await answers(late.id, rightAnswer(late.bytes))).outcome).toBe('late');
    await expect(answers(late.id, rightAnswer(late.bytes))).rejects.toEqual(unknown);
  });

  it('is not another agent’s to answer, and one that never was is unknown', async () => {
    const { id, bytes } = await challenged();
    await expect(answers(id, rightAnswer(bytes), 'agt_two')).rejects.toEqual(unknown);
    await expect(answers('chl_nothing', 'x')).rejects.toEqual(unknown);
    expect((await answers(id, rightAnswer(bytes))).outcome).toBe('passed');
  });

  it('has one first answer among many at once', async () => {
    const { id, bytes } = await challenged();
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => answers(id, rightAnswer(bytes))));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('health', () => {
  it('of an agent that never beat is unknown', async () => {
    expect(await agentHealth(db, AGENT, clock.now())).toBeNull();
  });

  it('of a day of heartbeats and twelve quick answers is what the formula says', async () => {
    let echo: string | null = null;
    for (let i = 0; i < 48; i += 1) {
      const { nonce, challenge } = await beats(echo, AGENT, i < 12);
      echo = nonce;
      if (challenge) await answers(challenge.id, rightAnswer(challenge.bytes));
      clock.advance(SLOT_MS);
    }
    const chain = (20 * Math.log2(49)) / Math.log2(337);
    const health = await agentHealth(db, AGENT, clock.now());
    expect(health).toMatchObject({ cadence: 35, challenge: 25, latency: 20, confidence: 1 });
    expect(health?.score).toBeCloseTo(80 + chain, 9);
  });

  it('counts a challenge nobody answered when its deadline has passed, and not before', async () => {
    const { id, bytes } = await challenged();
    await answers(id, rightAnswer(bytes));
    await challenged();
    expect((await agentHealth(db, AGENT, clock.now()))?.challenge).toBe(25);
    clock.advance(10_001);
    expect((await agentHealth(db, AGENT, clock.now()))?.challenge).toBe(12.5);
  });

  it('looks seven days back, and older rows are forgotten', async () => {
    await challenged();
    clock.advance(WINDOW_MS + 2 * SLOT_MS);
    await beats(null);
    const { confidence } = (await agentHealth(db, AGENT, clock.now())) ?? {};
    expect(confidence).toBeCloseTo(0.6 / 48, 10);
    await purgeHeartbeats(db, clock.now());
    const slots = await db.kysely.selectFrom('heartbeat_slots').selectAll().execute();
    const challenges = await db.kysely.selectFrom('heartbeat_challenges').selectAll().execute();
    expect([slots.length, challenges.length]).toEqual([1, 0]);
  });
});
