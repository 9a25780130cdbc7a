import type { ServiceStatus } from '../../shared/service/status.ts';
import { Refusal } from '../ipc/refusal.ts';
import type { Service } from './backend.ts';

const STATUS: ServiceStatus = { state: 'stopped', processes: [], api: null, resolver: null };

/** Behind the air gap no service is started: it would listen, and the keeper would hand keys to processes that could connect. */
export const noService = (): Service => ({
  unlocked: () => undefined,
  status: () => STATUS,
  endpoint: () => null,
  setAdminTokens: () => undefined,
  restart: async () => {
    throw new Refusal(
      'not-available',
      'The service is not started behind the air gap. Do this step on a console that has a network.',
    );
  },
  stop: async () => undefined,
});
