import { useState } from 'react';
import type { Canary } from '../../../shared/http/canaries.ts';
import type { EnrolmentStatus } from '../../../shared/ipc/app.ts';
import { useDraft } from '../../bridge/use-draft.ts';
import { useStores } from '../../stores/stores.tsx';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Field, Input, Select } from '../../ui/field.tsx';
import { EmptyState } from '../../ui/message.tsx';
import { Section } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { State } from '../../ui/state.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { whyNotSign } from '../parts/enrolment.tsx';
import { RemoteValue } from '../parts/remote.tsx';
import { Shown } from '../parts/shown.tsx';
import { SignedDone, SignedForm } from '../parts/signed-form.tsx';
import { SigningSummary } from '../parts/signing.tsx';
import { useCanaries, usePlant } from './use-incidents.ts';

const FAMILIES = [
  { value: 'inference', label: 'Looks like an inference key' },
  { value: 'management', label: 'Looks like a management key' },
] as const;

interface PlantProps {
  readonly onClose: () => void;
  readonly onPlanted: () => void;
}

function Plant({ onClose, onPlanted }: PlantProps) {
  const draft = useDraft('incidents.canary', '', { label: '', family: 'inference' });
  const { label } = draft.typed;
  const family = draft.typed.family === 'management' ? ('management' as const) : ('inference' as const);
  const { action, run } = usePlant();
  const body = { label: label.trim(), family };
  if (action.state === 'done')
    return (
      <SignedDone title="Canary made" testId="plant-done" onClose={onClose}>
        <div className="px-5 py-4 text-body">
          <p>It opens nothing. Put it where only a thief would look: {action.value.body.canary.label}.</p>
          <Shown revealed={action.value.revealed} otherwise="Plant another one." />
        </div>
      </SignedDone>
    );
  return (
    <SignedForm
      title="Plant a canary"
      description="Makes a secret that looks like a key and opens nothing. Whoever uses it has read what they should not."
      testId="plant-canary"
      action={action}
      onSign={body.label === '' ? null : () => run(body)}
      draft={draft}
      onAttempted={onPlanted}
      onClose={onClose}
      sign="Sign and plant"
      summary={<SigningSummary route="canaries.plant" body={body} />}
      note="After signing, the secret is shown once, in a trusted window; it never reaches this screen."
    >
      {({ touched, running }) => (
        <div className="flex flex-col gap-3 px-5">
          <Field
            label="Where it will lie"
            error={
              touched && body.label === '' ? 'Say where, so that its use tells what was read.' : undefined
            }
          >
            {(aria) => (
              <Input
                {...aria}
                autoFocus
                value={label}
                maxLength={64}
                disabled={running}
                placeholder="backup of the build server"
                onChange={(event) => draft.type({ label: event.target.value })}
              />
            )}
          </Field>
          <Field label="Kind">
            {(aria) => (
              <Select
                {...aria}
                value={family}
                options={FAMILIES}
                disabled={running}
                onValue={(value) => draft.type({ family: value })}
              />
            )}
          </Field>
        </div>
      )}
    </SignedForm>
  );
}

function Used({ canary }: { readonly canary: Canary }) {
  const now = useNow();
  const { ui } = useStores();
  if (!canary.lastUsedAt) return <State tone="ok" word="never used" />;
  return (
    <span className="flex items-center gap-2">
      <State tone="bad" word="used" /> <RelativeTime at={canary.lastUsedAt} now={now} />
      <Button kind="link" small onClick={() => ui.showLedger({ text: canary.id })}>
        Evidence
      </Button>
    </span>
  );
}

function Planted({ at }: { readonly at: string }) {
  const now = useNow();
  return <RelativeTime at={at} now={now} />;
}

const COLUMNS: Column<Canary>[] = [
  { id: 'label', header: 'Where it lies', accessorFn: (canary) => canary.label },
  {
    id: 'prefix',
    header: 'Begins with',
    enableSorting: false,
    cell: ({ row }) => <code className="font-mono text-small">{row.original.displayPrefix}…</code>,
  },
  {
    id: 'used',
    header: 'Use',
    accessorFn: (canary) => canary.lastUsedAt ?? '',
    cell: ({ row }) => <Used canary={row.original} />,
  },
  {
    id: 'planted',
    header: 'Planted',
    accessorFn: (canary) => canary.plantedAt,
    meta: { className: 'whitespace-nowrap' },
    cell: ({ row }) => <Planted at={row.original.plantedAt} />,
  },
  { id: 'by', header: 'By', accessorFn: (canary) => canary.plantedBy },
];

/** Secrets that are there to be stolen. */
export function Canaries({ enrolment }: { readonly enrolment: EnrolmentStatus | undefined }) {
  const remote = useCanaries();
  const [planting, setPlanting] = useState(false);
  const whyNot = whyNotSign(enrolment, 'canaries.plant');
  return (
    <Section
      title="Canaries"
      testId="canaries"
      aside={
        <Button
          small
          disabled={whyNot !== null}
          title={whyNot ?? undefined}
          onClick={() => setPlanting(true)}
        >
          Plant a canary
        </Button>
      }
    >
      <RemoteValue
        remote={remote}
        what="the canaries"
        skeleton={<SkeletonRows rows={3} waitingFor="the canaries" />}
      >
        {({ canaries }) =>
          canaries.length > 0 ? (
            <DataTable
              label="Canaries"
              rows={canaries}
              columns={COLUMNS}
              rowId={(canary) => canary.id}
              rowTestId="canary-row"
            />
          ) : (
            <EmptyState testId="empty-canaries" title="No canary is planted">
              <p>
                Plant one in a backup or a file that nobody needs: its first use says that somebody reads
                there.
              </p>
            </EmptyState>
          )
        }
      </RemoteValue>
      {planting ? <Plant onClose={() => setPlanting(false)} onPlanted={remote.retry} /> : null}
    </Section>
  );
}
