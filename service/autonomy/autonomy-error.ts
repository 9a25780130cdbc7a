/**
 * - `refused`: policy does not allow it; an alert is staged
 * - `paywall`: the paywall's answer is none
 * - `fetch`: the resource did not come
 * - `network`: the Solana node failed or is on another network
 * - `halted`: the payer, the task or its session was stopped meanwhile
 * - `settings`: configuration contradicts itself
 */
export type AutonomyErrorCode = 'refused' | 'paywall' | 'fetch' | 'network' | 'halted' | 'settings';

/** Why a run of a task ended without its resource. `reason` is a word of ours; `claim` is attacker-controlled and cut. */
export class AutonomyError extends Error {
  override readonly name = 'AutonomyError';
  readonly code: AutonomyErrorCode;
  readonly reason: string;
  readonly claim: string;

  constructor(code: AutonomyErrorCode, reason: string, claim = '') {
    super(`${code}: ${reason}`);
    this.code = code;
    this.reason = reason;
    this.claim = storable(claim.slice(0, MOST_CLAIM));
  }
}

const MOST_CLAIM = 200;

/** What a column of text takes: the database has no NUL, and half a surrogate pair is no character. */
const storable = (text: string): string => text.replace(/\p{Surrogate}|\0/gu, '');
