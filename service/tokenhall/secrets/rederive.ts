import { derive } from '../../ledger/derive.ts';
import { everyPreference, everySecret, everySecretRoot } from './states.store.ts';

interface SecretState {
  readonly provider: string;
  readonly scope: string;
  readonly tenant: string;
  readonly fingerprint: string;
  readonly revision: number;
}

/**
 * Keys of providers: whose each is and which one, never what it says. Its box is bound to its row by its own seal, and under which root
 * it lies changes without an entry of its own.
 */
export const secretStates = derive<SecretState>({
  domain: 'provider secrets',
  tables: ['provider_secrets'],
  stored: async function* (tx) {
    for await (const { id, ...secret } of everySecret(tx)) yield [id, secret];
  },
  steps: {
    'provider-secret.stored': (told, { secretId, provider, scope, tenant, fingerprint, revision }) =>
      told.is(secretId, { provider, scope, tenant, fingerprint, revision }),
    'provider-secret.deleted': (told, { secretId }) => told.isGone(secretId),
  },
});

/** Who pays with their own keys only. */
export const preferenceStates = derive<{ readonly alwaysMine: boolean }>({
  domain: 'provider secret preferences',
  tables: ['provider_secret_preferences'],
  stored: async function* (tx) {
    for await (const { id, always_mine: alwaysMine } of everyPreference(tx)) yield [id, { alwaysMine }];
  },
  steps: {
    'provider-secret.always-mine-set': (told, { accountId, alwaysMine }) =>
      told.is(accountId, { alwaysMine }),
  },
});

/** Roots of provider secrets: which one encrypts, and which never will again. */
export const secretRootStates = derive<{ readonly state: 'active' | 'superseded' | 'retired' }>({
  domain: 'secret roots',
  tables: ['secret_roots'],
  stored: async (tx) =>
    (await everySecretRoot(tx)).map(({ version, superseded_at, retired_at }) => {
      const left = superseded_at === null ? 'active' : 'superseded';
      return [String(version), { state: retired_at === null ? left : 'retired' }] as const;
    }),
  steps: {
    'secret-root.activated': (told, { version, former }) => {
      if (former !== null) told.is(String(former), { state: 'superseded' });
      told.is(String(version), { state: 'active' });
    },
    'secret-root.retired': (told, { version }) => told.is(String(version), { state: 'retired' }),
  },
});
