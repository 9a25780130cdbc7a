import type { VaultTaskRequest } from '../../../shared/ipc/vault.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { useAsk } from '../../bridge/use-remote.ts';

/** The act happens in another window, so what changed is seen by looking again. */
const LOOK_EVERY_MS = 2_000;

export const useContents = () => useAsk('vault.contents', { everyMs: LOOK_EVERY_MS });
export const useUses = () => useAsk('vault.uses', { everyMs: LOOK_EVERY_MS });

/** Asks for the trusted window of an act. What is typed and shown there never comes here. */
export function useTask() {
  const bridge = useBridge();
  return useAction((request: VaultTaskRequest) => bridge.ask('vault.openTask', request));
}
export type OpenTask = ReturnType<typeof useTask>['run'];
