import { type ReactNode, useState } from 'react';
import { writeRequest } from '../../../shared/http/carried.ts';
import type { Proposal } from '../../../shared/http/proposal.ts';
import { useCall } from '../../bridge/use-remote.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { QrSymbol } from '../../ui/qr.tsx';
import { State } from '../../ui/state.tsx';
import { DialogFailure } from '../parts/dialog-failure.tsx';
import { qrOf } from '../parts/qr-text.ts';
import { SaveText } from '../parts/save-text.tsx';
import { TextIn } from '../parts/text-in.tsx';
import { titleOf } from './rules.ts';
import { useDeliver, useSaveProposal } from './use-operators.ts';

/** A proposal with its signature is longer than a checkpoint; beyond this a camera loses modules. */
const MOST_BYTES = 2_000;
/** Two pixels and more for each module of the largest symbol. */
const QR_PIXELS = 320;

interface ShownProps {
  readonly text: string;
  readonly children: ReactNode;
}

function Shown({ text, children }: ShownProps) {
  const rows = qrOf(text, MOST_BYTES);
  return (
    <section aria-label="To the second person" className="flex flex-wrap gap-5 px-5">
      {rows ? (
        <QrSymbol rows={rows} label="The proposal as a QR code" size={QR_PIXELS} />
      ) : (
        <p className="w-60 text-small text-soft">It is too long for a QR code. Save it as a file.</p>
      )}
      <div className="flex min-w-0 flex-1 flex-col gap-3">{children}</div>
    </section>
  );
}

function Request({ proposal }: { readonly proposal: Proposal }) {
  const asked = useCall('proposals.get', { params: { id: proposal.id } });
  const { action, run } = useSaveProposal();
  if (!asked.data)
    return asked.error ? (
      <p role="alert" className="px-5 text-bad text-small">
        {asked.error.message}
      </p>
    ) : (
      <State tone="busy" word="reading the proposal" className="px-5" />
    );
  const text = writeRequest(asked.data.proposal, asked.data.proof).trim();
  return (
    <Shown text={text}>
      <p className="text-body">
        The second person opens it on their console with “Approve from a file”. They need no connection.
      </p>
      <SaveText text={text} what="the proposal" action={action} onSave={() => void run(proposal.id)} />
    </Shown>
  );
}

interface CarryProps {
  readonly proposal: Proposal;
  /** Why this console may not bring an approval; null when it may. */
  readonly blocked: string | null;
  readonly onClose: () => void;
  readonly onSettled: () => void;
}

/** A proposal goes to a second person by file or code, and the approval comes back the same way. */
export function CarryProposal({ proposal, blocked, onClose, onSettled }: CarryProps) {
  const { action, run } = useDeliver(proposal);
  const [taken, setTaken] = useState('');
  const take = (text: string) => void run(text).then(onSettled);
  return (
    <Dialog
      open
      title={`By file: ${titleOf(proposal)}`}
      description="For a second person whose console does not reach this service."
      testId="carry-proposal"
      onClose={onClose}
    >
      <div className="flex flex-col gap-4 pt-4">
        {proposal.state === 'open' && action.state !== 'done' ? (
          <>
            <Request proposal={proposal} />
            <TextIn
              label="Approval that you received"
              act="Take the approval"
              disabled={blocked !== null || action.state === 'running'}
              text={taken}
              onText={setTaken}
              onTake={take}
            />
          </>
        ) : null}
        {blocked === null ? null : <p className="px-5 text-small text-soft">{blocked}</p>}
        {action.state === 'running' ? (
          <p role="status" className="px-5">
            <State tone="busy" word="waiting for your signature in the signing window" />
          </p>
        ) : null}
        {action.state === 'done' ? (
          <p role="status" className="px-5 text-body" data-testid="carry-done">
            Approved by {action.value.body.proposal.approved?.name ?? 'the second person'} and executed. Both
            signatures are stored, with who brought the approval.
          </p>
        ) : null}
        <DialogFailure action={action} />
        <DialogActions>
          <Button onClick={onClose}>Close</Button>
        </DialogActions>
      </div>
    </Dialog>
  );
}
