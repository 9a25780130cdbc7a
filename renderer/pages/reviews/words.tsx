import type { ClaimState, ReviewState, Waiting } from '../../../shared/http/market-parts.ts';
import type { Exclusion } from '../../../shared/market/draw.ts';
import { Fingerprint } from '../../ui/hash.tsx';
import type { Tone } from '../../ui/state.tsx';

export const CLAIM_TONE: Record<ClaimState, Tone> = {
  claimed: 'idle',
  submitted: 'busy',
  approved: 'ok',
  rejected: 'bad',
  lapsed: 'warn',
  cancelled: 'absent',
};

export const REVIEW: Record<ReviewState, { readonly tone: Tone; readonly word: string }> = {
  assigned: { tone: 'busy', word: 'reading' },
  approved: { tone: 'ok', word: 'approved' },
  rejected: { tone: 'bad', word: 'rejected' },
  replaced: { tone: 'warn', word: 'idle, replaced' },
  released: { tone: 'absent', word: 'not needed' },
};

export const EXCLUDED: Record<Exclusion, string> = {
  submitter: 'made the submission',
  creator: 'offers the bounty',
  'already-drawn': 'has or had a seat here',
  unclaimed: 'nobody has claimed it',
  'same-owner': 'same owner as submitter or creator',
  flagged: 'flagged with the submitter',
};

/** Why a submission has no reviewers yet, and what it needs. */
export function waitingFor({ for: what, eligible, alive, seats }: Waiting): string {
  if (what === 'checkpoint') return 'the next checkpoint, whose root seeds the draw';
  const reviewers = seats === 1 ? 'a reviewer' : `${seats} reviewers`;
  return `${reviewers}: ${eligible} of ${alive} agents alive may review`;
}

/** An agent by its picture and the random end of its id; the whole is the title. */
export const AgentName = ({ id }: { readonly id: string }) => (
  <span className="inline-flex items-center gap-2" title={id}>
    <Fingerprint text={id.slice(-16)} height={16} />
    <code className="font-mono text-small">…{id.slice(-8)}</code>
  </span>
);
