import { useAsk, useCall } from '../../bridge/use-remote.ts';

/** The service counts over seconds; reading more often would show the same numbers. */
const BOUNDARIES_MS = 2000;

export const useBoundaries = () => useCall('boundaries.state', {}, { everyMs: BOUNDARIES_MS });

/** What people decide on changes slower than counters do. */
const STANDING_MS = 5000;

export const useOpenIncidents = () =>
  useCall('incidents.list', { query: { limit: 200, state: 'unclosed' } }, { everyMs: STANDING_MS });
export const useLimitsNear = () => useCall('limits.state', {}, { everyMs: STANDING_MS });
/** Main verifies the newest head anew each time. */
export const useHead = () => useAsk('evidence.head', { everyMs: STANDING_MS });
export const useRoots = () => useCall('secret-roots.state', {}, { everyMs: 12 * STANDING_MS });
