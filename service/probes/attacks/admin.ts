import { routeOf } from '../../../shared/http/table.ts';
import { type Attacks, bearer, type Ground } from '../attack.ts';
import { signedRequest } from '../signer.ts';
import { broken, mustRefuse, unavailable, worstOf } from '../verdict.ts';

const OPERATORS = routeOf('operators.list').path;
const STALE_MS = 600_000;

/** A mutation that is harmless however often it is let through: beginning the round that runs already. */
const begin = ({ admin, roundId, signer }: Ground, by = signer) =>
  signedRequest(
    admin,
    {
      ...{ route: 'boundaries.beginRound', body: { roundId } },
      path: routeOf('boundaries.beginRound').path,
    },
    by,
  );

/** Attacks on the admin plane and on the signature that its mutations need. */
export const adminAttacks = {
  'admin-stranger': async ({ client, tenant }) =>
    worstOf([
      mustRefuse(await client.admin({ path: OPERATORS }), 'unauthorized'),
      mustRefuse(
        await client.admin({ path: OPERATORS, headers: bearer(tenant.attacker.accessToken) }),
        'wrong_family',
      ),
    ]),
  'token-in-address': async ({ client, admin }) =>
    mustRefuse(await client.admin({ path: `${OPERATORS}?token=${admin.token}` }), 'unauthorized'),
  'unsigned-mutation': async (ground) => {
    const request = await begin(ground);
    const { signature: _, 'signature-input': __, ...headers } = request.headers;
    return mustRefuse(await ground.client.admin({ ...request, headers }), 'signature_missing');
  },
  'wrong-digest': async (ground) => {
    const request = await begin(ground);
    return mustRefuse(await ground.client.admin({ ...request, body: `${request.body} ` }), 'digest_mismatch');
  },
  'stale-signature': async (ground) =>
    mustRefuse(await ground.client.admin(await begin(ground, ground.behind(STALE_MS))), 'signature_expired'),
  'replayed-signature': async (ground) => {
    const request = await begin(ground);
    const first = await ground.client.admin(request);
    if (first.status !== 200) return unavailable(`Its first use was refused with ${first.status}.`);
    return mustRefuse(await ground.client.admin(request), 'signature_replayed');
  },
  'weak-role': async ({ client, admin, signer }) => {
    const path = routeOf('boundaries.probe').path;
    const answer = await client.admin(
      await signedRequest(admin, { route: 'boundaries.probe', path, body: {} }, signer),
    );
    return answer.type === 'conflict'
      ? broken('It got as far as the act itself, which only another round kept from happening.')
      : mustRefuse(answer, 'forbidden');
  },
} satisfies Attacks;
