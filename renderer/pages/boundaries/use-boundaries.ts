import type { ProbeId } from '../../../shared/boundaries/controls.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { useCall } from '../../bridge/use-remote.ts';

/** A round takes some seconds; more often would show the same. */
const PROBES_MS = 3_000;

export const useProbes = () => useCall('boundaries.probes', {}, { everyMs: PROBES_MS });

/** Consoles report every few minutes; this is how soon the screen learns of it. */
const CONSOLES_MS = 10_000;

export const useConsoles = () => useCall('boundaries.consoles', {}, { everyMs: CONSOLES_MS });

export const useProbeHistory = (probe: ProbeId) =>
  useCall('boundaries.probeHistory', { query: { probe, limit: 20 } }, { everyMs: PROBES_MS });

/** Asks for a round now, as a signed act. */
export function useRunNow() {
  const bridge = useBridge();
  return useAction(async () => (await bridge.call('boundaries.probe', { body: {} })).body.round);
}
