import type { AppChannel } from '../../shared/ipc/app.ts';
import type { HeadReport } from '../../shared/ipc/evidence.ts';
import type { AppHandlers } from './handlers.ts';

export interface EvidenceDeps {
  readonly evidence: { readonly head: () => Promise<HeadReport> };
}

export const evidenceHandlers = ({
  evidence,
}: EvidenceDeps): Pick<AppHandlers, Extract<AppChannel, `evidence.${string}`>> => ({
  'evidence.head': () => evidence.head(),
});
