import type { AppChannel } from '../../shared/ipc/app.ts';
import type { ConnectRequest, ProfileRequest, ServicesReport } from '../../shared/ipc/services.ts';
import type { AppHandlers } from './handlers.ts';

export interface ServicesDeps {
  readonly services: {
    readonly status: () => Promise<ServicesReport>;
    readonly add: () => Promise<ServicesReport>;
    readonly retry: () => Promise<ServicesReport>;
    readonly connect: (request: ConnectRequest) => Promise<ServicesReport>;
    readonly remove: (request: ProfileRequest) => Promise<ServicesReport>;
  };
}

export const servicesHandlers = ({
  services,
}: ServicesDeps): Pick<AppHandlers, Extract<AppChannel, `services.${string}`>> => ({
  'services.status': () => services.status(),
  'services.add': () => services.add(),
  'services.retry': () => services.retry(),
  'services.connect': (request) => services.connect(request),
  'services.remove': (request) => services.remove(request),
});
