import type { APP_CONTRACTS, AppInfo } from '../../shared/ipc/app.ts';
import type { Diagnosis } from '../../shared/ipc/diagnostics.ts';
import { type AdminDeps, adminHandlers } from './admin.handlers.ts';
import { type CustodyDeps, custodyHandlers } from './custody.handlers.ts';
import { type DraftsDeps, draftsHandlers } from './drafts.handlers.ts';
import { type EvidenceDeps, evidenceHandlers } from './evidence.handlers.ts';
import type { Handlers } from './gate.ts';
import { type MemberDeps, memberHandlers } from './member.handlers.ts';
import { type PracticeDeps, practiceHandlers } from './practice.handlers.ts';
import { type ServiceDeps, serviceHandlers } from './service.handlers.ts';
import { type ServicesDeps, servicesHandlers } from './services.handlers.ts';
import { type UpdatesDeps, updatesHandlers } from './updates.handlers.ts';
import { type VaultDeps, vaultHandlers } from './vault.handlers.ts';

export type AppHandlers = Handlers<typeof APP_CONTRACTS>;

export interface HandlerDeps
  extends AdminDeps,
    CustodyDeps,
    DraftsDeps,
    EvidenceDeps,
    MemberDeps,
    PracticeDeps,
    ServiceDeps,
    ServicesDeps,
    UpdatesDeps,
    VaultDeps {
  readonly info: () => AppInfo;
  readonly examine: () => Promise<Diagnosis[]>;
  /** Hands the page a fresh event port. */
  readonly openStream: (after: number | null) => Promise<void>;
}

/** Every handler of the application's page, from every domain. */
export const appHandlers = (deps: HandlerDeps): AppHandlers => ({
  ...vaultHandlers(deps),
  ...serviceHandlers(deps),
  ...servicesHandlers(deps),
  ...adminHandlers(deps),
  ...draftsHandlers(deps),
  ...evidenceHandlers(deps),
  ...custodyHandlers(deps),
  ...memberHandlers(deps),
  ...practiceHandlers(deps),
  ...updatesHandlers(deps),
  'app.info': () => deps.info(),
  'diagnostics.run': () => deps.examine(),
  'stream.open': async ({ after }) => {
    await deps.openStream(after);
    return null;
  },
});
