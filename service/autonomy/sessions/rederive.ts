import { derive } from '../../ledger/derive.ts';
import { everyPayerKey, everyPayerSession, everyRetirement } from './states.store.ts';

interface SessionState {
  readonly purpose: string;
  readonly payerKey: string | null;
  readonly signatureAllowance: number;
  readonly signaturesUsed: number;
  readonly issuedBy: string;
  readonly expiresAt: string;
  readonly state: string;
  readonly reason: string | null;
}

/** Sessions of the payer: how long and how often its key may sign. One that is planted or prolonged spends money. */
export const payerSessionStates = derive<SessionState>({
  domain: 'payer sessions',
  tables: ['payer_sessions'],
  stored: async function* (tx) {
    for await (const row of everyPayerSession(tx))
      yield [
        row.id,
        {
          ...{ purpose: row.purpose, payerKey: row.payer_key?.toString('hex') ?? null, state: row.state },
          ...{ signatureAllowance: row.signature_allowance, signaturesUsed: row.signatures_used },
          ...{ issuedBy: row.issued_by, expiresAt: row.expires_at.toISOString(), reason: row.ended_reason },
        },
      ];
  },
  steps: {
    'payer.session-issued': (told, { sessionId, ...issued }, { actor: issuedBy }) =>
      told.is(sessionId, { ...issued, issuedBy, signaturesUsed: 0, state: 'ACTIVE', reason: null }),
    'payer.session-refreshed': (told, { sessionId, expiresAt }) => told.is(sessionId, { expiresAt }),
    'payer.session-signed': (told, { sessionId, signaturesUsed, exhausted }) =>
      told.is(sessionId, { signaturesUsed, ...(exhausted ? { state: 'EXHAUSTED' } : {}) }),
    'payer.session-revoked': (told, { sessionId, reason }) =>
      told.is(sessionId, { state: 'REVOKED', reason }),
    'payer.session-expired': (told, { sessionId }) => told.is(sessionId, { state: 'EXPIRED' }),
  },
});

/** Keys that the payer ran with, one after the other. */
export const payerKeyStates = derive<{ readonly fingerprint: string | null }>({
  domain: 'payer keys',
  tables: ['payer_key_generations'],
  stored: async (tx) =>
    (await everyPayerKey(tx)).map(({ generation, fingerprint }) => [
      String(generation),
      { fingerprint: fingerprint?.toString('hex') ?? null },
    ]),
  steps: {
    'payer.key-changed': (told, { current }) =>
      told.is(String(told.states.size + 1), { fingerprint: current }),
  },
});

interface RetirementState {
  readonly address: string;
  readonly successor: string;
  readonly retiredBy: string;
  readonly reason: string;
  readonly proposalId: string;
}

/** Wallets that no service starts with again: a row that is taken away brings one back. */
export const retirementStates = derive<RetirementState>({
  domain: 'retired wallets',
  tables: ['payer_key_retirements'],
  stored: async (tx) =>
    (await everyRetirement(tx)).map(({ fingerprint, successor, ...row }) => [
      fingerprint.toString('hex'),
      {
        ...{ address: row.address, successor: successor.toString('hex'), reason: row.reason },
        ...{ retiredBy: row.retired_by, proposalId: row.proposal_id },
      },
    ]),
  steps: {
    'payer.key-retired': (told, { fingerprint, ...retired }, { actor: retiredBy }) =>
      told.is(fingerprint, { ...retired, retiredBy }),
  },
});
