import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import {
  ed25519PublicKey,
  enrolmentCode,
  isSamePerson,
  keyThumbprint,
  operatorName,
  operatorRole,
} from './operator-parts.ts';
import { proposed } from './proposal.ts';
import { defineRoutes } from './route.ts';

export { ed25519PublicKey, enrolmentCode, isSamePerson, keyThumbprint, operatorName, operatorRole };

/** How the card of a revocation says that it leaves nobody in charge; signed with it, so nobody can say it was not said. */
export const NO_ADMINISTRATOR_LEFT =
  'No administrator is left. Only a recovery code issued on the host brings one back.';

const reason = z.string().trim().min(1, 'say why').max(500);

export const operator = z.object({
  id: idOf('operator'),
  name: operatorName,
  role: operatorRole,
  keyId: keyThumbprint,
  state: z.enum(['active', 'revoked']),
  enrolledAt: z.iso.datetime(),
  lastSignedAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().optional(),
  revokedReason: z.string().optional(),
});
export type Operator = z.infer<typeof operator>;

export const operatorRoutes = defineRoutes({
  'operators.enrol': {
    method: 'POST',
    path: '/api/operators/enrol',
    summary:
      'Enrol an operator key with a one-time code and proof of possession; beside others, as a proposal',
    plane: 'admin',
    body: z.strictObject({ code: enrolmentCode, name: operatorName, publicKey: ed25519PublicKey }),
    answers: { 201: z.object({ operator, eventId: idOf('entry') }), 202: proposed },
    policy: { bearer: 'admin', signed: 'by-enrolling-key' },
    effect: 'mutate',
    risk: { level: 'sensitive' },
    card: {
      title: 'Enrol this console',
      effect: 'Gives this console’s key the authority to sign admin requests.',
    },
    events: ['operator.enrolled', 'operator.recovered', 'proposal.proposed'],
  },
  'operators.list': {
    method: 'GET',
    path: '/api/operators',
    summary: 'Operators, newest first, and whether the first one has enrolled',
    plane: 'admin',
    answers: { 200: z.object({ operators: z.array(operator) }) },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
  'operators.invite': {
    method: 'POST',
    path: '/api/operators/invitations',
    summary: 'Issue a one-time code (15 minutes) with which another operator enrols',
    plane: 'admin',
    body: z.strictObject({ name: operatorName, role: operatorRole }),
    answers: {
      201: z.object({ code: enrolmentCode, expiresAt: z.iso.datetime(), eventId: idOf('entry') }),
    },
    policy: { bearer: 'admin', signed: ['administrator'] },
    effect: 'mutate',
    risk: { level: 'sensitive' },
    card: {
      title: 'Invite an operator',
      effect: 'Whoever holds the code can enrol with this role for 15 minutes.',
    },
    events: ['operator.invited'],
    reveals: ['code'],
  },
  'operators.revoke': {
    method: 'POST',
    path: '/api/operators/:id/revoke',
    summary: 'Revoke an operator’s key for ever, with the invitations and proposals that rest on it',
    plane: 'admin',
    params: z.object({ id: idOf('operator') }),
    body: z.strictObject({ reason, consequence: z.literal(NO_ADMINISTRATOR_LEFT).optional() }),
    answers: { 200: z.object({ operator, eventId: idOf('entry') }) },
    policy: { bearer: 'admin', signed: ['responder', 'administrator'] },
    effect: 'mutate',
    risk: { level: 'sensitive' },
    card: {
      title: 'Revoke an operator',
      effect:
        'This operator signs nothing any more. Its open invitations and proposals end. It cannot be undone.',
    },
    events: ['operator.revoked', 'proposal.withdrawn'],
  },
  'operators.changeRole': {
    method: 'POST',
    path: '/api/operators/:id/role',
    summary: 'Propose another role for an operator; a second operator approves it',
    plane: 'admin',
    params: z.object({ id: idOf('operator') }),
    body: z.strictObject({ role: operatorRole }),
    answers: { 202: proposed },
    policy: { bearer: 'admin', signed: ['administrator'] },
    effect: 'mutate',
    risk: { level: 'critical' },
    card: {
      title: 'Change an operator’s role',
      effect: 'Gives this operator the authority of the new role, and takes that of the old one.',
    },
    events: ['proposal.proposed', 'operator.role-changed'],
  },
});
