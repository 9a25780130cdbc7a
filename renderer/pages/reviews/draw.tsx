import type { QueuedClaim } from '../../../shared/http/market-admin.ts';
import type { Draw } from '../../../shared/http/market-parts.ts';
import { sha256 } from '../../../shared/ledger/pure-sha256.ts';
import { type Candidate, replayDraw } from '../../../shared/market/draw.ts';
import { Amount } from '../../ui/amount.tsx';
import { Button } from '../../ui/button.tsx';
import { Drawer } from '../../ui/drawer.tsx';
import { formatCount } from '../../ui/format.ts';
import { Hash } from '../../ui/hash.tsx';
import { Fact, Facts, Section } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { State } from '../../ui/state.tsx';
import { FullTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { RemoteValue } from '../parts/remote.tsx';
import { useDraws } from './use-reviews.ts';
import { AgentName, CLAIM_TONE, EXCLUDED, waitingFor } from './words.tsx';

/** What this console finds when it draws again by itself, from nothing but the record that the service sent. */
function replayedHere(claimId: string, draw: Draw): readonly string[] | null {
  if (!draw.drawn) return null;
  const { root, seed, reviewers } = draw.drawn;
  const record = { claimId, seats: draw.seats, pool: draw.pool, poolHash: draw.poolHash };
  return replayDraw(sha256, { ...record, root, seed, reviewers }).differs;
}

/** Whether the record holds: drawn again here, and by the service against its own ledger. */
function Verdict({ claimId, draw }: { readonly claimId: string; readonly draw: Draw }) {
  const here = replayedHere(claimId, draw);
  if (here === null || !draw.replay) return null;
  const differs = [...new Set([...here, ...draw.replay.differs])];
  return differs.length === 0 ? (
    <State tone="ok" word="drawn again here: the same reviewers" />
  ) : (
    <State tone="bad" word={`the record does not hold: ${differs.join(', ')}`} />
  );
}

const outcomeOf = ({ agentId, excluded }: Candidate, draw: Draw) => {
  if (excluded) return { tone: 'absent', word: EXCLUDED[excluded] } as const;
  if (!draw.drawn) return { tone: 'idle', word: 'may review' } as const;
  return draw.drawn.reviewers.includes(agentId)
    ? ({ tone: 'ok', word: 'drawn' } as const)
    : ({ tone: 'idle', word: 'may review, not drawn' } as const);
};

const Pool = ({ draw }: { readonly draw: Draw }) => (
  <table aria-label={`Agents alive in round ${draw.round + 1}`} className="w-full border-collapse text-body">
    <tbody>
      {draw.pool.map((one) => (
        <tr key={one.agentId} data-testid="pool-row" className="border-line border-b last:border-b-0">
          <th scope="row" className="py-1 pr-3 text-left font-normal">
            <AgentName id={one.agentId} />
          </th>
          <td className="py-1">
            <State {...outcomeOf(one, draw)} title={one.flagId ?? undefined} />
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

const STATE: Record<Draw['state'], string> = {
  waiting: 'waits for reviewers',
  set: 'waits for the next checkpoint',
  drawn: 'drawn',
  void: 'given up',
};

function Round({ claimId, draw }: { readonly claimId: string; readonly draw: Draw }) {
  const now = useNow();
  const eligible = draw.pool.filter(({ excluded }) => excluded === null).length;
  return (
    <Section
      title={`Round ${draw.round + 1}: ${STATE[draw.state]}`}
      aside={<Verdict claimId={claimId} draw={draw} />}
      testId="round"
    >
      <Facts>
        <Fact label="Seats">{draw.seats}</Fact>
        <Fact label="May review">
          {formatCount(eligible)} of {formatCount(draw.pool.length)} alive
        </Fact>
        {draw.drawn ? (
          <>
            <Fact label="Checkpoint">
              size {formatCount(draw.drawn.size)}, epoch {draw.drawn.epoch}
            </Fact>
            <Fact label="Root">
              <Hash value={draw.drawn.root} what="the root" />
            </Fact>
            <Fact label="Seed">
              <Hash value={draw.drawn.seed} what="the seed" />
            </Fact>
            <Fact label="Drawn">
              <FullTime at={draw.drawn.at} now={now} />
            </Fact>
          </>
        ) : null}
        <Fact label="Pool">
          <Hash value={draw.poolHash} what="the hash of the pool" />
        </Fact>
      </Facts>
      <Pool draw={draw} />
    </Section>
  );
}

interface DetailProps {
  readonly claim: QueuedClaim;
  /** Why this console may not cancel; null where it may. */
  readonly whyNotCancel: string | null;
  readonly onCancel: () => void;
  readonly onClose: () => void;
}

/** One claim: what it waits for, who reviews it, and how they were drawn, replayed on this screen. */
export function ClaimDetail({ claim, whyNotCancel, onCancel, onClose }: DetailProps) {
  const draws = useDraws(claim.id);
  const undecided = claim.state === 'claimed' || claim.state === 'submitted';
  return (
    <Drawer title={claim.bounty.title} label="Claim details" testId="claim-detail" onClose={onClose}>
      <div className="flex flex-col gap-4 px-4 py-2">
        <Facts>
          <Fact label="State">
            <State tone={CLAIM_TONE[claim.state]} word={claim.state} />
          </Fact>
          {claim.waiting ? <Fact label="Waits for">{waitingFor(claim.waiting)}</Fact> : null}
          <Fact label="Reward">
            <Amount value={claim.bounty.amount} />
          </Fact>
          <Fact label="Submitter">
            <AgentName id={claim.agentId} />
          </Fact>
          <Fact label="Creator">
            <AgentName id={claim.bounty.creator} />
          </Fact>
        </Facts>
        {undecided ? (
          <div>
            <Button
              kind="danger"
              disabled={whyNotCancel !== null}
              title={whyNotCancel ?? undefined}
              onClick={onCancel}
            >
              Cancel this bounty
            </Button>
          </div>
        ) : null}
        <RemoteValue
          remote={draws}
          what="the draw"
          skeleton={<SkeletonRows rows={4} waitingFor="the draw" />}
        >
          {(found) =>
            found.draws.length > 0 ? (
              found.draws.map((draw) => <Round key={draw.round} claimId={claim.id} draw={draw} />)
            ) : (
              <p className="py-3 text-body text-soft">Nothing is drawn before the work is submitted.</p>
            )
          }
        </RemoteValue>
      </div>
    </Drawer>
  );
}
