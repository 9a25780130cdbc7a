import type { AppChannel } from '../../shared/ipc/app.ts';
import type { UpdateReport } from '../../shared/ipc/updates.ts';
import type { AppHandlers } from './handlers.ts';

export interface UpdatesDeps {
  readonly updates: {
    readonly status: () => UpdateReport;
    readonly check: () => Promise<UpdateReport>;
  };
}

export const updatesHandlers = ({
  updates,
}: UpdatesDeps): Pick<AppHandlers, Extract<AppChannel, `updates.${string}`>> => ({
  'updates.status': () => updates.status(),
  'updates.check': () => updates.check(),
});
