import type { AirGapState } from '../../shared/ipc/custody.ts';
import type { Connection } from '../../shared/ipc/services.ts';
import type { ServiceStatus } from '../../shared/service/status.ts';

const AIR_GAP = {
  enforced: 'Sallyport: air gap, this console has no network',
  requested: 'Sallyport: air gap requested, not enforced by the system',
} as const;

/** What the title bar says: the air gap before anything else, because a person relies on it. */
export function windowTitle(
  airGap: AirGapState,
  { api, state }: Pick<ServiceStatus, 'api' | 'state'>,
  { kind, name, host }: Pick<Connection, 'kind' | 'name' | 'host'>,
): string {
  if (airGap !== 'off') return AIR_GAP[airGap];
  if (kind !== 'bundled') return `Sallyport: ${kind} service ${name}${host ? ` at ${host}` : ''}`;
  return api ? `Sallyport: bundled service at ${api}` : `Sallyport: bundled service, ${state}`;
}
