import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ORIGIN, startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { newOperatorKey, type Prepared, prepareSigned, type TestOperator } from '../fixtures/signing.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api', 12);

let api: TestApi;
let operator: TestOperator;

beforeEach(async () => {
  await cluster.reset();
  const clock = new TestClock();
  api = await startTestApi({ db, clock, staging: testStaging(clock, cluster.keys.stagingMac) });
  operator = await api.enrolFirst();
});
afterEach(() => api.close());

const CALL = { route: 'keys.create', path: '/api/keys?x=1', body: { label: 'agent' } } as const;
const prepare = (signer: TestOperator = operator, origin = ORIGIN) => prepareSigned(origin, CALL, signer);
const countKeys = async () =>
  Number(
    (
      await db.kysely
        .selectFrom('api_keys')
        .select((e) => e.fn.countAll().as('n'))
        .executeTakeFirstOrThrow()
    ).n,
  );

async function refusal(request: Prepared, headers: Record<string, string> = {}): Promise<string> {
  const bearer = { authorization: `Bearer ${api.adminToken}`, ...headers };
  const before = await countKeys();
  const answer = await api.send(request, bearer);
  expect(answer.status, answer.text).toBe(401);
  expect(answer.body.error.code).toBe(401);
  expect(await countKeys()).toBe(before);
  return answer.body.error.type;
}

const change = (request: Prepared, name: string, edit: (value: string) => string): Prepared => ({
  ...request,
  headers: { ...request.headers, [name]: edit(request.headers[name] ?? '') },
});
const without = (request: Prepared, name: string): Prepared => {
  const { [name]: _, ...headers } = request.headers;
  return { ...request, headers };
};

it('accepts the request exactly as it was signed', async () => {
  expect(await api.send(await prepare())).toMatchObject({ status: 201 });
});

describe('a covered part altered', () => {
  it('the query', async () => {
    for (const path of ['/api/keys?x=2', '/api/keys', '/api/keys?x=1&y=2', '/api/keys?x=%31', '/api/keys?'])
      expect(await refusal({ ...(await prepare()), path })).toBe('card_mismatch');
  });
  it('the path', async () => {
    const { key } = (await api.send(await prepare())).body;
    const revocation = await prepareSigned(
      ORIGIN,
      {
        route: 'keys.revoke',
        path: `/api/keys/${key.id}/revoke`,
        body: { displayPrefix: key.displayPrefix, reason: 'x' },
      },
      operator,
    );
    const other = key.id.replace(/.$/, (c: string) => (c === '0' ? '1' : '0'));
    expect(await refusal({ ...revocation, path: `/api/keys/${other}/revoke` })).toBe('card_mismatch');
  });
  it('the body', async () => {
    expect(await refusal({ ...(await prepare()), body: '{"label":"Agent"}' })).toBe('digest_mismatch');
    expect(await refusal({ ...(await prepare()), body: '{"label":"agent"} ' })).toBe('digest_mismatch');
  });
  it('the body together with its digest and card, by somebody who cannot sign', async () => {
    const victim = await prepare();
    const forged = await prepareSigned(
      ORIGIN,
      { ...CALL, body: { label: 'evil' } },
      newOperatorKey(() => api.clock.ms),
    );
    const mixed = { ...forged, headers: { ...forged.headers, signature: victim.headers.signature ?? '' } };
    expect(
      await refusal({
        ...mixed,
        headers: { ...mixed.headers, 'signature-input': victim.headers['signature-input'] ?? '' },
      }),
    ).toBe('signature_invalid');
  });
  it('the media type', async () => {
    for (const type of ['text/plain', 'application/json; charset=utf-8', 'application/JSON', 'nonsense', ''])
      expect(await refusal(change(await prepare(), 'content-type', () => type))).toBe('signature_invalid');
  });
  it('the digest', async () => {
    const foreign =
      (await prepareSigned(ORIGIN, { ...CALL, body: {} }, operator)).headers['content-digest'] ?? '';
    expect(await refusal(change(await prepare(), 'content-digest', () => foreign))).toBe('digest_mismatch');
    expect(await refusal(change(await prepare(), 'content-digest', (v) => `${v}, ${foreign}`))).toBe(
      'digest_mismatch',
    );
    expect(await refusal(change(await prepare(), 'content-digest', (v) => v.replace('sha-256', 'md5')))).toBe(
      'digest_mismatch',
    );
  });
  it('the idempotency key', async () => {
    expect(await refusal(change(await prepare(), 'idempotency-key', (v) => `${v}0`))).toBe(
      'signature_invalid',
    );
  });
  it('the card', async () => {
    expect(
      await refusal(
        change(await prepare(), 'sallyport-card', (v) => v.replace(/^./, 'f').replace(/.$/, '0')),
      ),
    ).toBe('card_mismatch');
  });
  it('each parameter of the signature', async () => {
    const edits: [RegExp, string, string][] = [
      [/created=(\d+)/, `created=${Math.floor(api.clock.ms / 1000) - 1}`, 'signature_expired'],
      [/expires=(\d+)/, `expires=${Math.floor(api.clock.ms / 1000) + 59}`, 'signature_invalid'],
      [/nonce="[^"]+"/, `nonce="${randomBytes(16).toString('base64url')}"`, 'signature_invalid'],
      [/keyid="[^"]+"/, `keyid="${newOperatorKey().keyId}"`, 'key_unknown'],
      [/alg="ed25519"/, 'alg="hmac-sha256"', 'signature_invalid'],
      [/tag="sallyport-admin"/, 'tag="sallyport-approval"', 'signature_invalid'],
    ];
    for (const [find, replacement, type] of edits)
      expect(
        await refusal(change(await prepare(), 'signature-input', (v) => v.replace(find, replacement))),
      ).toBe(type);
  });
  it('any bit of the signature', async () => {
    for (const position of [11, 40, 90]) {
      const flipped = change(await prepare(), 'signature', (v) => {
        const other = v[position] === 'A' ? 'B' : 'A';
        return v.slice(0, position) + other + v.slice(position + 1);
      });
      expect(await refusal(flipped)).toBe('signature_invalid');
    }
  });
});

describe('a covered part missing', () => {
  it.each(['content-type', 'content-digest', 'idempotency-key', 'sallyport-card'])(
    'header %s',
    async (name) => {
      expect(await refusal(without(await prepare(), name))).toMatch(
        /signature_invalid|digest_mismatch|card_mismatch/,
      );
    },
  );
  it.each(['signature', 'signature-input'])('header %s', async (name) => {
    expect(await refusal(without(await prepare(), name))).toBe('signature_missing');
  });
  it('both signature headers', async () => {
    expect(await refusal(without(without(await prepare(), 'signature'), 'signature-input'))).toBe(
      'signature_missing',
    );
  });
  it.each(['"@method" ', ' "@target-uri"', ' "content-digest"', ' "sallyport-card"'])(
    'component %s from the signed list',
    async (component) => {
      const cut = change(await prepare(), 'signature-input', (v) => v.replace(component, ''));
      expect(await refusal(cut)).toBe('signature_invalid');
    },
  );
});

describe('a signature that says two things', () => {
  it('two labels', async () => {
    const twice = change(
      await prepare(),
      'signature-input',
      (v) => `${v}, other=${v.replace(/^[^=]+=/, '')}`,
    );
    expect(await refusal(twice)).toBe('signature_invalid');
    expect(await refusal(change(twice, 'signature', (v) => `${v}, other=${v.replace(/^[^=]+=/, '')}`))).toBe(
      'signature_invalid',
    );
  });
  it('another label', async () => {
    let other = await prepare();
    for (const name of ['signature', 'signature-input'])
      other = change(other, name, (v) => v.replace('sallyport=', 'sig1='));
    expect(await refusal(other)).toBe('signature_invalid');
  });
  it('a parameter twice, an unknown one, or a component parameter', async () => {
    for (const edit of [
      (v: string) => `${v};tag="sallyport-admin"`,
      (v: string) => `${v};extra="1"`,
      (v: string) => v.replace('"@method"', '"@method";req'),
      (v: string) => v.replace(' "@target-uri"', ' "@target-uri" "@target-uri"'),
    ])
      expect(await refusal(change(await prepare(), 'signature-input', edit))).toBe('signature_invalid');
  });
});

describe('time', () => {
  const at = async (offsetMs: number) => {
    const signer: TestOperator = { ...operator, now: () => api.clock.ms + offsetMs };
    return prepare(signer);
  };
  it('is skewed up to 60 s either way and no further', async () => {
    expect(await api.send(await at(60_000))).toMatchObject({ status: 201 });
    expect(await api.send(await at(-60_000))).toMatchObject({ status: 201 });
    expect(await refusal(await at(61_000))).toBe('signature_expired');
    expect(await refusal(await at(-61_000))).toBe('signature_expired');
  });
  it('expires while it is on its way', async () => {
    const request = await prepare();
    api.clock.advance(61_000);
    expect(await refusal(request)).toBe('signature_expired');
  });
});

describe('the request is redirected by forged headers', () => {
  it('Host and X-Forwarded-* change nothing', async () => {
    const forged = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'http',
      'x-forwarded-for': '127.0.0.1',
      forwarded: 'host=evil.example',
      authorization: `Bearer ${api.adminToken}`,
    };
    expect(await api.send(await prepare(), forged)).toMatchObject({ status: 201 });
  });
  it('a signature for the origin in Host is refused', async () => {
    const foreign = await prepare(operator, 'https://evil.example');
    expect(await refusal(foreign, { host: 'evil.example' })).toBe('card_mismatch');
  });
});

describe('a key nobody may sign with', () => {
  it('is unknown', async () => {
    expect(await refusal(await prepare(api.newOperator()))).toBe('key_unknown');
  });
  it('is retired, from the moment it is', async () => {
    await cluster
      .open('migrator', 1)
      .kysely.updateTable('operators')
      .set({ revoked_at: api.clock.now(), revoked_by: 'test', revoked_reason: 'lost' })
      .execute();
    expect(await refusal(await prepare())).toBe('key_unknown');
  });
});

describe('a signed request is replayed', () => {
  it('is refused at once, and keeps its effect once', async () => {
    const request = await prepare();
    expect(await api.send(request)).toMatchObject({ status: 201 });
    expect(await refusal(request)).toBe('signature_replayed');
    expect(await countKeys()).toBe(1);
  });
  it('is accepted once among 100 parallel sends', async () => {
    const request = await prepare();
    const answers = await Promise.all(Array.from({ length: 100 }, () => api.send(request)));
    expect(answers.filter((a) => a.status === 201)).toHaveLength(1);
    expect(answers.filter((a) => a.body.error?.type === 'signature_replayed')).toHaveLength(99);
    expect(await countKeys()).toBe(1);
  });
  it('is refused after a restart of the service', async () => {
    const request = await prepare();
    expect(await api.send(request)).toMatchObject({ status: 201 });
    const restarted = await startTestApi({
      db,
      clock: api.clock,
      staging: testStaging(api.clock, cluster.keys.stagingMac),
    });
    const answer = await restarted.send(request);
    await restarted.close();
    expect(answer).toMatchObject({ status: 401, body: { error: { type: 'signature_replayed' } } });
  });
  it('is refused also when it failed the first time and would succeed now', async () => {
    const { key } = (await api.send(await prepare())).body;
    const early = await prepareSigned(
      ORIGIN,
      {
        route: 'keys.revoke',
        path: `/api/keys/${key.id.replace(/.$/, 'z')}/revoke`,
        body: { displayPrefix: key.displayPrefix, reason: 'x' },
      },
      operator,
    );
    expect(await api.send(early)).toMatchObject({ status: 404 });
    expect(await refusal(early)).toBe('signature_replayed');
  });
});
