import type { Proposal } from '../../../shared/http/proposal.ts';
import { Fingerprint, Hash } from '../../ui/hash.tsx';
import { Fact, Facts } from '../../ui/section.tsx';
import { FullTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { SignDialog } from '../parts/sign-dialog.tsx';
import { cardOf, titleOf } from './rules.ts';
import { useApprove } from './use-operators.ts';

const LARGE = new Set(['digest', 'publicKey']);

function FieldValue({ label, value }: { readonly label: string; readonly value: string }) {
  const now = useNow();
  if (LARGE.has(label)) return <Hash value={value} what={`the ${label}`} />;
  if (label === 'open until') return <FullTime at={value} now={now} />;
  return <span className="break-words font-mono text-small">{value}</span>;
}

/** What the card of the approval will say, made by the same function; the trusted window's own is what counts. */
function CardPreview({ proposal }: { readonly proposal: Proposal }) {
  const card = cardOf(proposal);
  if (!card) return null;
  return (
    <section aria-label="What will be signed" data-testid="signing-summary" className="bg-canvas px-5 py-2">
      <h3 className="pt-1 font-medium text-faint text-small">What will be signed</h3>
      <Facts>
        <Fact label="Action">{card.title}</Fact>
        <Fact label="Effect">{card.effect}</Fact>
        {card.fields.map(({ label, value }) => (
          <Fact key={label} label={label}>
            <FieldValue label={label} value={value} />
          </Fact>
        ))}
        <Fact label="first signature">
          <span className="flex items-center gap-2">
            <Fingerprint text={proposal.proposed.keyId} height={16} />
            {proposal.proposed.valid ? 'verifies' : 'does not verify'}, key {proposal.proposed.keyState}
          </span>
        </Fact>
      </Facts>
    </section>
  );
}

interface ApproveProps {
  readonly proposal: Proposal;
  /** Why this console may not; shown beside everything that a second person would read. */
  readonly blocked: string | null;
  readonly onClose: () => void;
  readonly onSettled: () => void;
}

/** The second person reads what was proposed, and signs it in the trusted window. */
export function ApproveProposal({ proposal, blocked, onClose, onSettled }: ApproveProps) {
  const { action, run } = useApprove();
  return (
    <SignDialog
      title={titleOf(proposal)}
      description="It happens the moment you approve it. Read it here, then compare it with the card of the signing window."
      testId="approve-proposal"
      wide
      action={action}
      sign="Sign as the second person"
      cancel="Leave it open"
      blocked={blocked}
      onSign={() => void run(proposal.id, proposal.digest).then(onSettled)}
      onClose={onClose}
      done={{
        title: 'Approved and executed',
        says: ({ body }) =>
          `Both signatures are stored with ${body.proposal.id}, and what it proposed has happened.`,
      }}
    >
      <CardPreview proposal={proposal} />
    </SignDialog>
  );
}
