import type { HeadReport } from '../../../shared/ipc/evidence.ts';
import type { Tone } from '../../ui/state.tsx';

/** Whether proofs may be led to this head. */
export const isBelieved = ({ state }: HeadReport): boolean => state === 'first' || state === 'continues';

interface Words {
  readonly tone: Tone;
  readonly word: string;
  /** What the reader should do about an alarm. */
  readonly advice: string;
}

/** How each state of the newest head is said. */
export const HEAD_WORDS: Readonly<Record<HeadReport['state'], Words>> = {
  continues: { tone: 'ok', word: 'verified: continues what was seen', advice: '' },
  first: { tone: 'ok', word: 'verified: first head seen here', advice: '' },
  fork: {
    tone: 'bad',
    word: 'FORK: history was changed',
    advice: 'Export both sides as evidence, and compare the heads with another console.',
  },
  shrunk: {
    tone: 'bad',
    word: 'SHRUNK: entries are missing',
    advice: 'If the database was restored, an administrator reports it. If not, entries were removed.',
  },
  missing: {
    tone: 'bad',
    word: 'MISSING: no head is shown',
    advice:
      'The log was hidden or lost. Compare with another console and with a mirror before you rely on this service.',
  },
  restored: {
    tone: 'bad',
    word: 'RESTORED: a new epoch',
    advice:
      'Look for the entry "New epoch of the log opened after a restore": it names the numbers that are lost.',
  },
  'other-log': {
    tone: 'bad',
    word: 'ANOTHER LOG',
    advice: 'This console verified another log before. Find out why the service shows this one.',
  },
  'unknown-key': {
    tone: 'bad',
    word: 'UNKNOWN KEY',
    advice: 'Compare the id of the key with whoever holds the ledger key before you rely on this log.',
  },
  unsigned: {
    tone: 'bad',
    word: 'NOT SIGNED by the log',
    advice: 'Do not rely on this log until it is known why.',
  },
};
