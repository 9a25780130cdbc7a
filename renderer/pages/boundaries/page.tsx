import { useState } from 'react';
import type { ProbeId } from '../../../shared/boundaries/controls.ts';
import { BOUNDARIES } from '../../../shared/boundaries/tiles.ts';
import type { ProbesState } from '../../../shared/http/boundary-probes.ts';
import { Button } from '../../ui/button.tsx';
import { PageHeader } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useEnrolment } from '../parts/enrolment.tsx';
import { Freshness, RemoteValue } from '../parts/remote.tsx';
import { SignDialog } from '../parts/sign-dialog.tsx';
import { AsvsDialog } from './asvs.tsx';
import { Consoles } from './consoles.tsx';
import { BoundaryControls } from './controls.tsx';
import { ProbeDetail } from './history.tsx';
import { Rounds } from './rounds.tsx';
import { Tiles } from './tiles.tsx';
import { useProbes, useRunNow } from './use-boundaries.ts';

function RunNow({ onClose }: { readonly onClose: () => void }) {
  const { action, run } = useRunNow();
  const enrolment = useEnrolment().data;
  return (
    <SignDialog
      title="Run all probes now"
      description="Each probe attacks a worthless tenant of its own. What it finds is entered in the ledger."
      testId="run-probes"
      action={action}
      sign="Sign and run"
      blocked={enrolment && enrolment.state !== 'enrolled' ? 'Enrol this console first.' : null}
      onSign={() => void run()}
      onClose={onClose}
      done={{
        title: 'Asked for a round',
        says: (round) => <p>Round {round.id} begins within seconds; the tiles follow when it ends.</p>,
      }}
    >
      <p className="px-5 text-body text-ink-soft">It takes some seconds and disturbs nobody.</p>
    </SignDialog>
  );
}

const Found = ({
  state,
  onOpen,
}: {
  readonly state: ProbesState;
  readonly onOpen: (probe: ProbeId) => void;
}) => (
  <div className="flex min-w-0 flex-1 flex-col gap-4">
    <Tiles tiles={state.tiles} />
    {BOUNDARIES.map((boundary) => (
      <BoundaryControls key={boundary} boundary={boundary} state={state} onOpen={onOpen} />
    ))}
    <Consoles onOpen={onOpen} />
    <Rounds rounds={state.rounds} />
  </div>
);

export function BoundariesPage() {
  const probes = useProbes();
  const [open, setOpen] = useState<ProbeId | null>(null);
  const [running, setRunning] = useState(false);
  const [saving, setSaving] = useState(false);
  const every = probes.data ? `probed every ${probes.data.intervalSeconds / 60} min` : 'every 3 s';
  return (
    <div className="flex min-h-0">
      <div className="flex min-w-0 flex-1 flex-col gap-4 p-(--page)">
        <PageHeader
          title="Boundaries"
          note={<Freshness remote={probes} pace={every} />}
          actions={
            <>
              <Button onClick={() => setSaving(true)}>ASVS evidence</Button>
              <Button kind="primary" onClick={() => setRunning(true)}>
                Run probes now
              </Button>
            </>
          }
        />
        <RemoteValue
          remote={probes}
          what="what the probes found"
          skeleton={<SkeletonRows rows={12} waitingFor="what the probes found" />}
        >
          {(state) => <Found state={state} onOpen={setOpen} />}
        </RemoteValue>
      </div>
      {open ? <ProbeDetail probe={open} onClose={() => setOpen(null)} /> : null}
      {saving ? <AsvsDialog onClose={() => setSaving(false)} /> : null}
      {running ? <RunNow onClose={() => setRunning(false)} /> : null}
    </div>
  );
}
