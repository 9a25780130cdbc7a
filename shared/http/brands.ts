import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { email } from './auth.ts';
import {
  brandParams,
  eventId,
  label,
  mints,
  moment,
  nextCursor,
  page,
  READ,
  role,
  sensitive,
  stops,
} from './minting.ts';
import { defineRoutes } from './route.ts';

const brand = z.object({
  id: idOf('brand'),
  name: z.string(),
  createdAt: moment,
  /** What the caller is in it. */
  role,
});
export type Brand = z.infer<typeof brand>;

const member = z.object({ accountId: idOf('account'), role, addedAt: moment });
export type Member = z.infer<typeof member>;

export const brandRoutes = defineRoutes({
  'brands.create': {
    method: 'POST',
    path: '/api/v1/minting/brands',
    summary: 'Create a brand; the caller becomes its owner',
    plane: 'public',
    body: z.strictObject({ name: label('brand', 64) }),
    answers: { 201: z.object({ brand, eventId }) },
    policy: mints,
    idempotencyKey: 'required',
    effect: 'mutate',
    risk: sensitive,
    card: { title: 'Create a brand', effect: 'The member whose session is sent along becomes its owner.' },
    events: ['mint.brand-created'],
  },
  'brands.list': {
    method: 'GET',
    path: '/api/v1/minting/brands',
    summary: 'Brands that the caller is a member of, newest first',
    plane: 'public',
    query: z.object(page),
    answers: { 200: z.object({ brands: z.array(brand), nextCursor }) },
    policy: READ,
    effect: 'read',
    events: [],
  },
  'brands.get': {
    method: 'GET',
    path: '/api/v1/minting/brands/:brand',
    summary: 'One brand and its members',
    plane: 'public',
    params: brandParams,
    answers: { 200: z.object({ brand, members: z.array(member) }) },
    policy: { ...READ, owner: 404 },
    effect: 'read',
    events: [],
  },
  'brands.addMember': {
    method: 'POST',
    path: '/api/v1/minting/brands/:brand/members',
    summary: 'Add an account to a brand, by its id or its e-mail address',
    plane: 'public',
    params: brandParams,
    body: z
      .strictObject({
        brandName: label('brand', 64),
        accountId: label('account', 64).optional(),
        /** Only an owner is told whether an account has it, and may ask some times an hour. */
        email: email.optional(),
        role,
      })
      .refine((body) => (body.accountId === undefined) !== (body.email === undefined), {
        message: 'name one account: accountId or email',
      }),
    answers: { 201: z.object({ member, eventId }) },
    policy: { ...mints, owner: 404 },
    idempotencyKey: 'required',
    effect: 'mutate',
    risk: sensitive,
    card: {
      title: 'Add a member to a brand',
      effect: 'The account can do in this brand what its role allows.',
    },
    names: ['brandName'],
    events: ['mint.member-added'],
  },
  'brands.changeRole': {
    method: 'POST',
    path: '/api/v1/minting/brands/:brand/members/role',
    summary: 'Change the role of a member; a brand always keeps an owner',
    plane: 'public',
    params: brandParams,
    body: z.strictObject({ brandName: label('brand', 64), accountId: label('account', 64), role }),
    answers: { 200: z.object({ member, eventId }) },
    policy: { ...mints, owner: 404 },
    idempotencyKey: 'required',
    effect: 'mutate',
    risk: sensitive,
    card: {
      title: 'Change the role of a member',
      effect: 'From now on the account can do what its new role allows.',
    },
    names: ['brandName'],
    events: ['mint.member-changed'],
  },
  'brands.removeMember': {
    method: 'POST',
    path: '/api/v1/minting/brands/:brand/members/remove',
    summary: 'Remove a member from a brand; a brand always keeps an owner',
    plane: 'public',
    params: brandParams,
    body: z.strictObject({ brandName: label('brand', 64), accountId: label('account', 64) }),
    answers: { 200: z.object({ eventId }) },
    policy: { ...stops, owner: 404 },
    idempotencyKey: 'required',
    effect: 'mutate',
    risk: sensitive,
    card: {
      title: 'Remove a member from a brand',
      effect: 'The account loses all access to this brand at once.',
    },
    names: ['brandName'],
    events: ['mint.member-removed'],
  },
});
