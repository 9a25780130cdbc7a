import { retireExecutor } from '../autonomy/wallets/retire.ts';
import { releaseExecutor } from '../boundaries/containment/release.ts';
import { raiseExecutor } from '../identity/keys/limit.ts';
import { enrolmentExecutor } from '../identity/operators/enrolment-proposal.ts';
import { roleExecutor } from '../identity/operators/role.ts';
import type { Executors } from '../identity/proposals/executor.ts';
import { unflagExecutor } from '../market/flags.ts';
import { liftExecutor } from '../treasury/freeze.ts';
import { unfreezeExecutor } from '../treasury/wallet-freeze.ts';

/** Who does what two persons want, by the route they want it on. */
export const executorsOf = (random: (bytes: number) => Uint8Array): Executors => ({
  'limits.raise': raiseExecutor(),
  'operators.changeRole': roleExecutor(),
  'operators.enrol': enrolmentExecutor(random),
  'freeze.lift': liftExecutor(),
  'wallets.unfreeze': unfreezeExecutor(),
  'containments.release': releaseExecutor(),
  'market.unflag': unflagExecutor(),
  'wallet-keys.retire': retireExecutor(),
});
