import { useState } from 'react';
import type { HeadReport } from '../../../shared/ipc/evidence.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { Field, Input } from '../../ui/field.tsx';
import { formatCount } from '../../ui/format.ts';
import { Hash } from '../../ui/hash.tsx';
import { Banner } from '../../ui/message.tsx';
import { State } from '../../ui/state.tsx';
import { useEnrolment, whyNotSign } from '../parts/enrolment.tsx';
import { ForkToldState } from './fork-told.tsx';
import { HEAD_WORDS } from './head-words.ts';

type Head = NonNullable<HeadReport['head']>;

export const HeadSide = ({ name, head }: { readonly name: string; readonly head: Head }) => (
  <section aria-label={name} className="min-w-0 flex-1">
    <h3 className="text-faint text-small">
      {name}: <span className="text-ink">{formatCount(head.size)} entries</span>, {head.origin}
    </h3>
    <Hash value={head.root} what={`the root of the ${name.toLowerCase()}`} />
  </section>
);

/** The decision is made in a trusted window: this page can open it, and no more. */
function Settle() {
  const bridge = useBridge();
  const { action, run } = useAction(() => bridge.ask('evidence.settleHead', undefined));
  return (
    <>
      <Button small disabled={action.state === 'running'} onClick={() => void run()}>
        Decide about this alarm…
      </Button>
      {action.state === 'failed' ? <span role="alert">{action.error.message}</span> : null}
    </>
  );
}

/** Entries that were verified are gone: the head that was proves it to the log itself. */
function Restored() {
  const bridge = useBridge();
  const [reason, setReason] = useState('');
  const { action, run } = useAction(() => bridge.ask('evidence.reportRestore', { reason }));
  const { data: enrolment } = useEnrolment();
  const whyNot = whyNotSign(enrolment, 'ledger.reportRestore');
  if (action.state === 'done')
    return <span role="status">Reported. The log opens a new epoch that names what is lost.</span>;
  return (
    <form
      className="flex items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        void run();
      }}
    >
      <Field label="Why entries are gone">
        {(aria) => (
          <Input
            {...aria}
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
      </Field>
      <Button
        small
        type="submit"
        disabled={whyNot !== null || action.state === 'running' || reason.trim() === ''}
        title={whyNot ?? undefined}
      >
        Report a restore…
      </Button>
      {action.state === 'running' ? <State tone="busy" word="waiting for the signing window" /> : null}
      {whyNot === null ? null : <span className="text-small">{whyNot}</span>}
      {action.state === 'failed' ? <span role="alert">{action.error.message}</span> : null}
    </form>
  );
}

/** What is wrong with the newest head, and both heads, so that they can be compared with somebody else's. */
export function Alarm({ report }: { readonly report: HeadReport }) {
  const { state, problem, head, last, keyIds, alarmSince, told } = report;
  const { word, advice } = HEAD_WORDS[state];
  return (
    <Banner tone="bad" role="alert" testId="head-alarm">
      <p className="font-medium">
        {word}. {problem}.
      </p>
      <p>
        {advice}
        {state === 'unknown-key' ? ` It is signed by ${keyIds.join(', ')}.` : ''} No proof is led to this
        head.
      </p>
      <div className="mt-2 flex flex-wrap gap-6">
        {last ? <HeadSide name="Last head verified here" head={last} /> : null}
        {head ? <HeadSide name={alarmSince ? 'The head of the alarm' : 'Newest head'} head={head} /> : null}
      </div>
      {told ? <ForkToldState told={told} /> : null}
      {alarmSince ? (
        <div className="mt-2 flex flex-wrap items-end gap-4">
          <Settle />
          {state === 'shrunk' ? <Restored /> : null}
        </div>
      ) : null}
    </Banner>
  );
}
