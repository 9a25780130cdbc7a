import { useId } from 'react';
import type { Handover, Shift } from '../../../shared/http/handovers.ts';
import type { EnrolmentStatus } from '../../../shared/ipc/app.ts';
import { useDraft } from '../../bridge/use-draft.ts';
import { useStores } from '../../stores/stores.tsx';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { formatCount } from '../../ui/format.ts';
import { EmptyState } from '../../ui/message.tsx';
import { Section } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { State, type Tone } from '../../ui/state.tsx';
import { LocalTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { DraftNote } from '../parts/draft-note.tsx';
import { whyNotSign } from '../parts/enrolment.tsx';
import { RemoteValue } from '../parts/remote.tsx';
import { SigningOutcome } from '../parts/signing.tsx';
import { useHandOver, useShift, useTakeOver } from './use-shift.ts';
import { STATE_TONE } from './words.ts';

const NOTE_MAX = 4000;

type Change = Shift['changes'][number];

/** What stands open now: this, and the note, is what whoever goes signs. */
function Standing({ shift }: { readonly shift: Shift }) {
  const { ui } = useStores();
  const { incidents, titles, freezeId, freezeReason, wallets, walletReasons } = shift;
  return (
    <Section title="Handed over as it stands now" testId="shift-standing">
      <ul className="text-body">
        <li className="flex min-h-8 items-center gap-3 border-line border-b">
          <State tone={freezeId ? 'bad' : 'ok'} word={freezeId ? 'spending stopped' : 'spending allowed'} />
          <span className="text-soft">{freezeReason}</span>
        </li>
        {wallets.map(({ address, freezeId: id }, index) => (
          <li key={id} className="flex min-h-8 items-center gap-3 border-line border-b">
            <span className="w-[130px]">
              <State tone="bad" word="wallet frozen" />
            </span>
            <Button kind="link" small className="font-mono" onClick={() => ui.showWallet(address)}>
              {address}
            </Button>
            <span className="min-w-0 flex-1 text-soft">{walletReasons[index]}</span>
          </li>
        ))}
        {incidents.map(({ id, state, alerts }, index) => (
          <li key={id} className="flex min-h-8 items-center gap-3 border-line border-b">
            <span className="w-[130px]">
              <State tone={STATE_TONE[state]} word={state} />
            </span>
            <Button
              kind="link"
              small
              className="min-w-0 flex-1 justify-start"
              onClick={() => ui.showIncidents({ tab: 'incidents', incident: id })}
            >
              {titles[index] ?? id}
            </Button>
            <span className="tabular-nums">{formatCount(alerts)} alerts</span>
          </li>
        ))}
      </ul>
      {incidents.length === 0 ? <p className="py-2 text-body text-soft">No incident is open.</p> : null}
    </Section>
  );
}

const CHANGES: Column<Change>[] = [
  { id: 'says', header: 'What happened', accessorFn: (change) => change.says },
  {
    id: 'count',
    header: 'Times',
    accessorFn: (change) => change.count,
    meta: { className: 'text-right tabular-nums' },
  },
];

function Changed({ shift: { since, changes } }: { readonly shift: Shift }) {
  const now = useNow();
  return (
    <Section
      title="Since the last hand-over"
      testId="shift-changes"
      aside={
        <span className="text-faint">
          since <LocalTime at={since} now={now} />
        </span>
      }
    >
      {changes.length === 0 ? (
        <p className="py-2 text-body text-soft">The log tells of nothing.</p>
      ) : (
        <DataTable
          label="What the log tells of since then"
          rows={changes}
          columns={CHANGES}
          rowId={(change) => change.kind}
          rowTestId="change-row"
        />
      )}
    </Section>
  );
}

interface GiveProps {
  readonly shift: Shift;
  readonly whyNot: string | null;
  readonly onGiven: () => void;
}

function Give({ shift: { incidents, freezeId, wallets }, whyNot, onGiven }: GiveProps) {
  const field = useId();
  const draft = useDraft('incidents.hand-over', '', { note: '' });
  const { note: text } = draft.typed;
  const { action, run } = useHandOver();
  const note = text.trim();
  const running = action.state === 'running';
  const submit = async (event: React.FormEvent): Promise<void> => {
    event.preventDefault();
    if (note === '') return;
    if (await run({ incidents: [...incidents], freezeId, wallets: [...wallets], note })) draft.drop();
    onGiven();
  };
  const given = action.state === 'done' && action.value.body.handover.note === note;
  return (
    <form className="flex flex-col gap-2" data-testid="hand-over" onSubmit={(event) => void submit(event)}>
      <DraftNote draft={draft} place="flush" disabled={running} />
      <label htmlFor={field} className="font-medium text-small text-soft">
        What whoever comes must know
      </label>
      <textarea
        id={field}
        rows={3}
        maxLength={NOTE_MAX}
        value={text}
        disabled={running}
        className="rounded-sm border border-line-strong bg-canvas px-2 py-1 text-body text-ink"
        onChange={(event) => draft.type({ note: event.target.value })}
      />
      <p className="flex items-center gap-3 text-faint text-small">
        <span className="flex-1">
          You sign this, the incidents and what is frozen. The shift is yours until somebody else has taken
          it.
        </span>
        <Button
          type="submit"
          kind="primary"
          disabled={whyNot !== null || note === '' || running || given}
          title={whyNot ?? undefined}
        >
          {given ? 'Handed over' : 'Sign and hand over'}
        </Button>
      </p>
      {action.state === 'failed' ? <SigningOutcome action={action} /> : null}
    </form>
  );
}

const TAKEN: Readonly<Record<Handover['state'], { readonly tone: Tone; readonly word: string }>> = {
  waiting: { tone: 'warn', word: 'waits for somebody' },
  taken: { tone: 'ok', word: 'taken over' },
  replaced: { tone: 'idle', word: 'replaced' },
};

interface GivenProps {
  readonly handover: Handover;
  /** Of this console. */
  readonly self: string | undefined;
  readonly whyNot: string | null;
  readonly onTaken: () => void;
}

/** One hand-over; whoever comes signs its digest, which is over everything that is shown here. */
function Given({ handover, self, whyNot, onTaken }: GivenProps) {
  const now = useNow();
  const { ui } = useStores();
  const { action, run } = useTakeOver();
  const { id, state, digest, incidents, freezeId, wallets, note, givenAt, givenByName } = handover;
  const own = handover.givenBy === self ? 'Somebody else takes over what you handed over.' : null;
  const blocked = whyNot ?? own;
  return (
    <li className="flex flex-col gap-1 border-line border-b py-2 text-body" data-testid="handover">
      <div className="flex items-center gap-3">
        <State {...TAKEN[state]} />
        <span className="flex-1 text-soft">
          {givenByName} <LocalTime at={givenAt} now={now} />
          {handover.takenByName ? `, taken over by ${handover.takenByName}` : ''}:{' '}
          {formatCount(incidents.length)} incidents, spending {freezeId ? 'stopped' : 'allowed'}
          {wallets.length > 0 ? `, frozen: ${wallets.map(({ address }) => address).join(', ')}` : ''}
        </span>
        <Button kind="link" small onClick={() => ui.showLedger({ text: id })}>
          Evidence
        </Button>
        {state === 'waiting' ? (
          <Button
            kind="primary"
            small
            disabled={blocked !== null || action.state === 'running'}
            title={blocked ?? undefined}
            onClick={() => void run({ id, digest }).then(onTaken)}
          >
            Sign and take over
          </Button>
        ) : null}
      </div>
      <p className="whitespace-pre-wrap break-words">{note}</p>
      {action.state === 'failed' ? <SigningOutcome action={action} /> : null}
    </li>
  );
}

/** Who has the shift: what stands open, what has happened, and the hand-overs with both signatures. */
export function ShiftTab({ enrolment }: { readonly enrolment: EnrolmentStatus | undefined }) {
  const remote = useShift();
  return (
    <RemoteValue remote={remote} what="the shift" skeleton={<SkeletonRows rows={8} waitingFor="the shift" />}>
      {({ shift }) => (
        <>
          <div className="grid grid-cols-1 gap-x-8 gap-y-4 min-[1200px]:grid-cols-[3fr_2fr]">
            <Standing shift={shift} />
            <Changed shift={shift} />
          </div>
          <Give shift={shift} whyNot={whyNotSign(enrolment, 'shift.hand-over')} onGiven={remote.retry} />
          <Section title="Hand-overs" testId="handovers">
            {shift.handovers.length === 0 ? (
              <EmptyState testId="empty-handovers" title="No shift was handed over yet">
                <p>The first hand-over begins the record of who had the shift, and since when.</p>
              </EmptyState>
            ) : (
              <ol>
                {shift.handovers.map((handover) => (
                  <Given
                    key={handover.id}
                    handover={handover}
                    self={enrolment?.operator?.id}
                    whyNot={whyNotSign(enrolment, 'shift.take-over')}
                    onTaken={remote.retry}
                  />
                ))}
              </ol>
            )}
          </Section>
        </>
      )}
    </RemoteValue>
  );
}
