import { ed25519 } from '@noble/curves/ed25519.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { base64urlnopad, hex } from '@scure/base';
import type { KeysOf, ProcessKeys, ProcessName } from './launch.ts';

/** PostgreSQL roles, one per process; no process connects as the owner of the cluster. */
export const DATABASE_ROLES = [
  ...(['owner', 'migrator', 'api', 'integrator', 'reader'] as const),
  ...(['worker', 'resolver', 'prober'] as const),
] as const;
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

/** What the staging key is asked for to give the key below. */
export const SCAN_SEAL_PURPOSE = 'sallyport/ledger/scan-seal/v1';

/**
 * What seals the ledger entries of scans, and no others: derived from the staging key, so that those who hold that one can
 * judge these, while the resolver, who holds this one alone, can seal nothing else (service/ledger/mac.ts).
 */
const scanSeal = (root: Uint8Array): string =>
  base64urlnopad.encode(
    hmac(
      sha256,
      base64urlnopad.decode(purposeKey(root, 'ledger/staging-mac')),
      new TextEncoder().encode(SCAN_SEAL_PURPOSE),
    ),
  );

/** Purposes of what the probes call with. They open a tenant without a credit, and sign as an operator that may only report. */
const PROBER = {
  token: 'probes/admin-token',
  operator: 'probes/operator',
  account: 'probes/account',
} as const;

const hashOf = (text: string): string => hex.encode(sha256(new TextEncoder().encode(text)));

/** How the API knows its probes: nothing with which anybody could call as them. */
const proberOf = (root: Uint8Array): NonNullable<KeysOf<'api'>['prober']> => ({
  tokenHash: hashOf(purposeKey(root, PROBER.token)),
  accountHash: hashOf(purposeKey(root, PROBER.account)),
  publicKey: base64urlnopad.encode(
    ed25519.getPublicKey(base64urlnopad.decode(purposeKey(root, PROBER.operator))),
  ),
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
    exportSeed: purposeKey(root, 'minting/exports'),
    webhookSeed: purposeKey(root, 'alerts/webhook'),
    ...mintingKeys(root),
    prober: proberOf(root),
  }),
  worker: (root) => ({
    process: 'worker',
    password: passwordKey(root, 'worker'),
    stagingMac: purposeKey(root, 'ledger/staging-mac'),
    ...mintingKeys(root),
  }),
  resolver: (root) => ({
    process: 'resolver',
    password: passwordKey(root, 'resolver'),
    scanSeal: scanSeal(root),
    codeHash: purposeKey(root, 'minting/code-hash'),
    limiterHash: purposeKey(root, 'resolver/subject-hash'),
  }),
  probes: (root) => ({
    process: 'probes',
    password: passwordKey(root, 'prober'),
    adminToken: purposeKey(root, PROBER.token),
    operatorSeed: purposeKey(root, PROBER.operator),
    accountPassword: purposeKey(root, PROBER.account),
  }),
};

/** What vouches for the manifest of a backup: only who could open the backup can have written it. */
export const backupMacKey = (root: Uint8Array): Uint8Array =>
  base64urlnopad.decode(purposeKey(root, 'backup/manifest'));

/** The keys one process may hold, derived from the 32-byte service root; the root itself never leaves its holder. */
export const deriveProcessKeys = (root: Uint8Array, process: ProcessName): ProcessKeys =>
  derivers[process](root);
