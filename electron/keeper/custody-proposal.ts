import { createHash } from 'node:crypto';
import { CardError } from '../../shared/http/card.ts';
import { type CarriedRequest, readRequest, writeApproval } from '../../shared/http/carried.ts';
import { PROPOSAL_LIFETIME_SECONDS } from '../../shared/http/proposal.ts';
import { isProposalBase } from '../../shared/http/proposal-proof.ts';
import { thumbprint } from '../../shared/http/sign.ts';
import { MAX_SKEW_SECONDS } from '../../shared/http/signature.ts';
import { isSignedBy, refused } from '../custody/persons.ts';
import { type PreparedApproval, prepareCarried } from '../signer/carried.ts';
import { hashOfCard, type Signer } from '../signer/signer.ts';
import { SignerError } from '../signer/signer-error.ts';
import {
  type Carried,
  DONE,
  type Ground,
  type NamedSigner,
  type Outcome,
  type PreparedAct,
  plain,
} from './custody-card.ts';
import { qrOf } from './qr-code.ts';

const PROPOSAL = {
  name: 'request',
  label: 'Proposal',
  hint: 'the file that the other console saved',
  file: true,
} as const;

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** It lives for as long as proposals do, from a moment that has been: a longer life was not given by a service. */
function requireInTime({ content }: CarriedRequest, now: Date): void {
  const [from, to, time] = [Date.parse(content.createdAt), Date.parse(content.expiresAt), now.getTime()];
  if (to <= time || to - from > PROPOSAL_LIFETIME_SECONDS * 1000 || from > time + MAX_SKEW_SECONDS * 1000)
    throw refused(
      'second-expired',
      'This proposal has expired, or one of both clocks is wrong. Have it proposed again.',
    );
}

function requireAsSigned({ content, proof }: CarriedRequest): void {
  if (
    !isProposalBase(content, proof, sha256) ||
    !isSignedBy(proof.publicKey, Buffer.from(proof.base), proof.signature)
  )
    throw refused(
      'second-altered',
      'This is not what was proposed: its signature does not fit. Have it saved again, by another way.',
    );
}

/** Keys of this vault for its service. A vault is one person: where any of them proposed, no other makes a second one. */
async function signersFor({ content, proof }: CarriedRequest, carried: Carried) {
  const { origin } = new URL(content.target);
  const [first, ...more] = await carried.signersAt(origin);
  if (!first)
    throw refused('second-foreign', `This vault has no key for ${origin}. Open it where you enrolled.`);
  const signers = [first, ...more] as const;
  const proposing = [content.proposer.keyId, thumbprint(proof.publicKey, sha256)];
  if (signers.some(({ signer }) => proposing.includes(signer.keyId)))
    throw refused(
      'second-self',
      'You proposed this. Another person has to approve it, with a vault of their own.',
    );
  return signers;
}

/** What no card can show is signed by nobody. */
function prepared(asked: CarriedRequest): PreparedApproval {
  try {
    return prepareCarried(asked);
  } catch (cause) {
    if (!(cause instanceof SignerError) && !(cause instanceof CardError)) throw cause;
    throw refused(
      'second-altered',
      'This console cannot show what this would do, so it does not sign it.',
      cause,
    );
  }
}

/**
 * A proposal that somebody brought, judged by nothing but itself and this vault: what it says, who signed it, for which service, in
 * time, and not by this console.
 * @throws CustodyError `second-…`
 */
async function inspect(text: string, carried: Carried) {
  const asked = readRequest(text);
  if (!asked)
    throw refused(
      'second-malformed',
      'This is not a proposal, or a part of it is missing. Transfer it again.',
    );
  const approval = prepared(asked);
  requireAsSigned(asked);
  requireInTime(asked, carried.now());
  return { asked, approval, signers: await signersFor(asked, carried) };
}

const WARNING =
  'Ask them, by another way, why. Whoever has the file that you save can bring it to the service until the time above, and it ' +
  'happens then. Only withdrawing the proposal there takes it back.';

async function approved(
  { id }: CarriedRequest,
  { approval, signer }: { readonly approval: PreparedApproval; readonly signer: Signer },
  { carried, tell }: Ground,
): Promise<Outcome> {
  const { digest, card, request, until } = approval;
  if (!until || until.getTime() - carried.now().getTime() < 1000)
    throw refused('second-expired', 'This proposal has expired while it was shown. Nothing was signed.');
  const headers = await signer.sign(approval);
  const text = writeApproval({
    ...{ id, digest },
    approval: {
      ...{ idempotencyKey: request.idempotencyKey, card: hashOfCard(card) },
      ...{ signatureInput: headers['signature-input'] ?? '', signature: headers.signature ?? '' },
    },
  });
  tell({ type: 'save-file', name: `approval-${id}.json`, text });
  return {
    say: 'It is signed and saved. Carry the file back, or let their console read this code.',
    ...qrOf(text),
  };
}

interface Read {
  readonly asked: CarriedRequest;
  readonly approval: PreparedApproval;
}

const signing = ({ asked, approval }: Read, signer: Signer, ground: Ground): PreparedAct => {
  const { card } = approval;
  return {
    card: {
      ...plain,
      title: card.title,
      facts: [
        { label: 'What happens', value: card.effect },
        { label: 'Service', value: new URL(card.target).origin },
        { label: 'Proposal', value: asked.id },
        ...card.fields.map(({ label, value }) => ({ label, value })),
        { label: 'Signed with', value: signer.keyId },
      ],
      warning: WARNING,
      act: 'Sign as the second person',
      danger: true,
    },
    perform: () => approved(asked, { approval, signer }, ground),
  };
};

const NUMBER = {
  name: 'number',
  label: 'Number',
  hint: 'of the key that signs, as it stands above',
} as const;

/** Which of them is enrolled there now, only the person knows. */
const choosing = (signers: readonly NamedSigner[], next: (signer: Signer) => PreparedAct): PreparedAct => ({
  card: {
    ...plain,
    title: 'Choose the key that signs',
    facts: signers.map(({ name, signer }, i) => ({ label: `${i + 1}: ${name}`, value: signer.keyId })),
    warning: 'This vault has several keys for this service. One that is not enrolled there is refused.',
    fields: [NUMBER],
    act: 'Take this key',
  },
  async perform({ number = '' }) {
    const chosen = signers.find((_, i) => String(i + 1) === number.trim());
    if (!chosen) throw refused('step-refused', 'Type the number of one of these keys.');
    return { ...DONE, next: next(chosen.signer) };
  },
});

/** The second person of a critical proposal, on a console that need not reach the service that it belongs to. */
export const approvingProposal = (ground: Ground): PreparedAct => ({
  card: {
    ...plain,
    title: 'Approve a proposal that was brought here',
    warning: 'Nothing is signed before you have read what it would do.',
    fields: [PROPOSAL],
    act: 'Read it',
  },
  async perform({ request = '' }) {
    const { signers, ...found } = await inspect(request, ground.carried);
    const next = (signer: Signer) => signing(found, signer, ground);
    return { ...DONE, next: signers.length > 1 ? choosing(signers, next) : next(signers[0].signer) };
  },
});
