import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { contentToApprove } from '../../electron/backend/approval.ts';
import { prepare } from '../../electron/signer/request.ts';
import { createSigner } from '../../electron/signer/signer.ts';
import type { Proposal } from '../../shared/http/proposal.ts';
import { digestOf } from '../../shared/http/sign.ts';
import { ORIGIN } from '../fixtures/api.ts';
import { approvedElsewhere, contentBy, requestFile } from '../fixtures/carried.ts';
import { carriedActs, notTaken } from '../fixtures/carried-acts.ts';
import { prepareApproval, sha256, type TestOperator } from '../fixtures/signing.ts';
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

const { fileOf, approvedBy, deliver, stateOf } = carriedActs(room);

describe('an approval that travels between consoles', () => {
  it('is made without a connection, brought by the proposer, and done as any other', async () => {
    const proposal = await propose();
    const approval = await approvedBy(room.bob, await fileOf(proposal));
    room.api.clock.advance(DAY / 2);
    expect(await deliver(approval, room.ada)).toMatchObject({
      status: 200,
      body: { proposal: { state: 'executed', approved: { name: 'Bob', valid: true, carriedBy: 'Ada' } } },
    });
    const told = await room.lastEvent('proposal.approved');
    expect(told.actor_name).toBe('Bob');
    expect(told.data.carried).toMatchObject({ proposerName: 'Ada', carrierName: 'Ada' });
    expect((await room.lastEvent('key.limit-raised')).actor_name).toBe('Bob');
  });

  it('is brought by a third operator as well, and once', async () => {
    const proposal = await propose();
    const approval = await approvedBy(room.bob, await fileOf(proposal));
    const carol = await room.acts.join('Carol', 'responder', room.ada, room.bob);
    expect((await deliver(approval, carol)).body.proposal.approved).toMatchObject({ carriedBy: 'Carol' });
    expect(await deliver(approval, carol)).toMatchObject(
      notTaken(409, `was used before; ${proposal.id} is executed`),
    );
    const told = (await room.kinds()).filter((kind) => kind === 'key.limit-raised');
    expect(told).toHaveLength(1);
  });

  it('has its former answer when the same request is sent again, whatever became of its signer', async () => {
    const approval = await approvedBy(room.bob, await fileOf(await propose()));
    const again = () => deliver(approval, room.ada, approval.id, { idempotencyKey: 'carried-once' });
    const answers = await Promise.all([again(), again(), again()]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    await room.acts.revoke(room.bob.id, room.ada);
    const [first] = answers;
    for (const { body } of [...answers, await again()]) expect(body).toEqual(first?.body);
    expect((await room.kinds()).filter((kind) => kind === 'key.limit-raised')).toHaveLength(1);
  });

  it('that executed nothing is used up, and its request is judged anew with another', async () => {
    const proposal = await propose();
    const request = await fileOf(proposal);
    const misnamed = { route: 'freeze.lift', idempotencyKey: 'carried-anew' };
    const approval = await approvedBy(room.bob, request);
    const send = (given: typeof approval, more = {}) =>
      deliver(given, room.ada, proposal.id, { ...misnamed, ...more });
    expect(await send(approval)).toMatchObject(refused(409, 'name_mismatch'));
    const spent = notTaken(409, `was used before; ${proposal.id} is open, so have it signed again`);
    expect(await send(approval)).toMatchObject(spent);
    const another = await approvedBy(room.bob, request);
    expect(await send(another, { route: 'limits.raise' })).toMatchObject({ status: 200 });
  });

  it('of an enrolment shows its key to the second person', async () => {
    const { code } = (await room.acts.invite(room.ada, 'Carol', 'custodian')).body;
    const { proposal } = (await room.acts.enrol(room.api.newOperator(), code, 'Carol')).body;
    const approval = await approvedBy(room.bob, await fileOf(proposal));
    expect(await deliver(approval, room.ada, proposal.id, { route: 'operators.enrol' })).toMatchObject({
      status: 200,
    });
  });

  it('is refused of the key that proposed, of the same person, of a wrong role and of a revoked key', async () => {
    const proposal = await propose();
    const request = await fileOf(proposal);
    await expect(approvedBy(room.ada, request)).rejects.toMatchObject({ code: 'second-self' });
    const again = await room.acts.join('ada', 'administrator', room.ada, room.bob);
    expect(await deliver(await approvedBy(again, request), room.ada)).toMatchObject(
      refused(403, 'same_person'),
    );
    const rita = await room.acts.join('Rita', 'reviewer', room.ada, room.bob);
    expect(await deliver(await approvedBy(rita, request), room.ada)).toMatchObject(refused(403, 'forbidden'));
    const approval = await approvedBy(room.bob, request);
    expect(await deliver(approval, rita)).toMatchObject({ status: 403 });
    await room.acts.revoke(room.bob.id, room.ada);
    const nobody = notTaken(422, 'is by a key of nobody who is enrolled now; prp_');
    expect(await deliver(approval, room.ada)).toMatchObject(nobody);
    expect(await deliver(await approvedBy(room.api.newOperator(), request), room.ada)).toMatchObject(nobody);
    expect(await stateOf(proposal)).toBe('open');
  });

  it('of one proposal is no approval of another, and of another service of none', async () => {
    const [one, other] = [await propose(), await propose()];
    const approval = await approvedBy(room.bob, await fileOf(one));
    expect(await deliver(approval, room.ada, other.id)).toMatchObject(
      notTaken(422, 'approves something else'),
    );
    expect(await deliver({ ...approval, digest: other.digest }, room.ada)).toMatchObject({ status: 422 });
    // A second service with the same operators: what is approved there is nothing here.
    const at = new Date(room.api.clock.ms);
    const elsewhere = contentBy(room.ada, at, {
      target: one.content.target.replace(ORIGIN, 'https://b.test'),
    });
    const foreign = await approvedBy(room.bob, await requestFile(room.ada, elsewhere));
    expect(await deliver(foreign, room.ada, one.id)).toMatchObject(
      notTaken(422, 'is of a proposal that is not here'),
    );
    expect(await deliver({ ...foreign, digest: one.digest }, room.ada, one.id)).toMatchObject(
      notTaken(422, 'approves something else'),
    );
    expect([await stateOf(one), await stateOf(other)]).toEqual(['open', 'open']);
    expect((await deliver(approval, room.ada)).status).toBe(200);
  });

  it('is no approval that a console sends for itself, nor the other way round', async () => {
    const proposal = await propose();
    const { digest, approval } = await approvedBy(room.bob, await fileOf(proposal));
    const sent = {
      'content-type': 'application/json',
      'content-digest': '',
      'idempotency-key': approval.idempotencyKey,
      'sallyport-card': approval.card,
      'signature-input': approval.signatureInput,
      signature: approval.signature,
    };
    const body = JSON.stringify({ digest });
    sent['content-digest'] = digestOf(Buffer.from(body), sha256);
    expect(
      await room.api.send({ method: 'POST', path: pathOf(proposal), headers: sent, body }),
    ).toMatchObject(refused(401, 'card_mismatch'));
    const own = await prepareApproval(ORIGIN, proposal, room.bob);
    const signature = {
      idempotencyKey: own.headers['idempotency-key'] ?? '',
      card: own.headers['sallyport-card'] ?? '',
      signatureInput: own.headers['signature-input'] ?? '',
      signature: own.headers.signature ?? '',
    };
    const posing = { format: 'sallyport-approval', version: 1, id: proposal.id, digest } as const;
    expect(await deliver({ ...posing, approval: signature }, room.ada)).toMatchObject(
      notTaken(422, 'approves something else'),
    );
    expect(await stateOf(proposal)).toBe('open');
  });

  it('is refused altered, expired, of what is over, and unsigned by who brings it', async () => {
    const proposal = await propose();
    const brought = await approvedBy(room.bob, await fileOf(proposal));
    const input = brought.approval.signatureInput;
    for (const change of [
      { idempotencyKey: 'another-key' },
      { card: '0'.repeat(64) },
      { signatureInput: input.replace(/expires=(\d+)/, (_, end) => `expires=${Number(end) - 1}`) },
      { signatureInput: input.replace('sallyport-approval', 'sallyport-admin') },
      { signature: `sallyport=:${Buffer.alloc(64, 1).toString('base64')}:` },
    ])
      expect(
        await deliver({ ...brought, approval: { ...brought.approval, ...change } }, room.ada),
      ).toMatchObject(notTaken(422, ''));
    await room.acts.withdraw(proposal.id, room.ada);
    expect(await deliver(brought, room.ada)).toMatchObject(refused(409, 'conflict'));
    // It failed, and so it is used up.
    expect(await deliver(brought, room.ada)).toMatchObject(notTaken(409, 'was used before; prp_'));
    const late = await propose();
    const tooLate = await approvedBy(room.bob, await fileOf(late));
    const { digest, approval, id } = tooLate;
    const unsigned = { method: 'POST', path: `/api/proposals/${id}/deliver`, headers: {} } as const;
    expect(
      (
        await room.api.send({
          ...unsigned,
          body: JSON.stringify({ route: 'limits.raise', digest, approval }),
        })
      ).status,
    ).toBe(401);
    const ahead = await approvedElsewhere(room.bob, await fileOf(late), () => room.api.clock.ms + 120_000);
    expect(await deliver(ahead, room.ada)).toMatchObject(
      notTaken(422, `is from the future; ${id} is open, so set the clock of the console where it was made`),
    );
    room.api.clock.advance(DAY + 1000);
    expect(await deliver(tooLate, room.ada)).toMatchObject(notTaken(422, `has expired; ${id} is expired`));
    await expect(fileOf(late)).rejects.toMatchObject({ code: 'request-failed' });
  });
});
