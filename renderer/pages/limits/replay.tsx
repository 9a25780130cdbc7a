import { useState } from 'react';
import { type ApiKey, requestsPerMinute } from '../../../shared/http/keys.ts';
import { limitScope } from '../../../shared/http/limits.ts';
import { Button, Segments } from '../../ui/button.tsx';
import { Field, Input, Select } from '../../ui/field.tsx';
import { formatCount, formatRate } from '../../ui/format.ts';
import { Banner } from '../../ui/message.tsx';
import { Section } from '../../ui/section.tsx';
import { useEnrolment, whyNotSign } from '../parts/enrolment.tsx';
import { clock } from './chart.tsx';
import { ReplayChart } from './replay-chart.tsx';
import { ReplayMinutes, ReplaySubjects } from './replay-tables.tsx';
import { SaveLimit } from './save.tsx';
import { SCOPE_WORD } from './use-limits.ts';
import { type Replay, type ReplaySubject, useActiveKeys, useReplay } from './use-replay.ts';

const VIEWS = [
  { value: 'chart', label: 'Chart' },
  { value: 'table', label: 'Table' },
] as const;

const optionsOf = (keys: readonly ApiKey[]) => [
  ...keys.map((key) => ({
    value: key.id,
    label: `${key.label} (${key.displayPrefix}…, ${formatCount(key.requestsPerMinute)} a minute)`,
  })),
  ...limitScope.options.map((scope) => ({ value: scope, label: `every ${SCOPE_WORD[scope]}` })),
];

const subjectOf = (value: string): ReplaySubject => {
  const scope = limitScope.safeParse(value);
  return scope.success ? { kind: 'scope', scope: scope.data } : { kind: 'key', id: value };
};

/** The figure that matters, its reason beside it. */
function Verdict({ replay }: { readonly replay: Replay }) {
  const { replayed } = replay;
  const { asked, refusedByProposed, refusedByCurrent, subjectsRefused, proposed, current } = replayed;
  const share = asked === 0 ? 0 : (refusedByProposed / asked) * 100;
  const missing = Date.parse(replayed.completeSince) > Date.parse(replayed.from);
  return (
    <div className="flex flex-col gap-1" data-testid="replay-verdict">
      <p className="font-semibold text-figure text-ink tabular-nums">
        {formatCount(refusedByProposed)}
        <span className="ml-2 font-normal text-lead text-soft">
          of {formatCount(asked)} requests refused at {formatCount(proposed.limit)} in{' '}
          {proposed.windowSeconds} s ({formatRate(share)} %)
        </span>
      </p>
      <p className="text-body text-soft">
        {refusedByProposed === 0
          ? 'Nobody would have been refused.'
          : `For ${formatCount(subjectsRefused)} of those seen.`}{' '}
        The limit of today, {formatCount(current.limit)} in {current.windowSeconds} s, refuses{' '}
        {formatCount(refusedByCurrent)} of the same requests.
      </p>
      <p className="text-faint text-small">
        Requests as this process saw them, counted by the second
        {missing ? `; complete since ${clock(Date.parse(replayed.completeSince))} only` : ''}.
      </p>
    </div>
  );
}

const Legend = () => (
  <span className="flex items-center gap-4 text-soft text-small">
    <span>bars: the fullest window of each minute, in requests</span>
    <span className="flex items-center gap-1.5">
      <svg width="16" height="10" aria-hidden="true">
        <path d="M0 5H16" stroke="currentColor" strokeDasharray="4 3" />
      </svg>
      current limit
    </span>
    <span className="flex items-center gap-1.5 text-accent">
      <svg width="16" height="10" aria-hidden="true">
        <path d="M0 5H16" stroke="currentColor" strokeWidth="2" />
      </svg>
      proposed limit
    </span>
  </span>
);

interface ResultProps {
  readonly replay: Replay;
  readonly target: ApiKey | undefined;
  readonly onSave: () => void;
}

function Result({ replay, target, onSave }: ResultProps) {
  const [view, setView] = useState<'chart' | 'table'>('chart');
  const enrolment = useEnrolment().data;
  const now = target?.requestsPerMinute ?? 0;
  const raises = replay.limit > now;
  const whyNot = whyNotSign(enrolment, raises ? 'limits.raise' : 'limits.lower');
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-start justify-between gap-4">
        <Verdict replay={replay} />
        {target ? (
          <Button
            kind="primary"
            disabled={whyNot !== null || replay.limit === now}
            title={replay.limit === now ? 'This is the limit of today.' : (whyNot ?? undefined)}
            onClick={onSave}
          >
            {raises ? 'Propose this limit' : 'Lower to this limit'}
          </Button>
        ) : (
          <p className="text-body text-soft" data-testid="replay-configured">
            The limit of a whole scope is configuration of the service; it is changed there.
          </p>
        )}
      </div>
      <div className="flex items-center justify-between gap-4">
        {view === 'chart' ? <Legend /> : <span />}
        <Segments label="Show the hour as" value={view} options={VIEWS} onChange={setView} />
      </div>
      {view === 'chart' ? (
        <ReplayChart replayed={replay.replayed} />
      ) : (
        <ReplayMinutes replayed={replay.replayed} />
      )}
      {replay.replayed.subjects.length > 0 ? <ReplaySubjects replayed={replay.replayed} /> : null}
    </div>
  );
}

interface FormProps {
  readonly keys: readonly ApiKey[];
  readonly running: boolean;
  readonly onReplay: (subject: ReplaySubject, limit: number) => void;
}

function ReplayForm({ keys, running, onReplay }: FormProps) {
  const [chosen, setChosen] = useState('');
  const [text, setText] = useState('');
  const [touched, setTouched] = useState(false);
  const options = optionsOf(keys);
  const value = options.some((option) => option.value === chosen) ? chosen : (options[0]?.value ?? 'key');
  const limit = requestsPerMinute.safeParse(text.trim() === '' ? Number.NaN : Number(text));
  return (
    <form
      noValidate
      className="flex items-start gap-3 py-3"
      onSubmit={(event) => {
        event.preventDefault();
        setTouched(true);
        if (limit.success) onReplay(subjectOf(value), limit.data);
      }}
    >
      <div className="w-80">
        <Field label="Whose limit">
          {(aria) => <Select {...aria} value={value} options={options} onValue={setChosen} />}
        </Field>
      </div>
      <div className="w-48">
        <Field
          label="Proposed limit"
          hint="requests in its window"
          error={touched && !limit.success ? 'A whole number from 1 to 100,000.' : undefined}
        >
          {(aria) => (
            <Input
              {...aria}
              inputMode="numeric"
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
      </div>
      <Button type="submit" disabled={running} className="mt-5">
        {running ? 'Replaying the last hour' : 'Replay the last hour'}
      </Button>
    </form>
  );
}

/** A limit is tried on the last hour before anybody signs it. */
export function ReplayLimit() {
  const keys = useActiveKeys();
  const { action, run } = useReplay();
  const [saving, setSaving] = useState(false);
  const list = keys.data?.keys ?? [];
  const replay = action.state === 'done' ? action.value : null;
  const subject = replay?.subject;
  const target = subject?.kind === 'key' ? list.find(({ id }) => id === subject.id) : undefined;
  return (
    <Section title="Try a limit" aside="on the last hour, before it is saved" testId="replay">
      <ReplayForm
        keys={list}
        running={action.state === 'running'}
        onReplay={(asked, limit) => void run(asked, limit)}
      />
      {action.state === 'failed' ? (
        <Banner tone="bad" role="alert" testId="replay-failed">
          {action.error.message}
        </Banner>
      ) : null}
      {replay ? <Result replay={replay} target={target} onSave={() => setSaving(true)} /> : null}
      {saving && replay && target ? (
        <SaveLimit
          target={target}
          limit={replay.limit}
          onClose={() => setSaving(false)}
          onSaved={keys.retry}
        />
      ) : null}
    </Section>
  );
}
