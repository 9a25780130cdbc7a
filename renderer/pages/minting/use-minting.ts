import type { MintJob } from '../../../shared/http/mint-jobs.ts';
import type { BrandRole, JobState, TokenState } from '../../../shared/http/minting.ts';
import type { CallInput, RouteId } from '../../../shared/http/table.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { useAsk, useCall } from '../../bridge/use-remote.ts';
import type { Tone } from '../../ui/state.tsx';

const MEMBER_MS = 5_000;
/** What a worker adds is seen while it works. */
const LIVE_MS = 2_000;

export const useMember = () => useAsk('member.status', { everyMs: MEMBER_MS });
export const useBrands = () => useCall('brands.list', { query: { limit: 500 } }, { everyMs: MEMBER_MS });
export const useJobs = (brand: string) =>
  useCall('mint.jobs', { params: { brand }, query: { limit: 100 } }, { everyMs: LIVE_MS });
export const useBrand = (brand: string) =>
  useCall('brands.get', { params: { brand } }, { everyMs: MEMBER_MS });
export const useCounts = (job: string) => useCall('mint.counts', { params: { job } }, { everyMs: MEMBER_MS });
export const useTokens = (job: string, cursor: string | null, state: TokenState | null) =>
  useCall(
    'mint.tokens',
    {
      params: { job },
      query: {
        limit: 50,
        ...(cursor === null ? {} : { cursor }),
        ...(state === null ? {} : { state }),
      },
    },
    { everyMs: LIVE_MS },
  );
export const useEvents = (job: string) =>
  useCall('mint.events', { params: { job }, query: { limit: 50 } }, { everyMs: MEMBER_MS });
export const useExports = (brand: string, jobId: string) =>
  useCall('mint-exports.list', { params: { brand }, query: { jobId } }, { everyMs: LIVE_MS });

export function useSession() {
  const bridge = useBridge();
  return useAction((what: 'signIn' | 'signOut') => bridge.ask(`member.${what}`, undefined));
}

export function useDownload() {
  const bridge = useBridge();
  return useAction((exportId: string, batchName: string) =>
    bridge.ask('member.download', { exportId, batchName }),
  );
}

/** Any signed act of the minting plane: main sends it with the member's session, the operator signs it. */
export function useAct() {
  const bridge = useBridge();
  return useAction((route: RouteId, input: object) => bridge.call(route, input as CallInput<RouteId>));
}

/** Adds a member or changes its role, signed; the answer says which account it is. */
export function useSetMember() {
  const bridge = useBridge();
  return useAction((route: 'brands.addMember' | 'brands.changeRole', input: object) =>
    bridge.call(route, input as CallInput<typeof route>),
  );
}

/** Creates a brand, signed; whoever is signed in becomes its owner. */
export function useCreateBrand() {
  const bridge = useBridge();
  return useAction((name: string) => bridge.call('brands.create', { body: { name } }));
}

/** What keeps a member of this role from orders and exports; the service decides it again. */
export const whyNotOrder = (role: BrandRole | undefined): string | null =>
  role === 'owner' || role === 'admin'
    ? null
    : `Your role in this brand is ${role ?? 'none'}: you see batches and download exports. Orders, voids and exports take owner or admin.`;

/** What keeps a member of this role from changing who belongs to the brand. */
export const whyNotManage = (role: BrandRole): string | null =>
  role === 'owner'
    ? null
    : `Your role in this brand is ${role}. Only an owner adds, changes and removes members.`;

export const MAY: Record<BrandRole, string> = {
  owner: 'Sees everything, orders and voids, exports, and manages members.',
  admin: 'Sees everything, orders and voids, and exports.',
  member: 'Sees batches, tokens and events, and downloads exports. Orders take owner or admin.',
};

export const TOKEN_SIGN: Record<TokenState, { tone: Tone; word: string }> = {
  issued: { tone: 'idle', word: 'issued' },
  active: { tone: 'ok', word: 'active' },
  voided: { tone: 'bad', word: 'voided' },
};

export const JOB_SIGN: Record<JobState, { tone: Tone; word: string }> = {
  queued: { tone: 'idle', word: 'queued' },
  running: { tone: 'busy', word: 'running' },
  paused: { tone: 'warn', word: 'paused' },
  completed: { tone: 'ok', word: 'completed' },
  cancelled: { tone: 'absent', word: 'cancelled' },
  failed: { tone: 'bad', word: 'failed' },
};

/** Who mints it, and whether its lease still holds. */
export function leaseWord({ lease }: Pick<MintJob, 'lease'>, now: number): string {
  if (!lease) return 'no worker';
  const left = Math.ceil((Date.parse(lease.expiresAt) - now) / 1000);
  const holds = left > 0 ? `lease holds ${left} s` : 'lease ran out; another worker may take it';
  return `${lease.owner}, fence ${lease.fence}, ${holds}`;
}
