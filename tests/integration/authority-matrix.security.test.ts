import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CREDENTIAL_KINDS, type CredentialKind } from '../../shared/http/containment.ts';
import { apiErrorBody } from '../../shared/http/errors.ts';
import { ROUTE_IDS, type RouteId, routeOf } from '../../shared/http/table.ts';
import { startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { CALLERS, type Caller, needsOwner, type Verdict, verdictOf } from '../fixtures/authority.ts';
import { type Callers, makeCallers } from '../fixtures/callers.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import type { Prepared } from '../fixtures/signing.ts';

/** The gate of the real API, which ends where the handler would begin: whoever gets so far is answered `yes`. */
const PROBE = { 'x-authority-probe': '1' };

const cluster = await startTestCluster();
const db = cluster.open('api');
let api: TestApi;
let callers: Callers;

beforeAll(async () => {
  const clock = new TestClock();
  api = await startTestApi({
    db,
    clock,
    staging: testStaging(clock, cluster.keys.stagingMac),
    prepare: ({ publicApp }) =>
      publicApp.addHook('preValidation', async (request, reply) => {
        if (request.headers['x-authority-probe'] === undefined) return;
        const { risk } = routeOf(request.routeOptions.config.id as RouteId);
        return reply
          .code(299)
          .serializer(String)
          .send(risk?.level === 'critical' ? 'proposes' : 'yes');
      }),
  });
  const migrator = cluster.open('migrator', 1);
  callers = await makeCallers(api, db, (id, role) =>
    migrator.kysely
      .updateTable('accounts')
      .set({ role: role as 'user' })
      .where('id', '=', id)
      .execute(),
  );
});
afterAll(async () => {
  await api.close();
  await cluster.stop();
});

async function answerTo({ method, path, headers, body }: Prepared, more: Record<string, string> = PROBE) {
  const answer = await api.publicApp.inject({
    method,
    url: path,
    headers: { ...headers, ...more },
    ...(method === 'POST' ? { payload: body } : {}),
  });
  if (answer.statusCode === 299) return { verdict: answer.body as Verdict, text: answer.body };
  const { error } = apiErrorBody.parse(answer.json());
  expect(error.code).toBe(answer.statusCode);
  return { verdict: answer.statusCode as Verdict, text: answer.body };
}

describe('every route, sent by every caller, answers what the authority matrix says', () => {
  it.each(ROUTE_IDS)('%s', async (id) => {
    for (const caller of CALLERS) {
      const { verdict, text } = await answerTo(await callers.request(id, caller));
      expect(verdict, `${id} by ${caller}: ${text}`).toBe(verdictOf(routeOf(id), caller));
    }
  });
});

describe('assuming that a credential is stolen names exactly what a brute force of every route opens', () => {
  const kept = CALLERS.filter(
    (caller) => !['nobody', 'stream ticket', 'signed: unknown key'].includes(caller),
  );

  /** What a brute force of every route opens that nobody opens without a credential. */
  async function bruteForce(send: (id: RouteId) => ReturnType<typeof answerTo>): Promise<string[]> {
    const opened: string[] = [];
    for (const id of ROUTE_IDS) {
      const { verdict } = await send(id);
      const { verdict: anybody } = await answerTo(await callers.request(id, 'nobody'));
      if (typeof verdict === 'string' && typeof anybody !== 'string') opened.push(`${id} ${verdict}`);
    }
    return opened.sort();
  }
  const tried = new Set<string>();
  async function told(kind: CredentialKind, id: string): Promise<string[]> {
    const { stolen } = (await api.get(`/api/assume-stolen?kind=${kind}&id=${id}`)).body;
    tried.add(kind);
    const lines = stolen.reach.map(
      ({ route, proposes }: { route: string; proposes: boolean }) =>
        `${route} ${proposes ? 'proposes' : 'yes'}`,
    );
    return lines.sort();
  }

  it.each(kept)('%s', async (caller) => {
    const credential = callers.credential(caller);
    if (!credential) throw new RangeError(`${caller} holds nothing`);
    const opened = await bruteForce(async (id) => answerTo(await callers.request(id, caller)));
    expect(await told(credential.kind, credential.id)).toEqual(opened);
  });

  it.each(['account', 'refresh-token', 'payer-session'])('%s', async (kind) => {
    const stolen = callers.loot.find((one) => one.kind === kind);
    if (!stolen) throw new RangeError(`nobody stole a ${kind}`);
    const bearer = { ...PROBE, authorization: `Bearer ${stolen.presented}` };
    const opened = await bruteForce(async (id) => answerTo(await callers.request(id, 'nobody'), bearer));
    expect(await told(stolen.kind, stolen.id)).toEqual(opened);
    expect(opened.length > 0).toBe(kind === 'account');
  });

  it('for every family that there is', () => {
    expect([...tried].sort()).toEqual([...CREDENTIAL_KINDS].sort());
  });
});

describe('every route that knows its caller', () => {
  const known = ROUTE_IDS.filter((id) => routeOf(id).policy.bearer !== 'none');
  const admitted = (id: RouteId, caller: Caller) => typeof verdictOf(routeOf(id), caller) === 'string';

  it.each(known)('%s refuses whoever acts as an agent that is not theirs', async (id) => {
    for (const caller of CALLERS.filter((one) => admitted(id, one))) {
      const request = await callers.request(id, caller);
      const foreign = { ...PROBE, 'x-agent-id': callers.foreignAgent };
      expect((await answerTo(request, foreign)).verdict, `${id} by ${caller}`).toBe(403);
    }
  });
});

/** What a rule over several fields asks for beside what each of them does. */
const BESIDE: Partial<Record<RouteId, object>> = { 'brands.addMember': { email: 'ada@example.org' } };

/** The least that a schema accepts; bodies that need more than that say so by failing here. */
function least(schema: z.ZodType | undefined): unknown {
  const fill = (node: z.core.JSONSchema.BaseSchema): unknown => {
    if (node.const !== undefined) return node.const;
    if (node.enum) return node.enum[0];
    if (node.anyOf) return fill(node.anyOf[0] as z.core.JSONSchema.BaseSchema);
    if (node.type === 'object')
      return Object.fromEntries(
        (node.required ?? []).map((name) => [
          name,
          fill(node.properties?.[name] as z.core.JSONSchema.BaseSchema),
        ]),
      );
    if (node.type === 'array') return [];
    if (node.type === 'integer' || node.type === 'number') return node.minimum ?? 1;
    if (node.type === 'boolean') return true;
    return 'x'.repeat(Math.max(1, node.minLength ?? 1));
  };
  return schema ? fill(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })) : {};
}

describe('a thing that is another’s', () => {
  const owned = ROUTE_IDS.filter((id) => needsOwner(routeOf(id)) && routeOf(id).policy.owner !== 'anyone');
  /** One thing of a neighbour for each kind of id that a path may hold. */
  const theirs = (id: RouteId): string => {
    const shape = Object.values(routeOf(id).params?.shape ?? {})[0] as z.ZodType;
    const found = callers.foreign.find((thing) => shape.safeParse(thing).success);
    expect(found, `tests/fixtures/callers.ts has nothing of a neighbour that ${id} could name`).toBeDefined();
    return found ?? '';
  };

  it.each(owned)('is refused by %s as it declares', async (id) => {
    const { path, policy, body, method } = routeOf(id);
    const url = path.replace(/:[a-z]+/i, theirs(id));
    const admitted = CALLERS.filter((caller) => verdictOf(routeOf(id), caller) === 'yes');
    for (const caller of admitted) {
      const { headers } = await callers.request(id, caller);
      const idempotent = { 'idempotency-key': `owner-${caller.replaceAll(/\W/g, '-')}` };
      const request = {
        method,
        path: url,
        headers,
        body: JSON.stringify(Object.assign({}, least(body), BESIDE[id])),
      };
      const { verdict, text } = await answerTo(request, idempotent);
      expect(verdict, `${id} by ${caller}: ${text}`).toBe(policy.owner);
    }
  });
});
