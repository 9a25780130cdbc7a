import { derive } from '../../ledger/derive.ts';
import { FIRST_ROLE } from './rules.ts';
import { everyInvitation } from './states.store.ts';

interface InvitationState {
  readonly purpose: string;
  readonly name: string | null;
  readonly role: string;
  readonly issuedBy: string | null;
  readonly expiresAt: string;
}

/** Codes by which people become operators: as what, until when, and who invited them. */
export const invitationStates = derive<InvitationState>({
  domain: 'invitations',
  tables: ['enrolment_codes'],
  stored: async (tx) =>
    (await everyInvitation(tx)).map(({ id, issued_by: issuedBy, expires_at: at, ...code }) => [
      id,
      { ...code, issuedBy, expiresAt: at.toISOString() },
    ]),
  steps: {
    'operator.invited': (told, { invitationId, ...invited }, { actor: issuedBy }) =>
      told.is(invitationId, { ...invited, issuedBy, purpose: 'invitation' }),
    'operator.recovery-issued': (told, { invitationId, expiresAt }) =>
      told.is(invitationId, {
        ...{ purpose: 'recovery', name: null, role: FIRST_ROLE, issuedBy: null, expiresAt },
      }),
  },
});
