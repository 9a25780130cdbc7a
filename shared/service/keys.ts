import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { base64urlnopad } from '@scure/base';
import type { KeysOf, ProcessKeys, ProcessName } from './launch.ts';

/** PostgreSQL roles, one per process; no process connects as the owner of the cluster. */
export const DATABASE_ROLES = ['owner', 'migrator', 'api', 'integrator', 'reader', 'worker'] as const;
export type DatabaseRole = (typeof DATABASE_ROLES)[number];

/** Purpose-bound 32-byte key from the service root: HKDF-SHA-256 (RFC 5869), purpose in `info`. */
function purposeKey(root: Uint8Array, purpose: string): string {
  if (root.length !== 32) throw new RangeError('the service root secret is 32 bytes');
  return base64urlnopad.encode(
    hkdf(sha256, root, undefined, new TextEncoder().encode(`sallyport/service/v1/${purpose}`), 32),
  );
}

const passwordKey = (root: Uint8Array, role: DatabaseRole) => purposeKey(root, `postgres/${role}`);

/** The worker seals token codes, the api opens them for exports; the resolver looks them up and gets the first key only. */
const mintingKeys = (root: Uint8Array) => ({
  codeHash: purposeKey(root, 'minting/code-hash'),
  codeSeed: purposeKey(root, 'minting/code-envelopes'),
});

const derivers: { [N in ProcessName]: (root: Uint8Array) => KeysOf<N> } = {
  database: (root) => ({
    process: 'database',
    passwords: Object.fromEntries(DATABASE_ROLES.map((role) => [role, passwordKey(root, role)])),
  }),
  integrator: (root) => ({
    process: 'integrator',
    password: passwordKey(root, 'integrator'),
    stagingMac: purposeKey(root, 'ledger/staging-mac'),
    ledgerSeed: purposeKey(root, 'ledger/checkpoints'),
  }),
  api: (root) => ({
    process: 'api',
    password: passwordKey(root, 'api'),
    readerPassword: passwordKey(root, 'reader'),
    stagingMac: purposeKey(root, 'ledger/staging-mac'),
    limiterHash: purposeKey(root, 'limits/subject-hash'),
    jwtSeed: purposeKey(root, 'identity/access-tokens'),
    secretSeed: purposeKey(root, 'tokenhall/provider-secrets'),
    ...mintingKeys(root),
  }),
  worker: (root) => ({
    process: 'worker',
    password: passwordKey(root, 'worker'),
    stagingMac: purposeKey(root, 'ledger/staging-mac'),
    ...mintingKeys(root),
  }),
};

/** The keys one process may hold, derived from the 32-byte service root; the root itself never leaves its holder. */
export const deriveProcessKeys = (root: Uint8Array, process: ProcessName): ProcessKeys =>
  derivers[process](root);
