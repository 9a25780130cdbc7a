import { describe, expect, it } from 'vitest';
import { People } from './people.ts';
import { newTally } from './tally.ts';
import type { Asked, Reply } from './transport.ts';

/** A service that says yes, unless told otherwise for a path. */
function world(refusing: Record<string, number> = {}) {
  const asked: Asked[] = [];
  const bodies: Record<string, unknown> = {
    '/api/v1/auth/login': { tokens: { accessToken: 'at', refreshToken: 'rt' } },
    '/api/v1/auth/refresh': { tokens: { accessToken: 'at2', refreshToken: 'rt2' } },
    '/api/v1/agents/register': {
      agent: { id: `agt_${'0'.repeat(26)}` },
      key: 'tokenmart_x',
      claimCode: 'code',
    },
  };
  const ask = async (asking: Asked): Promise<Reply & { readonly body: unknown }> => {
    asked.push(asking);
    const status = refusing[asking.path] ?? (asking.path === '/api/v1/auth/register' ? 201 : 200);
    return { status, retryAfterSeconds: null, body: status < 300 ? bodies[asking.path] : null };
  };
  const tally = newTally();
  const people = new People({ transport: { ask }, tally, addressOf: (n) => `127.5.${n}.7` });
  const paths = () => asked.map(({ path }) => path.replace('/api/v1/', ''));
  return { people, asked, paths, tally, refusing };
}

const turns = async (people: People, index: number, count: number) => {
  for (let i = 0; i < count; i += 1) await people.turn(index);
};

describe('a person', () => {
  it('registers, logs in, registers an agent and claims it, in that order', async () => {
    const { people, paths, asked, tally } = world();
    await turns(people, 0, 4);
    expect(paths()).toEqual(['auth/register', 'auth/login', 'agents/register', 'agents/claim']);
    expect(asked[3]).toMatchObject({
      authorization: 'Bearer at',
      body: { claimCode: 'code' },
      from: '127.5.0.7',
    });
    expect(tally).toMatchObject({ accounts: 1, sent: 4 });
  });

  it('of four leaves one agent unclaimed', async () => {
    const { people, paths } = world();
    await turns(people, 3, 20);
    expect(paths()).not.toContain('agents/claim');
  });

  it('then calls, renews, vouches and logs out, and logs in again', async () => {
    const { people, paths } = world();
    await turns(people, 0, 60);
    for (const path of ['auth/me', 'agents/self', 'agents/identity-tokens', 'auth/refresh', 'auth/logout'])
      expect(paths()).toContain(path);
    expect(paths().filter((path) => path === 'auth/login').length).toBeGreaterThan(1);
  });

  it('tries again what was refused, and does not go on before', async () => {
    const { people, paths, refusing } = world({ '/api/v1/auth/register': 429 });
    await turns(people, 0, 2);
    expect(paths()).toEqual(['auth/register', 'auth/register']);
    delete refusing['/api/v1/auth/register'];
    await turns(people, 0, 2);
    expect(paths().at(-1)).toBe('auth/login');
  });

  it('whose session an operator ended logs in again; whose agent lost its key gets another', async () => {
    const { people, paths, refusing } = world();
    await turns(people, 0, 4);
    refusing['/api/v1/auth/me'] = 401;
    await turns(people, 0, 6);
    expect(paths().slice(-2)).toEqual(['auth/me', 'auth/login']);
    refusing['/api/v1/agents/self'] = 401;
    await turns(people, 0, 4);
    expect(paths().filter((path) => path === 'agents/register').length).toBeGreaterThan(1);
  });
});
