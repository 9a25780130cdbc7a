import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { transact } from '../../service/db/database.ts';
import { agentHealth, answerChallenge, beat } from '../../service/limits/heartbeat/heartbeat.ts';
import { answerOf } from '../../service/limits/heartbeat/rules.ts';
import { operatorsRoom, refused } from '../fixtures/two-operators.ts';

const room = await operatorsRoom('administrator');

const newKey = async (requestsPerMinute: number): Promise<{ id: string; secret: string; prefix: string }> => {
  const { body } = await room.api.signed(
    { route: 'keys.create', path: '/api/keys', body: { label: 'k', requestsPerMinute } },
    room.ada,
  );
  return { id: body.key.id, secret: body.secret, prefix: body.key.displayPrefix };
};
const use = async (secret: string, times: number): Promise<number[]> => {
  const seen: number[] = [];
  for (let i = 0; i < times; i += 1)
    seen.push((await room.api.get('/api/v1/tokenhall/key', { authorization: `Bearer ${secret}` })).status);
  return seen;
};
const replayOf = (id: string, limit: number) => room.api.get(`/api/keys/${id}/limit/replay?limit=${limit}`);
const count = (statuses: readonly number[], status: number) =>
  statuses.filter((one) => one === status).length;

describe('the last hour of a key against a proposed limit', () => {
  it('refuses under the limit of the day what the limiter refused, and says what another would do', async () => {
    const key = await newKey(5);
    const other = await newKey(60);
    await use(other.secret, 9);
    const first = await use(key.secret, 8);
    room.api.clock.advance(30_000);
    const second = await use(key.secret, 4);
    room.api.clock.advance(31_000);
    const third = await use(key.secret, 4);
    const really = count([...first, ...second, ...third], 429);
    const { body } = await replayOf(key.id, 12);
    expect(body).toMatchObject({
      current: { limit: 5, windowSeconds: 60 },
      asked: 16,
      refusedByCurrent: really,
      refusedByProposed: 0,
      subjects: [{ subject: key.prefix, asked: 16, peak: 12 }],
    });
    expect((await replayOf(key.id, 11)).body).toMatchObject({ refusedByProposed: 1, subjectsRefused: 1 });
    expect((await replayOf(key.id, 1)).body.refusedByProposed).toBe(14);
    // A read: the limit is what it was.
    expect(count(await use(key.secret, 9), 429)).toBeGreaterThan(0);
  });

  it('is followed by two persons for more and by one signature for less', async () => {
    const key = await newKey(5);
    const raised = await room.acts.raise(key.id, 12, room.ada);
    expect(raised.status).toBe(202);
    expect((await replayOf(key.id, 12)).body.current.limit).toBe(5);
    await room.acts.approve(raised.body.proposal, room.bob);
    expect((await replayOf(key.id, 12)).body.current.limit).toBe(12);
    expect((await room.acts.lower(key.id, 3, room.ada)).status).toBe(200);
    expect((await replayOf(key.id, 12)).body.current.limit).toBe(3);
  });

  it('is refused for a key that is not there and a limit that is none', async () => {
    expect(await replayOf(`key_${'0'.repeat(26)}`, 5)).toMatchObject(refused(404, 'not_found'));
    const key = await newKey(5);
    for (const limit of ['0', '-1', '1.5', 'x', '1e9', ''])
      expect((await room.api.get(`/api/keys/${key.id}/limit/replay?limit=${limit}`)).status, limit).toBe(400);
    expect((await room.api.get(`/api/keys/${key.id}/limit/replay?limit=5`, {})).status).toBe(401);
  });
});

describe('the last hour of a whole scope', () => {
  it('says who would have been refused, by what a screen may show of them', async () => {
    const [calm, loud] = [await newKey(60), await newKey(60)];
    await use(calm.secret, 2);
    await use(loud.secret, 20);
    const { body } = await room.api.get('/api/rate-limits/replay?scope=key&limit=10');
    expect(body).toMatchObject({ asked: 22, refusedByCurrent: 0, refusedByProposed: 10, subjectsRefused: 1 });
    expect(body.subjects.map((one: { subject: string }) => one.subject)).toEqual([loud.prefix, calm.prefix]);
    expect(JSON.stringify(body)).not.toContain(loud.secret);
    const addresses = await room.api.get('/api/rate-limits/replay?scope=ip&limit=10');
    expect(addresses.body.subjects[0].subject).toMatch(/\.0\/24$/);
    expect((await room.api.get('/api/rate-limits/replay?scope=nobody&limit=10')).status).toBe(400);
  });
});

describe('the cadence of agents', () => {
  const deps = (challenged: boolean) => ({
    now: () => room.api.clock.now(),
    random: (n: number) => (n === 4 ? Buffer.alloc(4, challenged ? 0 : 255) : randomBytes(n)),
  });
  const beats = (agentId: string, echo: string | null, challenged = false) =>
    transact(room.db, (tx) => beat(deps(challenged), tx, agentId, echo));

  it('is listed newest first, with chain, challenges and the very score of each', async () => {
    const { agent } = (await room.api.post('/api/v1/agents/register', { name: 'Runner' })).body;
    const { nonce } = await beats(agent.id, null);
    const { challenge } = await beats(agent.id, nonce, true);
    if (!challenge) throw new Error('no challenge was given');
    room.api.clock.advance(400);
    const answer = answerOf(Buffer.from(challenge.bytes, 'base64url'));
    await transact(room.db, (tx) =>
      answerChallenge(deps(false), tx, { agentId: agent.id, id: challenge.id, answer }),
    );
    room.api.clock.advance(60_000);
    await beats('agt_unknown', null, true);
    const { body } = await room.api.get('/api/rate-limits/heartbeats');
    expect(body.agents).toMatchObject([
      { agentId: 'agt_unknown', name: null, chain: 1, heartbeats: 1, challenges: { passed: 0, over: 0 } },
      { agentId: agent.id, name: 'Runner', chain: 2, heartbeats: 2, challenges: { passed: 1, over: 1 } },
    ]);
    for (const listed of body.agents) {
      const health = await agentHealth(room.db, listed.agentId, room.api.clock.now());
      expect(listed.score).toBeCloseTo(health?.score ?? -1, 10);
      expect(listed.confidence).toBeCloseTo(health?.confidence ?? -1, 10);
    }
    expect(body.agents[1].score).toBeGreaterThan(body.agents[0].score);
  });

  it('is empty while nobody beats', async () => {
    expect((await room.api.get('/api/rate-limits/heartbeats')).body.agents).toEqual([]);
  });
});
