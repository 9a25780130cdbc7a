import type { AppChannel } from '../../shared/ipc/app.ts';
import type { CustodyAct, CustodyState } from '../../shared/ipc/custody.ts';
import type { AppHandlers } from './handlers.ts';

export interface CustodyDeps {
  readonly custody: {
    readonly state: () => Promise<CustodyState>;
    readonly act: (act: CustodyAct) => Promise<CustodyState>;
  };
}

export const custodyHandlers = ({
  custody,
}: CustodyDeps): Pick<AppHandlers, Extract<AppChannel, `custody.${string}`>> => ({
  'custody.state': () => custody.state(),
  'custody.act': (act) => custody.act(act),
});
