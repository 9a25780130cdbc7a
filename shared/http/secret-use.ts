import canonicalize from 'canonicalize';
import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { keyThumbprint } from './operator-parts.ts';
import { defineRoutes, OPERATOR_ROLES } from './route.ts';
import { isLabel, MAX_LABEL_CHARACTERS } from './vault-items.ts';

/** Why a secret of a vault was decrypted. `unlock` and `rekey` open every item at once, to check or to reseal it. */
export const secretUseAction = z.enum([
  'unlock',
  'reveal',
  'copy',
  'export',
  'rename',
  'rekey',
  'drill',
  // Of wallet keys: compared, sealed, imported into a secrets manager, used for one signature, given to the service's process.
  'check',
  'seal',
  'import',
  'sign',
  'supply',
  // Of what is kept for approvals between consoles, a second operator's part among it.
  'approve',
  // Of a member's session: renewed or ended.
  'renew',
  // Of a remote service: its token and key taken up.
  'connect',
  'journal-restarted',
]);
export type SecretUseAction = z.infer<typeof secretUseAction>;

/** One use of a secret: who, why, which; never the value. Signed when it happened, whether or not a service was there. */
export const secretUse = z.strictObject({
  id: z.uuid(),
  at: z.iso.datetime(),
  action: secretUseAction,
  /** Null when it concerned the whole vault. */
  item: z
    .strictObject({
      id: z.uuid(),
      type: z.string().regex(/^[a-z0-9-]{1,40}$/),
      label: z.string().max(MAX_LABEL_CHARACTERS).refine(isLabel),
      canary: z.boolean(),
    })
    .nullable(),
  /** SHA-256 (hex) of the use before it in the same journal, so that none can be taken out unseen. */
  previous: z.string().regex(/^[0-9a-f]{64}$/),
  signer: keyThumbprint,
  /** Ed25519 over `secretUseText`, base64url. */
  signature: z.string().regex(/^[A-Za-z0-9_-]{86}$/),
});
export type SecretUse = z.infer<typeof secretUse>;

/** The bytes that are signed, as text: an RFC 8785 array. */
export const secretUseText = ({
  id,
  at,
  action,
  item,
  previous,
  signer,
}: Omit<SecretUse, 'signature'>): string =>
  canonicalize(['sallyport/secret-use/v1', id, at, action, item, previous, signer]) as string;

/** So many uses in one request stay below the bound on a body. */
export const MAX_USES_SENT = 50;

export const secretUseRoutes = defineRoutes({
  'vault.journal': {
    method: 'POST',
    path: '/api/vault/journal',
    summary: 'Enter uses of the operator’s own secrets into the ledger, each exactly once by its id',
    plane: 'admin',
    body: z.strictObject({ uses: z.array(secretUse).min(1).max(MAX_USES_SENT) }),
    answers: {
      200: z.object({
        /** How many of them were new. */
        entered: z.number().int(),
        eventIds: z.array(idOf('entry')),
      }),
    },
    policy: { bearer: 'admin', signed: OPERATOR_ROLES },
    effect: 'mutate',
    risk: {
      level: 'routine',
      reason:
        'It only adds to the record what the operator’s own key has signed before; it grants and moves nothing.',
    },
    events: ['vault.secret-used'],
  },
});
