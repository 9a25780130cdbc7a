import { derive } from '../../ledger/derive.ts';
import { everyControl } from './store.ts';

interface ControlState {
  readonly paused: boolean;
  readonly cause: string | null;
  readonly reason: string | null;
}

const RUNNING: ControlState = { paused: false, cause: null, reason: null };
const PAYER = 'payer';

/** Whether the payer is paused: it goes on only when an operator has signed that it may. */
export const controlStates = derive<ControlState>({
  domain: 'payer control',
  tables: ['payer_control'],
  stored: async (tx) =>
    (await everyControl(tx)).map(({ paused, cause, reason }) => [PAYER, { paused, cause, reason }]),
  steps: {
    'payer.paused': (told, { cause, reason }) => told.is(PAYER, { paused: true, cause, reason }),
    'payer.resumed': (told) => told.is(PAYER, RUNNING),
  },
  settle: (told) => {
    // It begins running, and nothing is told of that.
    told.at(null);
    if (!told.of(PAYER)) told.is(PAYER, RUNNING);
  },
});
