import { randomBytes } from 'node:crypto';
import { routeOf } from '../../../shared/http/table.ts';
import { type Attacks, bearer } from '../attack.ts';
import { broken, held, mustRefuse, unavailable, worstOf } from '../verdict.ts';

const OWN_KEY = routeOf('tokenhall.key').path;
const ME = routeOf('auth.me').path;
const REFRESH = routeOf('auth.refresh').path;

/** The token with another header and signature: its payload is what a forger would keep. */
function forged(token: string, header: object, signature: string): string {
  const [, payload = ''] = token.split('.');
  return `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${payload}.${signature}`;
}

/** Attacks with keys and tokens that must open nothing. */
export const credentialAttacks = {
  'unknown-key': async ({ client }) => {
    const key = `th_${randomBytes(32).toString('base64url')}`;
    return mustRefuse(await client.open({ path: OWN_KEY, headers: bearer(key) }), 'unauthorized');
  },
  'revoked-key': async ({ client, tenant }) =>
    mustRefuse(await client.open({ path: OWN_KEY, headers: bearer(tenant.revokedKey) }), 'unauthorized'),
  'wrong-family': async ({ client, tenant }) =>
    mustRefuse(await client.open({ path: OWN_KEY, headers: bearer(tenant.managementKey) }), 'wrong_family'),
  'foreign-agent': async ({ client, tenant }) =>
    mustRefuse(
      await client.open({
        path: routeOf('agents.acting').path,
        headers: { ...bearer(tenant.attacker.accessToken), 'x-agent-id': tenant.foreignAgentId },
      }),
      'forbidden',
    ),
  'foreign-key': async ({ client, tenant }) =>
    mustRefuse(
      await client.open({
        path: routeOf('account-keys.get').path.replace(':id', tenant.foreignKeyId),
        headers: bearer(tenant.attacker.accessToken),
      }),
      'forbidden',
    ),
  'forged-token': async ({ client, tenant }) => {
    const { accessToken } = tenant.attacker;
    const [head = ''] = accessToken.split('.');
    const header = JSON.parse(Buffer.from(head, 'base64url').toString()) as object;
    const tries = [
      forged(accessToken, { ...header, alg: 'none' }, ''),
      forged(accessToken, header, randomBytes(64).toString('base64url')),
    ];
    const [first, second] = await Promise.all(
      tries.map(async (token) =>
        mustRefuse(await client.open({ path: ME, headers: bearer(token) }), 'unauthorized'),
      ),
    );
    return first && second ? worstOf([first, second]) : unavailable('No token could be forged.');
  },
  'reused-refresh': async ({ client, tenant }) => {
    const { refreshToken } = await tenant.login();
    const refresh = () => client.open({ method: 'POST', path: REFRESH, body: { refreshToken } });
    const first = await refresh();
    if (first.status !== 200) return unavailable(`Its first use was refused with ${first.status}.`);
    const again = mustRefuse(await refresh(), 'unauthorized');
    const { tokens } = first.body as { tokens: { accessToken: string } };
    const after = await client.open({ path: ME, headers: bearer(tokens.accessToken) });
    return worstOf([again, mustRefuse(after, 'unauthorized')]);
  },
  'over-limit': async ({ client, tenant }) => {
    const call = () => client.open({ path: OWN_KEY, headers: bearer(tenant.slowKey) });
    await call();
    const over = mustRefuse(await call(), 'rate_limited');
    return over.outcome === 'held' ? held('The second call of a key of one a minute is 429.') : over;
  },
  'spoofed-forwarded': async ({ client }) => {
    const ask = (n: number) =>
      client.open({
        path: routeOf('auth.jwks').path,
        headers: { 'x-forwarded-for': `198.51.100.${n}` },
      });
    await ask(1 + ((randomBytes(1)[0] ?? 0) % 100));
    const { headers } = await ask(101 + ((randomBytes(1)[0] ?? 0) % 100));
    const [limit, left] = [Number(headers['ratelimit-limit']), Number(headers['ratelimit-remaining'])];
    if (!Number.isInteger(limit) || !Number.isInteger(left))
      return unavailable('The answers carry no count of their address.');
    return left < limit - 1
      ? held('Two claimed addresses were counted as one.')
      : broken(
          'A claimed address was counted as a new one. If this host is a trusted proxy, take it off that list.',
        );
  },
  'foreign-origin': async ({ client }) => {
    const origin = 'https://probe.invalid';
    const path = routeOf('auth.jwks').path;
    const plain = await client.open({ path, headers: { origin } });
    const preflight = await client.open({
      ...{ method: 'OPTIONS', path: routeOf('auth.login').path },
      headers: { origin, 'access-control-request-method': 'POST' },
    });
    const granted = [plain, preflight].map(({ headers }) => headers['access-control-allow-origin']);
    return granted.some((value) => value === '*' || value === origin)
      ? broken('An answer may be read by pages of a foreign origin.')
      : held('No answer named the foreign origin.');
  },
} satisfies Attacks;
