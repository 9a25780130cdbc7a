import type { AirGapState } from '../../shared/ipc/custody.ts';
import type { Connection } from '../../shared/ipc/services.ts';
import type { ServiceStatus } from '../../shared/service/status.ts';
import type { Ground } from './ground.ts';

const AIR_GAP = {
  enforced: 'Sallyport: air gap, this console has no network',
  requested: 'Sallyport: air gap requested, not enforced by the system',
} as const;

/** What every title of a practice console begins with. */
export const titled = (isPractice: boolean, title: string): string =>
  isPractice ? `Practice console, sample data only. ${title}` : title;

/** What the title bar says: practice and the air gap before anything else, because a person relies on them. */
export const windowTitle = (
  { airGap, isPractice }: Pick<Ground, 'airGap' | 'isPractice'>,
  service: Pick<ServiceStatus, 'api' | 'state'>,
  on: Pick<Connection, 'kind' | 'name' | 'host'>,
): string => titled(isPractice, titleOf(airGap, service, on));

function titleOf(
  airGap: AirGapState,
  { api, state }: Pick<ServiceStatus, 'api' | 'state'>,
  { kind, name, host }: Pick<Connection, 'kind' | 'name' | 'host'>,
): string {
  if (airGap !== 'off') return AIR_GAP[airGap];
  if (kind !== 'bundled') return `Sallyport: ${kind} service ${name}${host ? ` at ${host}` : ''}`;
  return api ? `Sallyport: bundled service at ${api}` : `Sallyport: bundled service, ${state}`;
}
