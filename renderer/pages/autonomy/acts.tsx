import { useState } from 'react';
import type { PayerTask } from '../../../shared/http/autonomy.ts';
import type { PayerSession } from '../../../shared/http/payer-sessions.ts';
import { useDraft } from '../../bridge/use-draft.ts';
import { Field, Select } from '../../ui/field.tsx';
import { ReasonField } from '../parts/reason.tsx';
import { SignedDone, SignedForm } from '../parts/signed-form.tsx';
import { SigningSummary } from '../parts/signing.tsx';
import { bodyOf, ROUTE_OF, type TaskVerb, useSwitch, useTaskAct } from './use-autonomy.ts';

interface CloseProps {
  readonly onClose: () => void;
  readonly onDone: () => void;
}

const SWITCH = {
  pause: {
    title: 'Pause the payer',
    says: 'Stops everything: no task is fetched and nothing is paid until somebody resumes it.',
    sign: 'Sign and pause',
    done: 'The payer is paused',
    after: 'A payment that was sent before may still be settled; it is shown below.',
  },
  resume: {
    title: 'Resume the payer',
    says: 'Tasks are fetched again, and sessions may be spent again.',
    sign: 'Sign and resume',
    done: 'The payer runs again',
    after: 'What is due is fetched within a second.',
  },
} as const;

/** Pauses or resumes the whole payer, signed. */
export function SwitchDialog({ verb, onClose, onDone }: CloseProps & { readonly verb: 'pause' | 'resume' }) {
  const draft = useDraft('autonomy.switch', verb, { reason: '' });
  const { reason } = draft.typed;
  const { action, run } = useSwitch(verb);
  const text = SWITCH[verb];
  const given = reason.trim();
  if (action.state === 'done')
    return (
      <SignedDone title={text.done} testId="switch-done" onClose={onClose}>
        <p className="px-5 py-4 text-body">{text.after}</p>
      </SignedDone>
    );
  return (
    <SignedForm
      title={text.title}
      description={text.says}
      testId="switch"
      action={action}
      draft={draft}
      sign={text.sign}
      onSign={given === '' ? null : () => run(given)}
      onAttempted={onDone}
      onClose={onClose}
      summary={<SigningSummary route={`autonomy.${verb}`} body={{ reason: given }} />}
    >
      {({ touched, running }) => (
        <ReasonField
          value={reason}
          onText={(text) => draft.type({ reason: text })}
          touched={touched}
          disabled={running}
          placeholder="looking into it"
        />
      )}
    </SignedForm>
  );
}

const TASK: Record<TaskVerb, { readonly title: string; readonly says: string; readonly sign: string }> = {
  pause: {
    title: 'Pause the task',
    says: 'It is not fetched again until it is resumed.',
    sign: 'Sign and pause',
  },
  resume: {
    title: 'Resume the task',
    says: 'It is fetched at once, and may pay again even if what it paid for last never came.',
    sign: 'Sign and resume',
  },
  cancel: { title: 'Cancel the task', says: 'It is never fetched again.', sign: 'Sign and cancel the task' },
};

interface TaskProps extends CloseProps {
  readonly verb: TaskVerb;
  readonly task: PayerTask;
  readonly sessions: readonly PayerSession[];
}

const SessionField = (props: {
  readonly sessions: readonly PayerSession[];
  readonly value: string;
  readonly onValue: (value: string) => void;
}) => (
  <div className="px-5">
    <Field label="Session" hint="Its signatures are spent.">
      {(aria) => (
        <Select
          {...aria}
          value={props.value}
          options={props.sessions.map(({ id, purpose }) => ({ value: id, label: `${purpose} (${id})` }))}
          onValue={props.onValue}
        />
      )}
    </Field>
  </div>
);

/** Pauses, resumes or cancels one task, signed; a resumption names the session that it may spend. */
export function TaskDialog({ verb, task, sessions, onClose, onDone }: TaskProps) {
  const draft = useDraft('autonomy.task', `${verb} ${task.id}`, { reason: '' });
  const { reason } = draft.typed;
  const usable = sessions.some(({ id }) => id === task.sessionId) ? task.sessionId : sessions[0]?.id;
  const [sessionId, setSessionId] = useState(usable ?? '');
  const { action, run } = useTaskAct(verb);
  const given = reason.trim();
  const blocked = verb === 'resume' && sessionId === '' ? 'No session can sign. Issue one first.' : null;
  if (action.state === 'done')
    return (
      <SignedDone title="It is done" testId="task-done" onClose={onClose}>
        <p className="px-5 py-4 text-body">{TASK[verb].says}</p>
      </SignedDone>
    );
  return (
    <SignedForm
      title={TASK[verb].title}
      description={TASK[verb].says}
      testId="task-act"
      action={action}
      draft={draft}
      sign={TASK[verb].sign}
      danger={verb === 'cancel'}
      blocked={blocked}
      onSign={given === '' ? null : () => run(task, given, sessionId)}
      onAttempted={onDone}
      onClose={onClose}
      cancel={verb === 'cancel' ? 'Keep the task' : 'Cancel'}
      summary={
        <SigningSummary
          route={ROUTE_OF[verb]}
          params={{ id: task.id }}
          body={bodyOf(verb, task, given, sessionId)}
        />
      }
    >
      {({ touched, running }) => (
        <>
          {verb === 'resume' && sessionId !== '' ? (
            <SessionField sessions={sessions} value={sessionId} onValue={setSessionId} />
          ) : null}
          <ReasonField
            value={reason}
            onText={(text) => draft.type({ reason: text })}
            touched={touched}
            disabled={running}
            placeholder="looking into it"
          />
        </>
      )}
    </SignedForm>
  );
}
