import type { AppChannel } from '../../shared/ipc/app.ts';
import type { AirGapState, CustodyAct, CustodyState } from '../../shared/ipc/custody.ts';
import type { AppHandlers } from './handlers.ts';
import { Refusal } from './refusal.ts';

export interface CustodyDeps {
  readonly airGap: {
    readonly state: () => AirGapState;
    /** The console ends and starts again. */
    readonly enter: () => void;
  };
  readonly custody: {
    readonly state: () => Promise<CustodyState>;
    readonly act: (act: CustodyAct) => Promise<CustodyState>;
  };
}

export const custodyHandlers = ({
  custody,
  airGap,
}: CustodyDeps): Pick<AppHandlers, Extract<AppChannel, `custody.${string}`>> => ({
  'custody.state': () => custody.state(),
  'custody.act': (act) => custody.act(act),
  'custody.airGap': () => airGap.state(),
  'custody.enterAirGap': () => {
    if (airGap.state() === 'enforced')
      throw new Refusal('not-available', 'This console has no network already.');
    airGap.enter();
    return null;
  },
});
