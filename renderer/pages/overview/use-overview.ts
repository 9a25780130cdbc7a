import { useCall } from '../../bridge/use-remote.ts';

/** The service counts over seconds; reading more often would show the same numbers. */
const BOUNDARIES_MS = 2000;

export const useBoundaries = () => useCall('boundaries.state', {}, { everyMs: BOUNDARIES_MS });
