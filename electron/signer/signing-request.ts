import type { ProposalContent } from '../../shared/http/proposal.ts';
import type { RouteId } from '../../shared/http/table.ts';

/** What main asks to have signed: every part of it is final, because it is what will be sent. */
export interface SigningRequest {
  readonly route: RouteId;
  readonly method: string;
  /** Absolute target URI under the configured origin of the admin plane. */
  readonly targetUri: string;
  readonly contentType: string;
  /** The exact bytes that will be sent. */
  readonly body: Uint8Array;
  readonly idempotencyKey: string;
  /** What an approval is of, as the service shows it. The card is made from it, and its digest must be the one in the body. */
  readonly proposal?: ProposalContent;
}
