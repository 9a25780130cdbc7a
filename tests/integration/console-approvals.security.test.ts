import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { contentToApprove } from '../../electron/backend/approval.ts';
import { prepare } from '../../electron/signer/request.ts';
import { createSigner } from '../../electron/signer/signer.ts';
import type { Proposal } from '../../shared/http/proposal.ts';
import { ORIGIN } from '../fixtures/api.ts';
import type { TestOperator } from '../fixtures/signing.ts';
import { operatorsRoom, refused } from '../fixtures/two-operators.ts';

const room = await operatorsRoom('administrator');
const DAY = 24 * 3_600_000;

const propose = async (): Promise<Proposal> => {
  const made = await room.api.signed(
    { route: 'keys.create', path: '/api/keys', body: { label: 'k', requestsPerMinute: 60 } },
    room.ada,
  );
  return (await room.acts.raise(made.body.key.id, 600, room.ada)).body.proposal;
};
const pathOf = ({ id }: Proposal) => `/api/proposals/${id}/approve`;

/** What main does when a page names a proposal: asks the service what stands in it. */
const askService = (proposal: Proposal) =>
  contentToApprove(
    { call: async ({ params }) => ({ body: (await room.api.get(`/api/proposals/${params?.id}`)).body }) },
    { route: 'proposals.approve', params: { id: proposal.id } },
  );

/** What the keeper holds while its window shows the card. */
const cardFor = async (proposal: Proposal) =>
  prepare({
    route: 'proposals.approve',
    method: 'POST',
    targetUri: `${ORIGIN}${pathOf(proposal)}`,
    contentType: 'application/json',
    body: Buffer.from(JSON.stringify({ digest: proposal.digest })),
    idempotencyKey: randomUUID(),
    proposal: await askService(proposal),
  });

async function send(proposal: Proposal, prepared: Awaited<ReturnType<typeof cardFor>>, by: TestOperator) {
  const key = { keyId: by.keyId, sign: (bytes: Uint8Array) => by.sign(bytes) as Uint8Array };
  const headers = await createSigner(key, () => room.api.clock.ms).sign(prepared);
  const body = Buffer.from(prepared.request.body).toString();
  return room.api.send({ method: 'POST', path: pathOf(proposal), headers: { ...headers }, body });
}
const approve = async (proposal: Proposal, by: TestOperator) => send(proposal, await cardFor(proposal), by);

describe('an approval as the console makes it', () => {
  it('is what the service takes: it recomputes the very card that was shown', async () => {
    const proposal = await propose();
    expect(await approve(proposal, room.bob)).toMatchObject({
      status: 200,
      body: { proposal: { state: 'executed', approved: { name: 'Bob', valid: true } } },
    });
  });

  it('approves an enrolment, its key on the card', async () => {
    const { code } = (await room.acts.invite(room.ada, 'Carol', 'custodian')).body;
    const carol = room.api.newOperator();
    const { proposal } = (await room.acts.enrol(carol, code, 'Carol')).body;
    const prepared = await cardFor(proposal);
    expect(prepared.card?.fields).toContainEqual({ label: 'publicKey', value: carol.publicKey });
    expect((await send(proposal, prepared, room.bob)).status).toBe(200);
  });

  it('is refused of the person who proposed, with the same key and with another', async () => {
    const proposal = await propose();
    expect(await approve(proposal, room.ada)).toMatchObject(refused(403, 'same_person'));
    const again = await room.acts.join('ada', 'administrator', room.ada, room.bob);
    expect(await approve(proposal, again)).toMatchObject(refused(403, 'same_person'));
    expect((await room.api.get(`/api/proposals/${proposal.id}`)).body.proposal.state).toBe('open');
  });

  it('of one proposal is no approval of another', async () => {
    const proposal = await propose();
    const prepared = await cardFor(proposal);
    const other = await propose();
    const headersOfOther = await cardFor(other);
    // The signature of one, sent to the other.
    expect((await send(other, prepared, room.bob)).status).toBe(401);
    expect((await send(proposal, headersOfOther, room.bob)).status).toBe(401);
    expect((await send(proposal, prepared, room.bob)).status).toBe(200);
  });
});

describe('a proposal that is over', () => {
  const over = (what: RegExp) => ({
    code: 'request-failed',
    message: expect.stringMatching(what),
    service: { status: 409 },
  });

  it('gets no card when it was executed, withdrawn or expired', async () => {
    const executed = await propose();
    await approve(executed, room.bob);
    await expect(cardFor(executed)).rejects.toMatchObject(over(/executed already/));
    const withdrawn = await propose();
    await room.acts.withdraw(withdrawn.id, room.bob);
    await expect(cardFor(withdrawn)).rejects.toMatchObject(over(/withdrawn/));
    const expired = await propose();
    room.api.clock.advance(DAY);
    await expect(cardFor(expired)).rejects.toMatchObject(over(/expired/));
  });

  it('is refused by the service when it ended between the card and the signature', async () => {
    const [first, second] = [await propose(), await propose()];
    const [shown, alsoShown] = [await cardFor(first), await cardFor(second)];
    await approve(first, room.bob);
    await room.acts.withdraw(second.id, room.ada);
    expect(await send(first, shown, room.bob)).toMatchObject(refused(409, 'conflict'));
    expect(await send(second, alsoShown, room.bob)).toMatchObject(refused(409, 'conflict'));
  });

  it('that never was is not found', async () => {
    expect(await room.api.get(`/api/proposals/prp_${'0'.repeat(26)}`)).toMatchObject(
      refused(404, 'not_found'),
    );
  });
});
