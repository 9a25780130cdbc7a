import type { ForkTold } from '../../../shared/ipc/evidence.ts';
import { State, type Tone } from '../../ui/state.tsx';

const WORDS: Readonly<Record<ForkTold['state'], { readonly tone: Tone; readonly word: string }>> = {
  told: { tone: 'ok', word: 'the service was told, and alerts its operators' },
  refused: { tone: 'warn', word: 'the service does not believe it' },
  pending: { tone: 'warn', word: 'the service could not be told yet' },
};

/** Whether other operators hear of a fork through the service, or have to be told by a person. */
export function ForkToldState({ told: { state, message } }: { readonly told: ForkTold }) {
  return (
    <p className="mt-2 flex flex-wrap items-center gap-2 text-small" data-testid="fork-told">
      <State {...WORDS[state]} />
      {message === null ? null : <span className="text-soft">{message}</span>}
      {state === 'told' ? null : <span>Tell the other operators yourself.</span>}
    </p>
  );
}
