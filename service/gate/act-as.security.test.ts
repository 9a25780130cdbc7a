import { describe, expect, it } from 'vitest';
import { type RouteId, routeOf } from '../../shared/http/table.ts';
import { actingAs } from './act-as.ts';
import type { Principal } from './context.ts';

const MINE = 'agt_mine';
const account: Principal = { type: 'account', id: 'acc_1', role: 'user', sessionId: 'ses_1' };
const agent: Principal = {
  type: 'agent',
  id: MINE,
  ownerId: null,
  keyId: 'key_1',
  displayPrefix: 'tokenmart_x',
  requestsPerMinute: 60,
};
const key: Principal = {
  type: 'key',
  id: 'key_2',
  family: 'inference',
  accountId: null,
  agentId: null,
  spendLimit: null,
  label: 'k',
  displayPrefix: 'th_x',
  requestsPerMinute: 60,
};
const agentsKey: Principal = { ...key, accountId: 'acc_1', agentId: MINE };

const outcome = (
  id: RouteId,
  named: string | null,
  principal: Principal,
  owned: readonly string[] = [MINE],
) =>
  actingAs(routeOf(id), named === null ? [] : ['X-Agent-Id', named], principal, {
    ownsAgent: async (_account, asked) => owned.includes(asked),
    someAgents: async (_account, limit) => owned.slice(0, limit),
  }).catch((error: { code: string }) => error.code);

describe('acting as an agent', () => {
  it.each([
    ['an owned agent', 'agents.acting', MINE, account, [MINE, 'agt_2'], MINE],
    ['an owned agent where none is needed', 'auth.me', MINE, account, [MINE], MINE],
    ['the only agent, unnamed', 'agents.acting', null, account, [MINE], MINE],
    ['nobody where nothing is written down', 'auth.me', null, account, [MINE], null],
    ['the only agent, for the ledger', 'auth.logout', null, account, [MINE], MINE],
    ['nobody of several, for the ledger', 'auth.logout', null, account, [MINE, 'agt_2'], null],
    ['nobody of none, for the ledger', 'auth.logout', null, account, [], null],
    ['itself', 'agents.self', null, agent, [], MINE],
    ['itself by name', 'agents.self', MINE, agent, [], MINE],
    ['nobody, as a stranger', 'auth.login', MINE, { type: 'stranger' }, [], null],
    ['nobody, as a key', 'tokenhall.key', null, key, [], null],
    ['the agent of a key', 'tokenhall.key', null, agentsKey, [], MINE],
    ['the agent of a key, by name', 'tokenhall.key', MINE, agentsKey, [], MINE],
  ] as const)('is granted for %s', async (_what, route, named, principal, owned, expected) => {
    expect(await outcome(route, named, principal, owned)).toBe(expected);
  });

  it.each([
    ['several agents and no name', 'agents.acting', null, account, [MINE, 'agt_2'], 'agent_required'],
    ['no agent at all', 'agents.acting', null, account, [], 'agent_required'],
    ['a foreign agent', 'agents.acting', 'agt_foreign', account, [MINE], 'forbidden'],
    ['a foreign agent where none is needed', 'auth.me', 'agt_foreign', account, [MINE], 'forbidden'],
    ['an empty name', 'auth.me', '', account, [MINE], 'forbidden'],
    ['two names in one', 'auth.me', `${MINE}, ${MINE}`, account, [MINE], 'forbidden'],
    ['another agent, as an agent', 'agents.self', 'agt_2', agent, ['agt_2'], 'forbidden'],
    ['any agent, as a key', 'tokenhall.key', MINE, key, [MINE], 'forbidden'],
    [
      'another agent of the owner, as a key',
      'tokenhall.key',
      'agt_2',
      agentsKey,
      [MINE, 'agt_2'],
      'forbidden',
    ],
    [
      'any agent, as the admin token',
      'keys.list',
      MINE,
      { type: 'admin-token', tokenHash: '' },
      [MINE],
      'forbidden',
    ],
  ] as const)('is refused for %s', async (_what, route, named, principal, owned, expected) => {
    expect(await outcome(route, named, principal, owned)).toBe(expected);
  });

  it('is refused when the header comes twice, even with the same name', async () => {
    const twice = ['X-Agent-Id', MINE, 'x-agent-id', MINE];
    const credentials = { ownsAgent: async () => true, someAgents: async () => [MINE] };
    await expect(actingAs(routeOf('auth.me'), twice, account, credentials)).rejects.toMatchObject({
      code: 'bad_request',
    });
  });
});
