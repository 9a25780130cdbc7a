import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';

export type Sha256 = (data: Uint8Array) => Uint8Array;

/** Reviewers of a claim (SPEC 7). */
export const SEATS = 3;

/**
 * Why an agent that is alive may not review a claim, the first that applies:
 * - `submitter`: it made the submission
 * - `creator`: it offers the bounty, and a rejection gives it its credits back
 * - `already-drawn`: it has or had a seat at this claim
 * - `unclaimed`: nobody answers for it, so nobody can tell whose it is
 * - `same-owner`: it belongs to the owner of the submitter or of the creator
 * - `flagged`: correlated with the submitter, in either direction
 */
export const EXCLUSIONS = [
  'submitter',
  'creator',
  'already-drawn',
  'unclaimed',
  'same-owner',
  'flagged',
] as const;
export type Exclusion = (typeof EXCLUSIONS)[number];

export interface Candidate {
  readonly agentId: string;
  /** Null: may be drawn. */
  readonly excluded: Exclusion | null;
  /** The flag, when it was flagged. */
  readonly flagId: string | null;
}

export interface Party {
  readonly id: string;
  /** Null while nobody has claimed it. */
  readonly ownerId: string | null;
}

export interface Flag {
  readonly id: string;
  readonly agent: string;
  readonly other: string;
}

export interface PoolFacts {
  /** Agents with a heartbeat that is fresh enough. */
  readonly alive: readonly Party[];
  readonly submitter: Party;
  readonly creator: Party;
  /** Flags that are in force; those of other agents change nothing. */
  readonly flags: readonly Flag[];
  /** Whoever has or had a seat at this claim. */
  readonly drawn: readonly string[];
}

const byAgent = (a: { readonly agentId: string }, b: { readonly agentId: string }): number =>
  a.agentId < b.agentId ? -1 : 1;

/** Every agent that is alive, in the order of the ids, with the reason why it may not be drawn. */
export function poolOf({ alive, submitter, creator, flags, drawn }: PoolFacts): Candidate[] {
  const flagOf = (id: string) =>
    flags.find(
      ({ agent, other }) =>
        (agent === submitter.id && other === id) || (agent === id && other === submitter.id),
    );
  const owners = [submitter.ownerId, creator.ownerId];
  const judge = ({ id, ownerId }: Party): Candidate => {
    const because = (excluded: Exclusion, flagId: string | null = null): Candidate => ({
      ...{ agentId: id, excluded, flagId },
    });
    if (id === submitter.id) return because('submitter');
    if (id === creator.id) return because('creator');
    if (drawn.includes(id)) return because('already-drawn');
    if (ownerId === null) return because('unclaimed');
    if (owners.includes(ownerId)) return because('same-owner');
    const flag = flagOf(id);
    return flag ? because('flagged', flag.id) : { agentId: id, excluded: null, flagId: null };
  };
  return alive.map(judge).sort(byAgent);
}

export const eligibleOf = (pool: readonly Candidate[]): Candidate[] =>
  pool.filter(({ excluded }) => excluded === null);

/** SHA-256 (hex) of the pool: the ledger holds it before the seed exists. One line an agent, in the order of the ids. */
export const hashPool = (sha256: Sha256, pool: readonly Candidate[]): string =>
  bytesToHex(
    sha256(
      utf8ToBytes(
        [...pool]
          .sort(byAgent)
          .map(({ agentId, excluded, flagId }) => `${agentId} ${excluded ?? 'eligible'} ${flagId ?? '-'}\n`)
          .join(''),
      ),
    ),
  );

/** SHA-256 over the 32 bytes of the checkpoint's root and the claim's id in UTF-8 (SPEC 7). @param root hex. @returns hex */
export const seedOf = (sha256: Sha256, root: string, claimId: string): string =>
  bytesToHex(sha256(concatBytes(hexToBytes(root), utf8ToBytes(claimId))));

/**
 * The eligible agents with the lowest SHA-256(seed, agent id). Taking one out of the pool moves only those behind it up.
 * @param seed hex. @returns as many as there are seats, or fewer when fewer are eligible
 */
export function drawReviewers(
  sha256: Sha256,
  {
    seed,
    pool,
    seats,
  }: { readonly seed: string; readonly pool: readonly Candidate[]; readonly seats: number },
): string[] {
  const seedBytes = hexToBytes(seed);
  return eligibleOf(pool)
    .map(({ agentId }) => ({
      agentId,
      rank: bytesToHex(sha256(concatBytes(seedBytes, utf8ToBytes(agentId)))),
    }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, seats)
    .map(({ agentId }) => agentId);
}

/** A draw as it was recorded. */
export interface RecordedDraw {
  readonly claimId: string;
  readonly seats: number;
  readonly pool: readonly Candidate[];
  readonly poolHash: string;
  readonly root: string;
  readonly seed: string;
  readonly reviewers: readonly string[];
}

export interface Replay {
  /** The seed, the hash of the pool and the reviewers as they come out now. */
  readonly seed: string;
  readonly poolHash: string;
  readonly reviewers: readonly string[];
  /** What came out otherwise than it was recorded; empty when the record holds. */
  readonly differs: readonly ('seed' | 'pool' | 'reviewers')[];
}

/** Draws again from nothing but the record. */
export function replayDraw(sha256: Sha256, draw: RecordedDraw): Replay {
  const seed = seedOf(sha256, draw.root, draw.claimId);
  const poolHash = hashPool(sha256, draw.pool);
  const reviewers = drawReviewers(sha256, { seed, pool: draw.pool, seats: draw.seats });
  return {
    ...{ seed, poolHash, reviewers },
    differs: [
      ...(seed === draw.seed ? [] : (['seed'] as const)),
      ...(poolHash === draw.poolHash ? [] : (['pool'] as const)),
      ...(reviewers.join() === draw.reviewers.join() ? [] : (['reviewers'] as const)),
    ],
  };
}
