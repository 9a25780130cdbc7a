import type { ContainableKind, CredentialKind } from '../../../shared/http/containment.ts';
import type { Alert, IncidentState } from '../../../shared/http/incidents.ts';
import type { CallInput } from '../../../shared/http/table.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { useCall } from '../../bridge/use-remote.ts';

const LIST_MS = 3000;
/** A containment takes a page a turn: its progress is looked at while somebody waits for it. */
const PROGRESS_MS = 1000;

export type Shown = IncidentState | 'unclosed';

export const useIncidents = (state: Shown) =>
  useCall('incidents.list', { query: { limit: 200, state } }, { everyMs: LIST_MS });
export const useIncident = (id: string) => useCall('incidents.get', { params: { id } }, { everyMs: LIST_MS });
export const useTimeline = (id: string) =>
  useCall('incidents.timeline', { params: { id } }, { everyMs: LIST_MS });
export const useRules = () => useCall('alerts.rules', {});
export const useCanaries = () => useCall('canaries.list', {}, { everyMs: LIST_MS });
export const useStolen = (kind: CredentialKind, id: string) =>
  useCall('stolen.assume', { query: { kind, id } }, { everyMs: LIST_MS });
export const useContainments = () =>
  useCall('containments.list', { query: { limit: 50 } }, { everyMs: PROGRESS_MS });

/** Says that somebody looks, at as many occurrences as stood on the screen: what came since rings on. */
export function useAcknowledge() {
  const bridge = useBridge();
  return useAction(({ id, occurrences }: Pick<Alert, 'id' | 'occurrences'>) =>
    bridge.call('alerts.acknowledge', { params: { id }, body: { occurrences } }),
  );
}

export function useNote(id: string) {
  const bridge = useBridge();
  return useAction((note: string) => bridge.call('incidents.note', { params: { id }, body: { note } }));
}

export type MoveBody = CallInput<'incidents.move'>['body'];

export function useMove(id: string) {
  const bridge = useBridge();
  return useAction((body: MoveBody) => bridge.call('incidents.move', { params: { id }, body }));
}

/** The dry run of a rule over what is recorded; nothing is written. */
export function useDryRun(rule: string) {
  const bridge = useBridge();
  return useAction((query: CallInput<'alerts.dry-run'>['query']) =>
    bridge.call('alerts.dry-run', { params: { rule }, query }),
  );
}

export function usePlant() {
  const bridge = useBridge();
  return useAction((body: CallInput<'canaries.plant'>['body']) => bridge.call('canaries.plant', { body }));
}

export interface Order {
  readonly kind: ContainableKind;
  readonly id: string;
  /** As the dry run calls it. */
  readonly name: string;
  readonly reason: string;
  readonly incidentId: string | null;
}

/** Proposes to let a contained account sign in again. */
export function useRelease(id: string) {
  const bridge = useBridge();
  return useAction((body: CallInput<'containments.release'>['body']) =>
    bridge.call('containments.release', { params: { id }, body }),
  );
}

export function useRotateLedgerKey() {
  const bridge = useBridge();
  return useAction((body: CallInput<'ledger.rotateKey'>['body']) =>
    bridge.call('ledger.rotateKey', { body }),
  );
}

export const usePrices = () => useCall('prices.list', {});

export function useSetPrice() {
  const bridge = useBridge();
  return useAction((body: CallInput<'prices.set'>['body']) => bridge.call('prices.set', { body }));
}

export function useContain() {
  const bridge = useBridge();
  return useAction((body: Order) => bridge.call('containments.order', { body }));
}
