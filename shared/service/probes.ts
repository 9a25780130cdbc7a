import type { DatabaseEndpoint, ProbesSettings } from './launch.ts';
import type { ApiReady } from './supervise.ts';

/** Where the probes find what they attack. @throws RangeError before the API serves */
export function probesSettings(
  database: DatabaseEndpoint,
  dataDir: string,
  serving: ApiReady | null,
): ProbesSettings {
  if (!serving) throw new RangeError('the probes were started before the API served');
  const { api, adminOrigin, adminSocket } = serving;
  return { process: 'probes', database, dataDir, api, adminOrigin, adminSocket };
}
