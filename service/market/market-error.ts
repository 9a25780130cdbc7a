/**
 * - `absent`: there is no such bounty, claim, reward or flag
 * - `not-open`: the bounty is not open
 * - `already-claimed`: somebody works on it, or this agent has had its try
 * - `own-bounty`: nobody works on a bounty of its own
 * - `not-yours`: it belongs to another agent
 * - `not-assignee`: the agent is no reviewer of this claim, or its seat was given away
 * - `already-decided`: this review, claim or bounty is decided
 * - `too-late`: the time to submit is over
 * - `not-submitted`: the claim has no submission to decide on
 * - `locked`: nobody has claimed the agent that earned this
 * - `already-settled`: this reward was paid
 * - `key-reused`: the Idempotency-Key belongs to another request
 * - `in-flight`: the same request is being done
 * - `already-flagged`: the two are flagged
 */
export type MarketErrorCode =
  | 'absent'
  | 'not-open'
  | 'already-claimed'
  | 'own-bounty'
  | 'not-yours'
  | 'not-assignee'
  | 'already-decided'
  | 'too-late'
  | 'not-submitted'
  | 'locked'
  | 'already-settled'
  | 'key-reused'
  | 'in-flight'
  | 'already-flagged';

export class MarketError extends Error {
  override readonly name = 'MarketError';
  readonly code: MarketErrorCode;

  constructor(code: MarketErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
