import type { Provenance } from '../../shared/http/settings.ts';
import type { Handlers } from '../gate/context.ts';

/** @param provenance as the launcher recorded it; null when bundled, where nothing is read from an environment */
export const settingsHandlers = (provenance: Provenance | null): Pick<Handlers, 'settings.provenance'> => ({
  'settings.provenance': async () => ({ status: 200, body: provenance ?? { provider: 'none', values: [] } }),
});
