import { verify } from 'node:crypto';
import { baseSays, isProposalBase } from '../../../shared/http/proposal-proof.ts';
import { digestOf, thumbprint } from '../../../shared/http/sign.ts';
import { APPROVAL_TAG } from '../../../shared/http/signature.ts';
import { importPublicKey } from '../public-key.ts';
import { sha256 } from '../signature/checks.ts';
import { contentOf } from './content.ts';
import type { ApprovalRow, ProposalRow } from './store.ts';

interface Proof {
  readonly proof_key: string;
  readonly proof_base: string;
  readonly proof_value: Buffer;
}

const thumbprintOf = (publicKey: string): string => thumbprint(publicKey, sha256);

/** Whether the key signed this base. A key that cannot be a key signed nothing. */
function signed({ proof_key, proof_base, proof_value }: Proof): boolean {
  try {
    return verify(null, Buffer.from(proof_base), importPublicKey(proof_key), proof_value);
  } catch {
    return false;
  }
}

/** Whether the proposing signature covers what the row says. */
export const isProposed = (row: ProposalRow): boolean =>
  isProposalBase(contentOf(row), { publicKey: row.proof_key, base: row.proof_base }, sha256) && signed(row);

/** Whether the approving signature covers this digest. */
export function isApproved(approval: ApprovalRow, digest: string): boolean {
  const components = { 'content-digest': digestOf(Buffer.from(JSON.stringify({ digest })), sha256) };
  const params = [`keyid="${approval.key_id}"`, `tag="${APPROVAL_TAG}"`];
  return (
    thumbprintOf(approval.proof_key) === approval.key_id &&
    baseSays(approval.proof_base, components, params) &&
    signed(approval)
  );
}

/** The key that proposed: the proposer's own, or the one that enrols. */
export const proposingKeyId = (row: ProposalRow): string => thumbprintOf(row.proof_key);
