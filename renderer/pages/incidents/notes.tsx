import { useId } from 'react';
import type { ShownAnswer } from '../../bridge/bridge.ts';
import { useDraft } from '../../bridge/use-draft.ts';
import { Button } from '../../ui/button.tsx';
import { Section } from '../../ui/section.tsx';
import { LocalTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { DraftNote } from '../parts/draft-note.tsx';
import { SigningOutcome } from '../parts/signing.tsx';
import { useNote } from './use-incidents.ts';

/** Where a runbook's step sends whoever is to write something down. */
export const NOTE_FIELD = 'incident-note';
const NOTE_MAX = 4000;

interface NotesProps {
  readonly id: string;
  readonly notes: ShownAnswer<'incidents.get'>['notes'];
  readonly whyNot: string | null;
  readonly onNoted: () => void;
}

function Write({ id, whyNot, onNoted }: Omit<NotesProps, 'notes'>) {
  const hint = useId();
  const draft = useDraft('incidents.note', id, { note: '' });
  const { note: text } = draft.typed;
  const { action, run } = useNote(id);
  const note = text.trim();
  const submit = async (event: React.FormEvent): Promise<void> => {
    event.preventDefault();
    if (note === '') return;
    if (await run(note)) draft.drop();
    onNoted();
  };
  const written = action.state === 'done' && action.value.body.note.note === note;
  return (
    <form className="flex flex-col gap-2 py-3" onSubmit={(event) => void submit(event)}>
      <DraftNote draft={draft} place="flush" disabled={action.state === 'running'} />
      <label htmlFor={NOTE_FIELD} className="font-medium text-small text-soft">
        New note
      </label>
      <textarea
        id={NOTE_FIELD}
        aria-describedby={hint}
        rows={3}
        maxLength={NOTE_MAX}
        value={text}
        disabled={action.state === 'running'}
        className="rounded-sm border border-line-strong bg-canvas px-2 py-1 text-body text-ink"
        onChange={(event) => draft.type({ note: event.target.value })}
      />
      <p id={hint} className="flex items-center gap-3 text-faint text-small">
        <span className="flex-1">Signed with your key; it is never changed or taken away.</span>
        <Button
          type="submit"
          small
          disabled={whyNot !== null || note === '' || action.state === 'running' || written}
          title={whyNot ?? undefined}
        >
          {written ? 'Written' : 'Write it down'}
        </Button>
      </p>
      {action.state === 'failed' ? <SigningOutcome action={action} /> : null}
    </form>
  );
}

/** What people wrote down, in order: the memory of the incident. */
export function Notes({ notes, ...write }: NotesProps) {
  const now = useNow();
  return (
    <Section title="Notes" testId="incident-notes" aside="append-only">
      <ul>
        {notes.map((note) => (
          <li key={note.id} data-testid="note" className="border-line border-b py-2 text-body">
            <span className="text-faint text-small">
              <LocalTime at={note.at} now={now} /> {note.operatorName ?? note.operatorId}
            </span>
            <p className="whitespace-pre-wrap break-words">{note.note}</p>
          </li>
        ))}
      </ul>
      <Write key={write.id} {...write} />
    </Section>
  );
}
