import { createHash } from 'node:crypto';
import type { Proposal } from '../../shared/http/proposal.ts';
import { proposalDigestOf } from '../../shared/http/sign.ts';
import {
  RETIRE_WALLET,
  type WalletRetirement,
  walletRetirement,
} from '../../shared/http/wallet-retirement.ts';
import type { Evidence } from './ceremony.ts';
import { CustodyError } from './custody-error.ts';

const refused = (message: string): CustodyError => new CustodyError('step-refused', message);
const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

function retirementIn({ content }: Proposal): WalletRetirement | null {
  if (content.route !== RETIRE_WALLET) return null;
  try {
    return walletRetirement.parse(JSON.parse(content.body));
  } catch {
    return null;
  }
}

/**
 * What the journal keeps of a retirement that two persons signed, once it is shown to be of these two wallets. The digest is
 * computed here again: what main hands over is no better than what it says.
 * @throws CustodyError `step-refused`
 */
export function retirementOf(
  proposal: Proposal,
  { wallet, former }: Pick<Evidence<'generated'>, 'wallet' | 'former'>,
): Extract<Evidence<'sunset'>, { proof: 'item-destroyed' }>['retirement'] {
  const { content, proposed, approved, state, digest } = proposal;
  if (state !== 'executed' || !approved)
    throw refused('A second person has not approved this retirement yet. The former key stays.');
  if (proposalDigestOf(content, sha256) !== digest || !proposed.valid || !approved.valid)
    throw refused('The signatures of this retirement do not hold. The former key stays; look at the ledger.');
  const proposer = content.proposer.id;
  if (approved.operatorId === proposer || approved.keyId === content.proposer.keyId)
    throw refused('One person signed this retirement twice. The former key stays.');
  const named = retirementIn(proposal);
  const isOurs =
    named?.address === former?.address &&
    named?.fingerprint === former?.fingerprint &&
    named?.successor === wallet.fingerprint;
  if (!named || !isOurs) throw refused('This retirement is of another wallet. The former key stays.');
  return { seen: 'service', proposal: proposal.id, digest, proposer, approver: approved.operatorId };
}
