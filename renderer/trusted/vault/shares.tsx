import { useId, useState } from 'react';
import type { Conversation } from '../conversation.ts';
import { Button, Frame, Notice } from '../parts.tsx';
import { Choice } from './choice.tsx';
import { CurrentPassphrase } from './keys.tsx';
import { submitting, TaskFrame } from './parts.tsx';
import { QrCode } from './qr-code.tsx';
import type { TaskProps } from './task.tsx';

const NUMBERS = Array.from({ length: 9 }, (_, at) => {
  const value = String(at + 2);
  return { value, label: value };
});

interface ShareSheetProps extends TaskProps {
  readonly made: NonNullable<Conversation['sharesMade']>;
  readonly share: NonNullable<Conversation['share']>;
}

function ShareSheet({ bridge, state, made, share }: ShareSheetProps) {
  const { index } = share;
  const isLast = index === made.count;
  const next = () => bridge.send(isLast ? { type: 'keep-shares' } : { type: 'show-share', index: index + 1 });
  const actions = (
    <>
      <Button onPress={() => bridge.send({ type: 'close-task' })} disabled={state.working !== null}>
        Cancel: make none
      </Button>
      <Button onPress={() => window.print()} disabled={state.working !== null}>
        Print
      </Button>
      <Button look="primary" onPress={next} disabled={state.working !== null}>
        {isLast ? 'All are written down' : 'Written down: next share'}
      </Button>
    </>
  );
  return (
    <Frame purpose="Vault" actions={actions} working={state.working}>
      <h1>
        Share {index} of {made.count}
      </h1>
      <p>
        Any {made.threshold} of them open the vault. Give each to another person or place; the first four
        letters of a word are enough. It is not shown again.
      </p>
      {state.error ? <Notice tone="bad">{state.error.message}</Notice> : null}
      <section className="sheet" aria-label={`Recovery share ${index}`}>
        <h2 className="print-only">
          Sallyport recovery share {index} of {made.count}
        </h2>
        <ol className="share-words">
          {share.words.split(' ').map((word, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a word may come twice; its place is what tells it apart.
            <li key={at}>{word}</li>
          ))}
        </ol>
        <QrCode rows={share.qr} label={`Share ${index} as a QR code`} />
        <p className="print-only">
          Any {made.threshold} of {made.count} shares open the vault without passphrase and keychain; fewer
          tell nothing. Keep this one away from the machine and from the others.
        </p>
      </section>
    </Frame>
  );
}

/** One share at a time, and nothing is written before the last was on the screen. */
export function MakeShares({ bridge, state }: TaskProps) {
  const id = useId();
  const [passphrase, setPassphrase] = useState('');
  const [threshold, setThreshold] = useState('3');
  const [count, setCount] = useState('5');
  const { sharesMade, share, working } = state;
  if (sharesMade && share)
    return <ShareSheet key={share.index} bridge={bridge} state={state} made={sharesMade} share={share} />;
  if (sharesMade)
    return (
      <TaskFrame
        bridge={bridge}
        state={state}
        title="The shares are made"
        act={{ label: 'Show share 1', form: id }}
      >
        <p>
          Every quorum of {sharesMade.threshold} was tried and opens. Have paper for {sharesMade.count} ready.
        </p>
        <form id={id} onSubmit={submitting(() => bridge.send({ type: 'show-share', index: 1 }))} />
      </TaskFrame>
    );
  const make = () =>
    bridge.send({ type: 'make-shares', passphrase, threshold: Number(threshold), count: Number(count) });
  const possible = Number(threshold) <= Number(count);
  return (
    <TaskFrame
      bridge={bridge}
      state={state}
      title="Make recovery shares"
      act={{ label: 'Make shares', form: id, disabled: passphrase === '' || !possible }}
    >
      <p>
        So many of them together open the vault when passphrase and keychain are lost. Fewer tell nothing.
      </p>
      <form id={id} className="stack" onSubmit={submitting(make)}>
        <Choice
          id={`${id}-k`}
          label="How many open"
          value={threshold}
          options={NUMBERS}
          disabled={working !== null}
          onChange={setThreshold}
        />
        <Choice
          id={`${id}-n`}
          label="How many there are"
          value={count}
          options={NUMBERS}
          disabled={working !== null}
          onChange={setCount}
        />
        {possible ? null : (
          <p className="field-error" role="alert">
            There must be at least as many as open.
          </p>
        )}
        <CurrentPassphrase
          id={`${id}-now`}
          value={passphrase}
          disabled={working !== null}
          onChange={setPassphrase}
        />
      </form>
    </TaskFrame>
  );
}
