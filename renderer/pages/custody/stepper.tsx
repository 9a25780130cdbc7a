import { useId, useState } from 'react';
import {
  CEREMONY_STEPS,
  type CeremonyStep,
  type CustodyAct,
  type CustodyState,
  type Rotation,
} from '../../../shared/ipc/custody.ts';
import { Button } from '../../ui/button.tsx';
import { Section } from '../../ui/section.tsx';
import { State } from '../../ui/state.tsx';
import { ProposeRetirement } from './retire.tsx';
import { SealToAws } from './to-aws.tsx';
import { AskBeforeSweep } from './two-persons.tsx';
import type { RunStep } from './use-custody.ts';
import { abortWords, wordsOf } from './words.ts';

const DEVNET = 'https://api.devnet.solana.com';

interface StepperProps {
  readonly rotation: Rotation;
  readonly accessKeys: CustodyState['accessKeys'];
  readonly run: RunStep;
  readonly busy: boolean;
}

function actOf(step: CeremonyStep, rotation: Rotation, rpc: string): CustodyAct {
  switch (step) {
    case 'generated':
      return { act: 'open', reason: rotation.reason, former: null };
    case 'sealed':
      return { act: 'seal' };
    case 'imported':
      return { act: 'import' };
    case 'hydrated':
      return { act: 'hydrate' };
    case 'confirmed':
      return { act: 'confirm', rpc };
    case 'swept':
      return { act: 'sweep', rpc };
    case 'sunset':
      return { act: 'sunset' };
    case 'recorded':
      return { act: 'record' };
  }
}

function StepState({ step, rotation }: { readonly step: CeremonyStep; readonly rotation: Rotation }) {
  if (rotation.done.includes(step)) return <State tone="ok" word="done" />;
  if (rotation.next !== step) return <State tone="absent" word="later" />;
  if (rotation.reverting) return <State tone="warn" word="being taken back" />;
  return rotation.unfinished ? (
    <State tone="warn" word="begun, not finished: do it again to resume" />
  ) : (
    <State tone="busy" word="next" />
  );
}

function Abort({ rotation, run, busy }: Omit<StepperProps, 'accessKeys'>) {
  const id = useId();
  const [reason, setReason] = useState('');
  return (
    <form
      className="flex flex-wrap items-center gap-3 py-3"
      data-testid="custody-abort"
      onSubmit={(event) => {
        event.preventDefault();
        if (reason.trim()) void run({ act: 'abort', reason: reason.trim() });
      }}
    >
      <span className="max-w-[64ch] text-body text-soft">{abortWords(rotation)}</span>
      {rotation.abort === null ? null : (
        <>
          <label className="sr-only" htmlFor={id}>
            Why it is aborted
          </label>
          <input
            id={id}
            className="h-8 rounded-sm border border-line-strong bg-transparent px-2 text-body"
            maxLength={500}
            placeholder="Why it is aborted"
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
          <Button type="submit" kind="danger" disabled={busy || reason.trim() === ''}>
            Abort this rotation
          </Button>
        </>
      )}
    </form>
  );
}

/** The rotation as its steps: what is done, what happens next, and what an abort would cost now. */
export function Stepper({ rotation, accessKeys, run, busy }: StepperProps) {
  const id = useId();
  const [rpc, setRpc] = useState(DEVNET);
  const asksNode = rotation.next === 'confirmed' || rotation.next === 'swept';
  return (
    <Section title="Rotation" testId="custody-rotation" aside={rotation.reason}>
      <ol className="flex flex-col">
        {CEREMONY_STEPS.map((step, index) => {
          const isNext = rotation.next === step && !rotation.reverting;
          const words = wordsOf(step, rotation);
          return (
            <li
              key={step}
              data-testid={`custody-step-${step}`}
              aria-current={isNext ? 'step' : undefined}
              className="grid grid-cols-[2ch_minmax(0,1fr)_max-content] items-center gap-3 border-line border-b py-2 text-body"
            >
              <span className="text-faint tabular-nums">{index + 1}</span>
              <span className="flex min-w-0 flex-col gap-0.5">
                <span className="flex flex-wrap items-center gap-3 text-ink">
                  {words.title}
                  <StepState step={step} rotation={rotation} />
                </span>
                {isNext ? <span className="text-small text-soft">{words.says}</span> : null}
              </span>
              {isNext ? (
                <Button kind="primary" disabled={busy} onClick={() => void run(actOf(step, rotation, rpc))}>
                  {words.button}
                </Button>
              ) : null}
            </li>
          );
        })}
      </ol>
      {asksNode ? (
        <label className="flex items-center gap-3 py-3 text-small text-soft" htmlFor={id}>
          Solana RPC address
          <input
            id={id}
            type="url"
            className="h-8 w-[360px] rounded-sm border border-line-strong bg-transparent px-2 font-mono text-small"
            value={rpc}
            onChange={(event) => setRpc(event.target.value)}
          />
        </label>
      ) : null}
      {rotation.way === 'package' && rotation.next === 'imported' ? (
        <Button small disabled={busy} onClick={() => void run({ act: 'package' })}>
          Save the sealed package again
        </Button>
      ) : null}
      {rotation.next === 'sealed' ? <SealToAws accessKeys={accessKeys} run={run} busy={busy} /> : null}
      {rotation.next === 'swept' ? <AskBeforeSweep rotation={rotation} run={run} busy={busy} /> : null}
      {rotation.next === 'sunset' ? <ProposeRetirement rotation={rotation} /> : null}
      <Abort rotation={rotation} run={run} busy={busy} />
    </Section>
  );
}
