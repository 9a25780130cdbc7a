import type { CustodyAct } from '../../../shared/ipc/custody.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { useAsk } from '../../bridge/use-remote.ts';

/** Steps end in other windows and in the world, so what changed is seen by looking again. */
const LOOK_EVERY_MS = 2_000;

export const useCustody = () => useAsk('custody.state', { everyMs: LOOK_EVERY_MS });

/** Asks for one step. Who decides on it sits before a trusted window; no key and no signature comes here. */
export function useStep() {
  const bridge = useBridge();
  return useAction((act: CustodyAct) => bridge.ask('custody.act', act));
}
export type RunStep = ReturnType<typeof useStep>['run'];
