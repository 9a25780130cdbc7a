import type { DatabaseEndpoint, ProbesSettings } from './launch.ts';
import type { Serving } from './supervise.ts';

/** Where the probes find what they attack. @throws RangeError before the API serves */
export function probesSettings(
  database: DatabaseEndpoint,
  dataDir: string,
  serving: Serving | null,
): ProbesSettings {
  if (!serving) throw new RangeError('the probes were started before the API served');
  const { api, adminOrigin, adminSocket, resolver } = serving;
  return { process: 'probes', database, dataDir, api, adminOrigin, adminSocket, resolver };
}
