import { z } from 'zod';
import { sha256Hex } from '../ledger/entry.ts';
import { proposed } from './proposal.ts';
import { defineRoutes } from './route.ts';

export const RETIRE_WALLET = 'wallet-keys.retire';

/** What two persons put their names to: which wallet ends, and which one pays in its place. */
export const walletRetirement = z.strictObject({
  /** The wallet's public key, base58. */
  address: z.string().regex(/^[1-9A-HJ-NP-Za-km-z]{32,44}$/, 'expected a Solana address'),
  /** SHA-256 of its public key. */
  fingerprint: sha256Hex,
  /** Fingerprint of the wallet that the service pays with now. */
  successor: sha256Hex,
  reason: z.string().trim().min(1, 'say why').max(500),
});
export type WalletRetirement = z.infer<typeof walletRetirement>;

/** A wallet ends for ever by two persons (SPEC 8): whoever held its key could still spend what is sent to it. */
export const walletRetirementRoutes = defineRoutes({
  [RETIRE_WALLET]: {
    method: 'POST',
    path: '/api/wallet-keys/retire',
    summary: 'Propose to retire a former wallet of the payer for ever; a second operator approves it',
    plane: 'admin',
    body: walletRetirement,
    answers: { 202: proposed },
    policy: { bearer: 'admin', signed: ['custodian', 'administrator'] },
    effect: 'mutate',
    risk: { level: 'critical' },
    card: {
      title: 'Retire a wallet',
      effect:
        'The service never pays with this wallet again, and its custodian may destroy the key. What is sent to it later is lost.',
    },
    events: ['proposal.proposed', 'payer.key-retired'],
  },
});
