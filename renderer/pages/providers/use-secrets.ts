import type { ProviderSecret, SecretRoot, SecretScope } from '../../../shared/http/provider-secrets.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { useCall } from '../../bridge/use-remote.ts';
import type { Tone } from '../../ui/state.tsx';

const SECRETS_MS = 3000;
/** While everything is re-encrypted, somebody watches. */
const ROOTS_MS = 1000;
/** The service's own ceiling for one page. */
const PAGE = 500;

export interface SecretFilter {
  readonly scope: SecretScope | 'all';
  readonly rootVersion: number | null;
}

export const useSecrets = ({ scope, rootVersion }: SecretFilter) =>
  useCall(
    'provider-secrets.list',
    {
      query: {
        limit: PAGE,
        ...(scope === 'all' ? {} : { scope }),
        ...(rootVersion === null ? {} : { rootVersion }),
      },
    },
    { everyMs: SECRETS_MS },
  );

export const useRoots = () => useCall('secret-roots.state', {}, { everyMs: ROOTS_MS });

export function useStoreSecret() {
  const bridge = useBridge();
  return useAction((provider: string, material: string) =>
    bridge.call('provider-secrets.set-platform', { body: { provider, material } }),
  );
}

export function useDeleteSecret() {
  const bridge = useBridge();
  return useAction(({ id, provider, scope }: ProviderSecret, reason: string) =>
    bridge.call('provider-secrets.delete', { params: { id }, body: { provider, scope, reason } }),
  );
}

export type RootAct = 'rotate' | 'retire';

export function useRootAct(act: RootAct) {
  const bridge = useBridge();
  return useAction((version: number) => bridge.call(`secret-roots.${act}`, { body: { version } }));
}

export const ROOT_TONE: Record<SecretRoot['state'], { readonly tone: Tone; readonly word: string }> = {
  active: { tone: 'ok', word: 'active' },
  leaving: { tone: 'busy', word: 're-encrypting' },
  empty: { tone: 'idle', word: 'unused' },
  retired: { tone: 'absent', word: 'retired' },
};

/** A leaving version that only unreadable secrets hold back is not being left any more: somebody has to act. */
export const signOf = ({ state, secrets, unreadable }: SecretRoot) =>
  state === 'leaving' && secrets === unreadable
    ? ({ tone: 'bad', word: 'held back' } as const)
    : ROOT_TONE[state];

export const SCOPE_WORD: Record<SecretScope, string> = {
  agent: 'agent',
  account: 'account',
  platform: 'platform',
};
