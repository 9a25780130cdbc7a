import type { AppChannel } from '../../shared/ipc/app.ts';
import type { ServiceStatus } from '../../shared/service/status.ts';
import type { AppHandlers } from './handlers.ts';

export interface ServiceDeps {
  readonly serviceStatus: () => ServiceStatus;
  readonly restartService: () => Promise<void>;
}

export const serviceHandlers = (
  deps: ServiceDeps,
): Pick<AppHandlers, Extract<AppChannel, `service.${string}`>> => ({
  'service.status': () => deps.serviceStatus(),
  'service.restart': async () => {
    await deps.restartService();
    return deps.serviceStatus();
  },
});
