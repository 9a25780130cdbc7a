import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { account, accountRole, email } from './auth.ts';
import { defineRoutes } from './route.ts';

const accountState = account.extend({ openSessions: z.number().int().nonnegative() });
export type AccountState = z.infer<typeof accountState>;

const page = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(200),
  cursor: z.string().optional(),
});
const listed = { 200: z.object({ accounts: z.array(accountState), nextCursor: z.string().nullable() }) };
const reason = z.string().trim().min(1, 'say why').max(500);

export const accountRoutes = defineRoutes({
  'accounts.list': {
    method: 'GET',
    path: '/api/accounts',
    summary: 'Accounts, newest first, with the number of their open sessions',
    plane: 'admin',
    query: page,
    answers: listed,
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
  'accounts.directory': {
    method: 'GET',
    path: '/api/v1/accounts',
    summary: 'The same list for accounts that administer the market',
    plane: 'public',
    query: page,
    answers: listed,
    policy: { bearer: 'session', signed: 'no', roles: ['admin', 'super_admin'] },
    effect: 'read',
    events: [],
  },
  'accounts.set-role': {
    method: 'POST',
    path: '/api/accounts/:id/role',
    summary: 'Give an account another role; it binds at its next request',
    plane: 'admin',
    params: z.object({ id: idOf('account') }),
    body: z.strictObject({ email, role: accountRole, reason }),
    answers: { 200: z.object({ account: accountState, eventId: idOf('entry') }) },
    policy: { bearer: 'admin', signed: ['administrator'] },
    effect: 'mutate',
    risk: { level: 'sensitive' },
    card: {
      title: 'Change the role of an account',
      effect: 'The account may do what its new role allows, from its next request on.',
    },
    names: ['email'],
    events: ['account.role-changed'],
  },
  'accounts.revoke-sessions': {
    method: 'POST',
    path: '/api/accounts/:id/sessions/revoke',
    summary: 'End every session of an account; its tokens are refused from now on',
    plane: 'admin',
    params: z.object({ id: idOf('account') }),
    body: z.strictObject({ email, reason }),
    answers: { 200: z.object({ ended: z.number().int(), eventId: idOf('entry') }) },
    policy: { bearer: 'admin', signed: ['responder', 'administrator'] },
    effect: 'mutate',
    risk: { level: 'sensitive' },
    card: {
      title: 'End all sessions of an account',
      effect: 'Every device of this account is logged out now and must log in again.',
    },
    names: ['email'],
    events: ['session.revoked'],
  },
  'auth.rotate-key': {
    method: 'POST',
    path: '/api/auth/signing-keys/rotate',
    summary:
      'Sign access tokens with the next key; the former one verifies for 15 minutes more, or not at all',
    plane: 'admin',
    body: z.strictObject({ former: z.enum(['overlap', 'refuse-now']), reason }),
    answers: { 200: z.object({ version: z.number().int(), kid: z.string(), eventId: idOf('entry') }) },
    policy: { bearer: 'admin', signed: ['responder', 'administrator'] },
    effect: 'mutate',
    risk: { level: 'sensitive' },
    card: {
      title: 'Rotate the key of access tokens',
      effect:
        'New access tokens are signed with the next key. With “refuse-now” every access token that is out is refused at once; sessions renew theirs.',
    },
    events: ['signing-key.activated'],
  },
});
