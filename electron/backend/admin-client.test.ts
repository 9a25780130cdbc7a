import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PROOF, PROPOSAL } from '../../tests/fixtures/screen/proposals.ts';
import type { SigningRequest } from '../keeper/protocol.ts';
import { createAdminClient } from './admin-client.ts';

interface Seen {
  readonly request: IncomingMessage;
  readonly body: string;
}
const ORIGIN = 'http://admin.sallyport.internal';
const KEY = {
  id: 'key_0123456789abcdefghjkmnpqrs',
  label: 'a',
  displayPrefix: 'th_01234567',
  family: 'inference',
  accountId: null,
  agentId: null,
  spendLimit: null,
  expiresAt: null,
  requestsPerMinute: 60,
  state: 'active',
  createdAt: '2026-01-01T00:00:00.000Z',
  createdBy: 'x',
  lastUsedAt: null,
  revokedAt: null,
  revokedReason: null,
};
const CREATED = { key: KEY, secret: 'th_secret', eventId: 'evt_0123456789abcdefghjkmnpqrs' };
const refused = (code: number, type: string) => ({
  error: { code, type, message: 'Because.', requestId: 'req' },
});

let folder = '';
let server: Server;
let seen: Seen[] = [];
let answers: { status: number; body: unknown }[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sp-'));
  [seen, answers] = [[], []];
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    seen.push({ request, body });
    const next = answers.shift();
    if (!next) return request.socket.destroy();
    response.writeHead(next.status, { 'content-type': 'application/json', 'retry-after': '0' });
    return response.end(JSON.stringify(next.body));
  });
  await new Promise<void>((resolve) => server.listen(join(folder, 's'), resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

interface Change {
  readonly token?: string | null;
  readonly sign?: () => Promise<Record<string, string>>;
  readonly publicOrigin?: string;
}

function client(change: Change = {}) {
  const signed: SigningRequest[] = [];
  const rejected = vi.fn();
  const made = createAdminClient({
    member: { token: async () => 'access-of-the-member', rejected },
    publicOrigin: () => change.publicOrigin ?? null,
    endpoint: () => ({ origin: ORIGIN, socket: join(folder, 's') }),
    token: () => (change.token === undefined ? 'token-of-this-unlock' : change.token),
    sign: async (request) => {
      signed.push(request);
      const more = change.sign ? await change.sign() : {};
      return { 'idempotency-key': request.idempotencyKey, signature: `n${signed.length}`, ...more };
    },
  });
  return { client: made, signed, rejected };
}
const create = { route: 'keys.create', body: { label: 'a', requestsPerMinute: 5 } } as const;

describe('admin client', () => {
  it('reads with the token of this unlock and without a signature', async () => {
    answers = [{ status: 200, body: { keys: [KEY], nextCursor: null } }];
    const t = client();
    expect((await t.client.call({ route: 'keys.list' })).body).toEqual({ keys: [KEY], nextCursor: null });
    expect(seen[0]?.request.headers).toMatchObject({
      authorization: 'Bearer token-of-this-unlock',
      host: 'admin.sallyport.internal',
    });
    expect(t.signed).toEqual([]);
  });

  it('hands the signer what an approval is of, as the service says it', async () => {
    const executed = { ...PROPOSAL, state: 'executed' };
    answers = [
      { status: 200, body: { proposal: PROPOSAL, proof: PROOF } },
      { status: 200, body: { proposal: executed, eventId: CREATED.eventId } },
    ];
    const t = client();
    const { id, digest } = PROPOSAL;
    await t.client.call({ route: 'proposals.approve', params: { id }, body: { digest } });
    expect(t.signed.map(({ proposal }) => proposal)).toEqual([PROPOSAL.content]);
    expect(seen.map(({ request }) => request.url)).toEqual([
      `/api/proposals/${id}`,
      `/api/proposals/${id}/approve`,
    ]);
  });

  it('asks nobody to sign an approval of what is over', async () => {
    answers = [{ status: 200, body: { proposal: { ...PROPOSAL, state: 'withdrawn' }, proof: PROOF } }];
    const t = client();
    const { id, digest } = PROPOSAL;
    const approval = t.client.call({ route: 'proposals.approve', params: { id }, body: { digest } });
    await expect(approval).rejects.toMatchObject({ code: 'request-failed', service: { status: 409 } });
    expect(t.signed).toEqual([]);
  });

  it('sends exactly the bytes that were signed', async () => {
    answers = [{ status: 201, body: CREATED }];
    const t = client();
    expect((await t.client.call(create)).status).toBe(201);
    expect(seen[0]?.body).toBe(new TextDecoder().decode(t.signed[0]?.body));
    expect(`${ORIGIN}${seen[0]?.request.url}`).toBe(t.signed[0]?.targetUri);
  });

  it('asks the person for no second signature, and says that it may be tried again', async () => {
    answers = [
      { status: 503, body: refused(503, 'unavailable') },
      { status: 201, body: CREATED },
    ];
    const t = client();
    await expect(t.client.call(create)).rejects.toMatchObject({
      code: 'request-failed',
      retryable: true,
      service: { status: 503 },
    });
    expect(t.signed).toHaveLength(1);
    expect(seen).toHaveLength(1);
  });

  it('says of a signed request whose answer was lost that it may have been done', async () => {
    const t = client();
    await expect(t.client.call(create)).rejects.toMatchObject({
      code: 'service-down',
      retryable: true,
      message: expect.stringContaining('not known whether this was done'),
    });
    expect(t.signed).toHaveLength(1);
    expect(seen).toHaveLength(1);
  });

  it('reads again after a 503', async () => {
    answers = [
      { status: 503, body: refused(503, 'unavailable') },
      { status: 200, body: { keys: [KEY], nextCursor: null } },
    ];
    expect((await client().client.call({ route: 'keys.list' })).status).toBe(200);
    expect(seen).toHaveLength(2);
  });

  it('hands on the service’s reason and does not ask twice', async () => {
    answers = [{ status: 409, body: refused(409, 'conflict') }];
    await expect(client().client.call(create)).rejects.toMatchObject({
      code: 'request-failed',
      message: 'Because.',
      retryable: false,
      service: { type: 'conflict', status: 409 },
    });
    expect(seen).toHaveLength(1);
  });

  it('says that the service is down when the connection breaks, twice', async () => {
    await expect(client().client.call({ route: 'keys.list' })).rejects.toMatchObject({
      code: 'service-down',
    });
    expect(seen).toHaveLength(2);
  });

  it('sends nothing that was not signed, and keeps the signer’s reason', async () => {
    const declined = Object.assign(new Error('no'), { code: 'declined' });
    const t = client({ sign: () => Promise.reject(declined) });
    await expect(t.client.call(create)).rejects.toBe(declined);
    expect(t.signed).toHaveLength(1);
    expect(seen).toEqual([]);
  });

  it('sends nothing while locked', async () => {
    await expect(client({ token: null }).client.call({ route: 'keys.list' })).rejects.toMatchObject({
      code: 'locked',
    });
    expect(seen).toEqual([]);
  });

  it('shows no answer that the route table does not know', async () => {
    answers = [{ status: 200, body: { surprise: 'th_secret' } }];
    const failed = client().client.call({ route: 'keys.list' });
    await expect(failed).rejects.toMatchObject({ code: 'request-failed' });
    await expect(failed).rejects.not.toMatchObject({ message: expect.stringContaining('th_') });
  });
});

describe('the minting plane', () => {
  const JOBS = { route: 'mint.jobs', params: { brand: 'brd_0123456789abcdefghjkmnpqrs' } } as const;
  const listening = async (): Promise<string> => {
    await new Promise((resolve) => server.close(resolve));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  it('is read with the session of the member and never with the admin token', async () => {
    const publicOrigin = await listening();
    answers = [{ status: 200, body: { jobs: [], nextCursor: null } }];
    const t = client({ publicOrigin });
    expect((await t.client.call(JOBS)).body).toEqual({ jobs: [], nextCursor: null });
    expect(seen[0]?.request.headers.authorization).toBe('Bearer access-of-the-member');
    expect(t.signed).toEqual([]);
  });

  it('is changed under the countersignature of an operator over the admin origin', async () => {
    const publicOrigin = await listening();
    const brand = { ...{ id: JOBS.params.brand, name: 'Acme', role: 'owner' }, createdAt: KEY.createdAt };
    answers = [{ status: 201, body: { brand, eventId: CREATED.eventId } }];
    const t = client({ publicOrigin });
    await t.client.call({ route: 'brands.create', body: { name: 'Acme' } });
    expect(t.signed[0]?.targetUri).toBe(`${ORIGIN}/api/v1/minting/brands`);
    expect(seen[0]?.request.headers).toMatchObject({
      authorization: 'Bearer access-of-the-member',
      signature: 'n1',
    });
  });

  it('forgets an access token that was refused, and is not reached while locked', async () => {
    const publicOrigin = await listening();
    answers = [{ status: 401, body: refused(401, 'unauthorized') }];
    const t = client({ publicOrigin });
    await expect(t.client.call(JOBS)).rejects.toMatchObject({ service: { status: 401 } });
    expect(t.rejected).toHaveBeenCalledTimes(1);
    await expect(client({ publicOrigin, token: null }).client.call(JOBS)).rejects.toMatchObject({
      code: 'locked',
    });
    expect(seen).toHaveLength(1);
  });
});
