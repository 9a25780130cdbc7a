import type { Comparison } from '../../../shared/ipc/evidence.ts';
import { State, type Tone } from '../../ui/state.tsx';
import { HeadSide } from './alarm.tsx';
import { ForkToldState } from './fork-told.tsx';

interface Words {
  readonly tone: Tone;
  readonly word: string;
  readonly meaning: string;
}

const WORDS: Readonly<Record<Comparison['relation'], Words>> = {
  same: { tone: 'ok', word: 'THE SAME', meaning: 'Both saw the same log.' },
  older: { tone: 'ok', word: 'OLDER, CONSISTENT', meaning: 'The log verified here continues it. Proven.' },
  newer: {
    tone: 'ok',
    word: 'NEWER, CONSISTENT',
    meaning: 'It continues the log verified here. Proven; the next look takes this console there too.',
  },
  fork: {
    tone: 'bad',
    word: 'FORK',
    meaning:
      'No log holds both heads: somebody was shown another history. Save both checkpoints and export the log as evidence, before anything else.',
  },
  'other-log': {
    tone: 'warn',
    word: 'ANOTHER LOG',
    meaning: 'It names another log, or an epoch after a restore. Nothing is said about this one.',
  },
  unproven: {
    tone: 'warn',
    word: 'NOT PROVEN',
    meaning:
      'The service does not show how one leads to the other. If it has fewer entries than the received head, entries may have been removed.',
  },
  unsigned: {
    tone: 'bad',
    word: 'NOT SIGNED by the log',
    meaning: 'No key that this console believes signed it. It proves nothing.',
  },
};

/** What a received checkpoint is to the one that was verified here, in words, with both heads side by side. */
export function ComparisonResult({ comparison }: { readonly comparison: Comparison }) {
  const { relation, own, other, message, witnesses, told } = comparison;
  const { tone, word, meaning } = WORDS[relation];
  return (
    <div
      role={tone === 'ok' ? 'status' : 'alert'}
      className="flex flex-col gap-2 px-5"
      data-testid="comparison"
    >
      <State tone={tone} word={word} />
      <p className="text-body">
        {meaning}
        {message === null ? '' : ` (${message}.)`}
      </p>
      <div className="flex flex-wrap gap-6">
        <HeadSide name="Verified here" head={own} />
        <HeadSide name="Received" head={other} />
      </div>
      {told ? <ForkToldState told={told} /> : null}
      {witnesses.length > 0 ? (
        <p className="text-small text-soft">The received one is cosigned by {witnesses.join(', ')}.</p>
      ) : null}
    </div>
  );
}
