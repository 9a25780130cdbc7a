import { describe, expect, it } from 'vitest';
import { AdminRefusal } from './admin.ts';
import type { IssuedKey } from './operator.ts';
import { ApiPlayer, type PlayerDeps } from './player.ts';
import { newTally } from './tally.ts';
import type { Outgoing, Reply } from './transport.ts';

const agent = {
  index: 0,
  name: 'pricing-scout',
  rhythm: 'steady',
  perSecond: 1,
  requestsPerMinute: 60,
} as const;
const call = { type: 'call', agent: 0, patient: true } as const;
const rotate = { type: 'rotate', agent: 0 } as const;

function world(over: Partial<PlayerDeps> = {}) {
  const sent: Outgoing[] = [];
  const revoked: string[] = [];
  const said: string[] = [];
  const state = { nowMs: 0, reply: { status: 200, retryAfterSeconds: null } as Reply };
  let issued = 0;
  const operator = {
    createKey: async (): Promise<IssuedKey> => {
      issued += 1;
      return { id: `key_${issued}`, displayPrefix: `th_${issued}`, secret: `th_${issued}` };
    },
    revokeKey: async ({ id }: { id: string }) => void revoked.push(id),
  };
  const transport = {
    send: async (outgoing: Outgoing) => {
      sent.push(outgoing);
      return state.reply;
    },
  };
  const tally = newTally();
  const now = () => state.nowMs;
  const say = (sentence: string) => void said.push(sentence);
  const people = { turn: async () => undefined };
  const errands = { perform: async () => undefined };
  const player = new ApiPlayer({
    transport,
    people,
    errands,
    operator,
    agents: [agent],
    tally,
    now,
    say,
    ...over,
  });
  return { player, sent, revoked, said, state, tally };
}

describe('a good agent', () => {
  it('does not call before it has a key, then calls with it', async () => {
    const { player, sent, tally } = world();
    await player.perform(call);
    expect([sent.length, tally.heldBack]).toEqual([0, 1]);
    await player.perform(rotate);
    await player.perform(call);
    expect(sent.at(-1)?.authorization).toBe('Bearer th_1');
  });

  it('waits as long as a 429 says, and an impatient one does not', async () => {
    const { player, sent, state, tally } = world();
    await player.perform(rotate);
    state.reply = { status: 429, retryAfterSeconds: 7 };
    await player.perform(call);
    state.nowMs = 6_999;
    await player.perform(call);
    expect([sent.length, tally.heldBack]).toEqual([1, 1]);
    await player.perform({ ...call, patient: false });
    expect(sent.length).toBe(2);
    state.nowMs = 14_000;
    await player.perform(call);
    expect(sent.length).toBe(3);
  });

  it('puts a key away that no longer opens; strangers try it from then on', async () => {
    const { player, sent, state, tally } = world();
    await player.perform(rotate);
    state.reply = { status: 401, retryAfterSeconds: null };
    await player.perform(call);
    await player.perform(call);
    expect([sent.length, tally.heldBack]).toEqual([1, 1]);
    await player.perform({ type: 'stranger', token: 'revoked', draw: 'x'.repeat(43), from: '127.2.0.7' });
    expect(sent.at(-1)).toMatchObject({ authorization: 'Bearer th_1', from: '127.2.0.7' });
  });
});

describe('a rotation', () => {
  it('creates the new key before it revokes the old one', async () => {
    const { player, revoked, tally } = world();
    await player.perform(rotate);
    expect(revoked).toEqual([]);
    await player.perform(rotate);
    expect(revoked).toEqual(['key_1']);
    expect([tally.keysCreated, tally.keysRevoked]).toEqual([2, 1]);
  });

  it('stops for good when the operator may not sign any more, and says so once', async () => {
    const createKey = async () => {
      throw new AdminRefusal('unauthorized', 401, 'token withdrawn', 1);
    };
    const { player, said, tally } = world({ operator: { createKey, revokeKey: async () => undefined } });
    await player.perform(rotate);
    await player.perform(rotate);
    expect(said).toHaveLength(1);
    expect(Object.fromEntries(tally.byStatus)).toEqual({ 401: 1 });
  });

  it('waits when the service tells the operator to', async () => {
    let tries = 0;
    const createKey = async () => {
      tries += 1;
      throw new AdminRefusal('rate_limited', 429, 'slow down', 3);
    };
    const { player, state, said } = world({ operator: { createKey, revokeKey: async () => undefined } });
    await player.perform(rotate);
    state.nowMs = 2_999;
    await player.perform(rotate);
    expect(tries).toBe(1);
    state.nowMs = 3_000;
    await player.perform(rotate);
    expect([tries, said.length]).toEqual([2, 0]);
  });
});
