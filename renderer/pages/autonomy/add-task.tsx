import type { AutonomyStatus } from '../../../shared/http/autonomy.ts';
import type { PayerSession } from '../../../shared/http/payer-sessions.ts';
import { useDraft } from '../../bridge/use-draft.ts';
import { Field, Input, Select } from '../../ui/field.tsx';
import { formatDuration } from '../../ui/format.ts';
import { SignedDone, SignedForm } from '../parts/signed-form.tsx';
import { SigningSummary } from '../parts/signing.tsx';
import { type TaskProblems, type TypedTask, taskBodyOf, taskProblems, whyNoTask } from './task-order.ts';
import { tokenAmount, useAddTask } from './use-autonomy.ts';

type Typed = 'url' | 'value' | 'cost' | 'freshness';
const LABEL: Record<Typed, string> = {
  url: 'Resource',
  value: 'Worth of a fetch',
  cost: 'Most that a fetch may cost',
  freshness: 'Fresh for (seconds)',
};
const WHOLE = /^(?:0|[1-9]\d{0,17})$/;

interface FieldsProps {
  readonly typed: TypedTask;
  readonly problems: TaskProblems;
  readonly status: AutonomyStatus;
  readonly sessions: readonly PayerSession[];
  readonly disabled: boolean;
  readonly onTyped: (typed: TypedTask) => void;
}

/** What a number means, while it is typed. */
function hintOf(name: Typed, { typed, status }: FieldsProps): string | undefined {
  if (name === 'url') return `Of ${status.hosts.join(', ')}.`;
  const text = typed[name].trim();
  if (!WHOLE.test(text)) return name === 'freshness' ? 'Then it is fetched again.' : 'In the smallest unit.';
  if (name === 'freshness')
    return `Fetched again after ${formatDuration(Math.min(Number(text), 2_592_000) * 1000)}.`;
  const decimals = status.assets.find(({ mint }) => mint === typed.asset)?.decimals;
  return decimals === undefined ? undefined : `${tokenAmount(text, decimals)} of the token`;
}

/** Those that can sign, and the chosen one even after its end: nothing else is chosen in its place unasked. */
const sessionOptions = (sessions: readonly PayerSession[], chosen: string) => [
  ...sessions.map(({ id, purpose }) => ({ value: id, label: `${purpose} (${id})` })),
  ...(chosen === '' || sessions.some(({ id }) => id === chosen)
    ? []
    : [{ value: chosen, label: `${chosen} (ended)` }]),
];

function Fields(props: FieldsProps) {
  const { typed, problems, status, sessions, disabled, onTyped } = props;
  const text = (name: Typed, focus = false) => (
    <Field label={LABEL[name]} hint={hintOf(name, props)} error={problems[name]}>
      {(aria) => (
        <Input
          {...aria}
          autoFocus={focus}
          value={typed[name]}
          disabled={disabled}
          maxLength={name === 'url' ? 2000 : 18}
          inputMode={name === 'url' ? 'url' : 'numeric'}
          onChange={(event) => onTyped({ ...typed, [name]: event.target.value })}
        />
      )}
    </Field>
  );
  const choice = (
    name: 'sessionId' | 'asset',
    label: string,
    options: { value: string; label: string }[],
  ) => (
    <Field label={label} error={problems[name]}>
      {(aria) => (
        <Select
          {...aria}
          value={typed[name]}
          disabled={disabled}
          options={options}
          onValue={(value) => onTyped({ ...typed, [name]: value })}
        />
      )}
    </Field>
  );
  return (
    <div className="flex flex-col gap-3 px-5">
      {text('url', true)}
      {choice('sessionId', 'Session that pays', sessionOptions(sessions, typed.sessionId))}
      {choice(
        'asset',
        'Token',
        status.assets.map(({ mint }) => ({ value: mint, label: mint })),
      )}
      <div className="grid grid-cols-3 gap-3">
        {text('value')}
        {text('cost')}
        {text('freshness')}
      </div>
    </div>
  );
}

interface AddProps {
  readonly status: AutonomyStatus;
  readonly sessions: readonly PayerSession[];
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Adds a resource to the queue: what it is worth, what it may cost, and whose signatures pay for it. */
export function AddTask({ status, sessions, onClose, onDone }: AddProps) {
  const draft = useDraft('autonomy.add-task', '', {
    ...{ url: '', value: '', cost: '', freshness: '3600' },
    sessionId: sessions[0]?.id ?? '',
    asset: status.assets[0]?.mint ?? '',
  });
  const { typed } = draft;
  const { action, run } = useAddTask();
  const body = taskBodyOf(typed);
  const problems = taskProblems(typed, status, sessions);
  const isGood = Object.keys(problems).length === 0;
  if (action.state === 'done')
    return (
      <SignedDone title="Task added" testId="add-task-done" onClose={onClose}>
        <p className="px-5 py-4 text-body">
          {status.paused
            ? 'It is fetched as soon as the payer is resumed.'
            : 'It is fetched within a second.'}
        </p>
      </SignedDone>
    );
  return (
    <SignedForm
      wide
      title="Add a task"
      description="A resource that is fetched, and paid for, whenever it is no longer fresh."
      testId="add-task"
      action={action}
      sign="Sign and add"
      blocked={whyNoTask(status, sessions)}
      onSign={isGood ? () => run(body) : null}
      draft={draft}
      onAttempted={onDone}
      onClose={onClose}
      summary={<SigningSummary route="autonomy.create" body={body} />}
    >
      {({ touched, running }) => (
        <Fields
          {...{ typed, status, sessions }}
          problems={touched ? problems : {}}
          disabled={running}
          onTyped={draft.type}
        />
      )}
    </SignedForm>
  );
}
