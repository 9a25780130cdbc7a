import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { purgeNonces } from '../../service/identity/replay.ts';
import type { Proposal } from '../../shared/http/proposal.ts';
import { ORIGIN, startTestApi, type TestApi, testStaging } from '../fixtures/api.ts';
import {
  type Prepared,
  prepareApproval,
  prepareSigned,
  prepareText,
  type TestOperator,
} from '../fixtures/signing.ts';
import { operatorsRoom, refused } from '../fixtures/two-operators.ts';

const room = await operatorsRoom('administrator');
const { acts, db } = room;
const owner = room.cluster.open('migrator', 2);

let api: TestApi;
let ada: TestOperator;
let bob: TestOperator & { readonly id: string };
let keyId: string;
const staging = () => testStaging(api.clock, room.cluster.keys.stagingMac);

beforeEach(async () => {
  ({ api, ada, bob } = room);
  const made = await api.signed({ route: 'keys.create', path: '/api/keys', body: { label: 'k' } }, ada);
  keyId = made.body.key.id;
});

const propose = async (limit = 600): Promise<Proposal> => (await acts.raise(keyId, limit, ada)).body.proposal;

async function outcome() {
  const { requests_per_minute: limit } = await db.kysely
    .selectFrom('api_keys')
    .select('requests_per_minute')
    .where('id', '=', keyId)
    .executeTakeFirstOrThrow();
  const approvals = await db.kysely.selectFrom('proposal_approvals').select('proposal_id').execute();
  const told = await db.kysely
    .selectFrom('ledger_staged')
    .select('kind')
    .where('kind', 'in', ['proposal.executed', 'key.limit-raised'])
    .execute();
  return { limit, approvals: approvals.length, told: told.length };
}
const BEFORE = { limit: 60, approvals: 0, told: 0 };
/** Bob's enrolment was the second one, so nothing was approved for it. */
const ONCE = { limit: 600, approvals: 1, told: 2 };

describe('one kind of signature poses as the other', () => {
  const approveBody = (proposal: Proposal) => ({
    route: 'proposals.approve' as const,
    path: `/api/proposals/${proposal.id}/approve`,
    body: { digest: proposal.digest },
  });

  it('an admin signature approves nothing', async () => {
    const proposal = await propose();
    expect(await api.signed(approveBody(proposal), bob)).toMatchObject(refused(401, 'signature_invalid'));
  });

  it('an approval signs no admin request, and lives a day at most', async () => {
    const proposal = await propose();
    const good = await prepareApproval(ORIGIN, proposal, bob);
    const admin = await prepareSigned(
      ORIGIN,
      { route: 'limits.lower', path: `/api/keys/${keyId}/limit/lower`, body: { requestsPerMinute: 1 } },
      bob,
    );
    const retagged = (admin.headers['signature-input'] ?? '').replace(
      'sallyport-admin',
      'sallyport-approval',
    );
    expect(
      await api.send({ ...admin, headers: { ...admin.headers, 'signature-input': retagged } }),
    ).toMatchObject(refused(401, 'signature_invalid'));
    const longer = (good.headers['signature-input'] ?? '').replace(
      /expires=(\d+)/,
      (_, n) => `expires=${Number(n) + 86_400}`,
    );
    expect(
      await api.send({ ...good, headers: { ...good.headers, 'signature-input': longer } }),
    ).toMatchObject(refused(401, 'signature_expired'));
    expect(await outcome()).toEqual(BEFORE);
  });

  it('an unsigned request of development neither proposes nor approves', async () => {
    const proposal = await propose();
    const dev = await startTestApi({
      db,
      clock: api.clock,
      staging: staging(),
      settings: { adminSignatures: 'optional' },
    });
    const plain = (path: string, body: object) => ({
      method: 'POST' as const,
      path,
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      body: JSON.stringify(body),
    });
    expect(await dev.send(plain(`/api/keys/${keyId}/limit`, { requestsPerMinute: 900 }))).toMatchObject(
      refused(401, 'signature_missing'),
    );
    const { path, body } = approveBody(proposal);
    expect(await dev.send(plain(path, body))).toMatchObject(refused(401, 'signature_missing'));
    await dev.close();
    expect(await outcome()).toEqual(BEFORE);
  });
});

describe('the service fails between approval and execution', () => {
  const mend = () =>
    sql`DROP TRIGGER IF EXISTS dies ON proposals; DROP FUNCTION IF EXISTS die();
        ALTER TABLE ledger_staged DROP CONSTRAINT IF EXISTS full_disk`.execute(owner.kysely);
  afterEach(mend);

  it('by losing its connection there: neither is kept, and the proposal is as it was', async () => {
    const proposal = await propose();
    await sql`CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql SECURITY INVOKER AS $$
      BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$`.execute(owner.kysely);
    await sql`GRANT EXECUTE ON FUNCTION die() TO api`.execute(owner.kysely);
    await sql`CREATE TRIGGER dies BEFORE UPDATE ON proposals FOR EACH ROW EXECUTE FUNCTION die()`.execute(
      owner.kysely,
    );
    expect(await acts.approve(proposal, bob)).toMatchObject({ status: 503 });
    expect(await outcome()).toEqual(BEFORE);
    await mend();
    expect(await acts.approve(proposal, bob)).toMatchObject({ status: 200 });
    expect(await outcome()).toEqual(ONCE);
  });

  it('by failing to write the ledger: nothing is done', async () => {
    const proposal = await propose();
    await sql`ALTER TABLE ledger_staged ADD CONSTRAINT full_disk CHECK (kind <> 'proposal.executed') NOT VALID`.execute(
      owner.kysely,
    );
    expect((await acts.approve(proposal, bob)).status).toBeGreaterThanOrEqual(500);
    expect(await outcome()).toEqual(BEFORE);
  });
});

describe('an approval is altered on its way', () => {
  const header = (name: string, value: (old: string) => string) => (request: Prepared) => ({
    ...request,
    headers: { ...request.headers, [name]: value(request.headers[name] ?? '') },
  });
  const input = (from: RegExp, to: string) => header('signature-input', (old) => old.replace(from, to));
  const other = (text: string) => (text.startsWith('A') ? 'B' : 'A') + text.slice(1);

  it.each<[string, (request: Prepared) => Prepared]>([
    ['the query', (request) => ({ ...request, path: `${request.path}?x=1` })],
    ['the content type', header('content-type', () => 'application/json; charset=utf-8')],
    ['the digest of the body', header('content-digest', (old) => old.replace(/:./, ':_'))],
    ['the idempotency key', header('idempotency-key', () => 'another-key')],
    ['the card', header('sallyport-card', () => '0'.repeat(64))],
    [
      'the nonce',
      header('signature-input', (old) =>
        old.replace(/nonce="./, (start) => `nonce="${other(start.slice(7))}`),
      ),
    ],
    ['the time', input(/created=\d/, 'created=2')],
    ['the end', input(/expires=(\d+)\d/, 'expires=$10')],
    ['the key', input(/keyid="[^"]+"/, `keyid="${'A'.repeat(43)}"`)],
    ['the tag', input(/sallyport-approval/, 'sallyport-approvals')],
    ['the components', input(/ "sallyport-card"/, '')],
    ['the signature', header('signature', (old) => `sallyport=:${other(old.slice(11))}`)],
  ])('in %s', async (_what, alter) => {
    // The signature then ends at a second that no alteration above leaves as it was.
    api.clock.advance(3000);
    const good = await prepareApproval(ORIGIN, await propose(), bob);
    const altered = alter(good);
    expect(altered).not.toEqual(good);
    expect((await api.send(altered)).status).toBe(401);
    expect(await outcome()).toEqual(BEFORE);
    expect((await api.send(good)).status).toBe(200);
  });
});

describe('a proposal is spelt in another way', () => {
  it('with an escape in its path: it is what it leads to', async () => {
    const path = `/api/keys/${keyId.replace('_', '%5F')}/limit`;
    const call = { route: 'limits.raise', path, body: { requestsPerMinute: 600 } } as const;
    const answer = await api.signed(call, ada);
    expect(answer).toMatchObject({
      status: 202,
      body: { proposal: { content: { target: `${ORIGIN}${path}` } } },
    });
    expect(await acts.approve(answer.body.proposal, bob)).toMatchObject({ status: 200 });
    expect(await outcome()).toEqual(ONCE);
  });

  it('with a byte order mark, a prototype, or a member more: refused', async () => {
    const path = `/api/keys/${keyId}/limit`;
    for (const body of [
      '\ufeff{"requestsPerMinute":600}',
      '{"requestsPerMinute":600,"__proto__":{"x":1}}',
      '{"requestsPerMinute":600,"more":1}',
      '{"requestsPerMinute":1e99}',
      '[]',
    ]) {
      const answer = await api.send(await prepareText(ORIGIN, { route: 'limits.raise', path, body }, ada));
      expect([400, 401], body).toContain(answer.status);
    }
    expect(await outcome()).toEqual(BEFORE);
  });
});

describe('a flood of proposals', () => {
  it('is bounded for one proposer', async () => {
    const { id } = await propose();
    await sql`INSERT INTO proposals SELECT 'prp_' || lpad(n::text, 26, '0'), sha256(n::text::bytea), route, method, target, body,
      proposer_id, proposer_name, proposer_key, nonce, created_at, expires_at, proof_key, proof_base, proof_value
      FROM proposals, generate_series(1, 99) AS n WHERE id = ${id}`.execute(owner.kysely);
    expect(await acts.raise(keyId, 900, ada)).toMatchObject(refused(409, 'conflict'));
    expect((await acts.raise(keyId, 900, bob)).status).toBe(202);
  });
});

describe('nonces of approvals', () => {
  const DAY = 24 * 3_600_000;
  const stored = async () => (await db.kysely.selectFrom('approval_nonces').select('nonce').execute()).length;
  const purge = async () => {
    await purgeNonces(db);
    await purgeNonces(db);
  };

  it('are forgotten behind the highest time stored, and a clock that is set back revives none', async () => {
    const carried = await prepareApproval(ORIGIN, await propose(), bob);
    expect((await api.send(carried)).status).toBe(200);
    const then = api.clock.ms;
    api.clock.ms += 2 * DAY;
    await purge();
    expect(await stored()).toBe(1);
    const later = await prepareApproval(ORIGIN, await propose(700), bob);
    expect((await api.send(later)).status).toBe(200);
    await purge();
    expect(await stored()).toBe(1);
    api.clock.ms = then;
    expect(await api.send(carried)).toMatchObject(refused(401, 'signature_expired'));
    const back = db.kysely.updateTable('approval_nonce_horizon').set({ horizon: new Date(0) });
    await expect(back.execute()).rejects.toMatchObject({ constraint: 'admin_nonce_horizon_advances' });
  });

  it('of signatures that live for a day do not shut out shorter ones', async () => {
    const long = await prepareApproval(ORIGIN, await propose(), bob, DAY / 1000);
    expect((await api.send(long)).status).toBe(200);
    await purge();
    const short = await prepareApproval(ORIGIN, await propose(700), bob, 60);
    expect((await api.send(short)).status).toBe(200);
    expect(await api.send(long)).toMatchObject(refused(401, 'signature_replayed'));
  });
});
