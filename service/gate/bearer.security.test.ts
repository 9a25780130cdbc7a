import { describe, expect, it } from 'vitest';
import type { Policy, Route } from '../../shared/http/route.ts';
import { type RouteId, routeOf } from '../../shared/http/table.ts';
import { authenticate, type Credentials } from './bearer.ts';
import type { Principal } from './context.ts';

const account: Principal = { type: 'account', id: 'acc_1', role: 'user', sessionId: 'ses_1' };
const key: Extract<Principal, { type: 'key' }> = {
  type: 'key',
  id: 'key_1',
  family: 'inference',
  accountId: 'acc_1',
  agentId: null,
  spendLimit: null,
  label: 'k',
  displayPrefix: 'th_x',
  requestsPerMinute: 60,
};
const agent: Principal = {
  type: 'agent',
  id: 'agt_1',
  ownerId: null,
  keyId: 'key_2',
  displayPrefix: 'tokenmart_x',
  requestsPerMinute: 60,
};

const KNOWN: Readonly<Record<string, Principal>> = {
  th_good: key,
  thm_good: { ...key, family: 'management' },
  // Whoever could write to the table gave a key the rights of the other family.
  th_swapped: { ...key, family: 'management' },
  thm_swapped: key,
  tokenmart_stray: agent,
  tokenmart_claimed: { ...agent, ownerId: 'acc_1' },
  session: account,
};
const found = <T extends Principal['type']>(type: T, token: string) => {
  const principal = KNOWN[token];
  return principal?.type === type ? (principal as Extract<Principal, { type: T }>) : null;
};
const credentials: Credentials = {
  adminTokenHash: (token) => (token === 'admin' ? 'hash' : null),
  findKey: async (token) => found('key', token),
  findSession: async (token) => found('account', token),
  findAgent: async (token) => found('agent', token),
  ownsAgent: async () => false,
  someAgents: async () => [],
};

const outcome = (policy: Pick<Policy, 'bearer' | 'claimed'>, token: string) => {
  const route: Route = { ...routeOf('auth.me' satisfies RouteId), policy: { signed: 'no', ...policy } };
  const input = { rawHeaders: ['Authorization', `Bearer ${token}`], queryTokens: [] };
  return authenticate(route, input, credentials).then(
    (principal) => principal.type,
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  );
};

describe('a key whose prefix and stored family disagree', () => {
  it.each([
    ['inference', 'th_swapped'],
    ['management', 'thm_swapped'],
  ] as const)('opens no %s route', async (bearer, token) => {
    expect(await outcome({ bearer }, token)).toMatch(/^wrong_family: .*disagree/);
  });

  it.each([
    ['inference', 'thm_swapped'],
    ['management', 'th_swapped'],
  ] as const)('nor the %s route that its row speaks of', async (bearer, token) => {
    expect(await outcome({ bearer }, token)).toMatch(/^wrong_family: this route takes/);
  });
});

describe('a route that takes a session or a management key', () => {
  const bearer = ['session', 'management'] as const;
  it.each([
    ['session', 'account'],
    ['thm_good', 'key'],
    ['thm_unknown', 'unauthorized: a valid bearer token is needed'],
    ['unknown', 'unauthorized: a valid bearer token is needed'],
    ['th_good', 'wrong_family: this route takes the access token of a session or a thm_ key'],
    ['tokenmart_claimed', 'wrong_family: this route takes the access token of a session or a thm_ key'],
    ['tmid_x', 'wrong_family: this route takes the access token of a session or a thm_ key'],
    ['admin', 'wrong_family: this route takes the access token of a session or a thm_ key'],
  ])('answers %s with %s', async (token, expected) => {
    expect(await outcome({ bearer }, token)).toBe(expected);
  });

  it('does so whatever the order in which it names them', async () => {
    expect(await outcome({ bearer: ['management', 'session'] }, 'session')).toBe('account');
    expect(await outcome({ bearer: ['management', 'session'] }, 'thm_good')).toBe('key');
  });

  it('refuses a session where only keys are named', async () => {
    expect(await outcome({ bearer: ['inference', 'management'] }, 'session')).toMatch(/^wrong_family/);
    expect(await outcome({ bearer: ['inference', 'management'] }, 'unknown')).toMatch(/^unauthorized/);
  });
});

describe('an agent that nobody has claimed', () => {
  it.each(['platform', ['session', 'platform']] as const)(
    'is refused where %s must be claimed',
    async (bearer) => {
      expect(await outcome({ bearer, claimed: 'required' }, 'tokenmart_stray')).toMatch(/^forbidden/);
      expect(await outcome({ bearer, claimed: 'required' }, 'tokenmart_claimed')).toBe('agent');
      expect(await outcome({ bearer }, 'tokenmart_stray')).toBe('agent');
    },
  );
});
