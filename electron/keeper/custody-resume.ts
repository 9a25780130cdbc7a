import { type Ceremony, nextStep } from '../custody/ceremony.ts';
import { CustodyError } from '../custody/custody-error.ts';
import { type Ground, madeOf, type PreparedAct, plain } from './custody-card.ts';
import { keysOf } from './custody-shared.ts';

/**
 * A rotation that was killed before its key was there. Why it was opened and whose keys the wallet needs are in its journal; what the
 * page sends now is not looked at.
 * @throws CustodyError `step-refused` when its key is there
 */
export function resuming(ceremony: Ceremony, { rotation }: Pick<Ground, 'rotation'>): PreparedAct {
  const { reason, persons, formerItem } = ceremony;
  if (nextStep(ceremony) !== 'generated')
    throw new CustodyError(
      'step-refused',
      'A rotation is open and has its wallet. Finish or abort it first.',
    );
  return {
    card: {
      ...plain,
      title: persons ? 'Go on with a wallet of two persons' : 'Go on with a new wallet',
      facts: [
        { label: 'Why', value: reason },
        ...(persons ? keysOf(persons) : [{ label: 'Opened by', value: 'this console alone' }]),
      ],
      warning: persons
        ? 'This rotation was opened for these two and broken off. Its key opens with both keys only.'
        : 'This rotation was opened and broken off. The key of its wallet opens with this vault alone.',
      act: 'Make the key',
    },
    async perform() {
      return madeOf(await rotation.open(reason, formerItem));
    },
  };
}
