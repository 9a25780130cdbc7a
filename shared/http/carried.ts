import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import {
  carriedSignature,
  type Proposal,
  type ProposalProof,
  proposalContent,
  proposalDigest,
  proposalProof,
} from './proposal.ts';
import { isStorable } from './text.ts';

/** A proposed body is a quarter of a megabyte at most; the rest of a file is small. */
const MAX_REQUEST = 600 * 1024;
const MAX_APPROVAL = 8 * 1024;

/** A proposal on its way to a second person: all that was signed, with the signature, so that no service has to be asked. */
const carriedRequest = z.strictObject({
  format: z.literal('sallyport-proposal'),
  version: z.literal(1),
  id: idOf('proposal'),
  content: proposalContent.strict(),
  proof: proposalProof,
});
export type CarriedRequest = z.infer<typeof carriedRequest>;

/** The second person's signature on its way back. It names its service for people; what binds it is what was signed. */
const carriedApproval = z.strictObject({
  format: z.literal('sallyport-approval'),
  version: z.literal(1),
  id: idOf('proposal'),
  digest: proposalDigest,
  approval: carriedSignature,
});
export type CarriedApproval = z.infer<typeof carriedApproval>;

/** Where an approval is brought to, and what it is signed for. @param under any target of the same service */
export const deliveryTarget = (id: string, under: string): string =>
  new URL(`/api/proposals/${id}/deliver`, under).href;

const written = (file: object): string => `${JSON.stringify(file)}\n`;

export const writeRequest = (
  { id, content }: Pick<Proposal, 'id' | 'content'>,
  proof: ProposalProof,
): string => written(carriedRequest.parse({ format: 'sallyport-proposal', version: 1, id, content, proof }));

export const writeApproval = (approved: Pick<CarriedApproval, 'id' | 'digest' | 'approval'>): string =>
  written(carriedApproval.parse({ format: 'sallyport-approval', version: 1, ...approved }));

/**
 * What a file or a code says, which anybody may have written. Text that is no Unicode has no digest, so it is refused here.
 * @returns null for what is not of this shape, or not whole
 */
function read<T>(text: string, schema: z.ZodType<T>, limit: number): T | null {
  if (text.length > limit) return null;
  try {
    const said = schema.parse(JSON.parse(text));
    return isStorable(said) ? said : null;
  } catch {
    return null;
  }
}

export const readRequest = (text: string): CarriedRequest | null => read(text, carriedRequest, MAX_REQUEST);

export const readApproval = (text: string): CarriedApproval | null =>
  read(text, carriedApproval, MAX_APPROVAL);
